"""Newsreel: everything with a rule in it; the functions only parse, call and answer."""

from newsreel import garbage

# Here, because this runs before whatever a function imports.
garbage.rest_while_starting()
