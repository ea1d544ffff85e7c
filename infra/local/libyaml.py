"""Lets what is imported later read YAML by libyaml, not by the parser that is written in Python.

It reads the same, ten times as fast. SAM and MiniStack both read every template several times, and
both take `yaml.SafeLoader` while they are imported.
"""

import yaml  # type: ignore[import-untyped]


def prefer() -> None:
    """Put the one in the place of the other, where PyYAML was built with it."""
    yaml.SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
