"""The catalogue: which videos, renditions and transcripts the public may see, and since when."""
