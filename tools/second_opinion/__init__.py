"""Checks of the templates and workflows by programs that know nothing of this project."""
