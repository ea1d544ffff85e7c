"""Makes the sample media of the one-machine environment: real files, made on the spot."""
