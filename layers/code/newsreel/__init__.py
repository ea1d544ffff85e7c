"""Newsreel: everything with a rule in it; the functions only parse, call and answer."""
