"""Commands for the people who run a deployment: they read what is stored, and change nothing."""
