"""Patches of MiniStack that need a file of their own; each is named by what it mends."""
