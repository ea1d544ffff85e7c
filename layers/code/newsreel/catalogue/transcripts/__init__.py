"""Transcripts: one model of turns, read from plain text, WebVTT and SRT, and written back."""
