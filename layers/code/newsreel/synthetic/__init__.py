"""What the service does to itself from outside, to see that it works."""
