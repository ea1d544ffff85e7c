"""Ingest: what an upload folder holds, whether it is sound, and what the catalogue says of it."""
