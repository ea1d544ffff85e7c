"""Whether a deployment works, seen from outside: `make smoke URL=https://media.example.org`."""
