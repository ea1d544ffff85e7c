"""Makes the sample media of the local environment: real files, computed on this machine."""
