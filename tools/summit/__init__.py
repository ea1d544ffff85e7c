"""Reckons what breaks first when many people come at once."""
