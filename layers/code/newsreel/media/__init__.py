"""Media files: what one is, whether the whole of it is there, its facts, posters and checksums."""
