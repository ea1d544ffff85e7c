"""Lets what is imported later read and write YAML by libyaml, not by what is written in Python.

It reads the same and writes what is read as the same, ten times as fast. SAM and MiniStack handle
every template several times, and both take PyYAML's classes while they are imported.
"""

import yaml  # type: ignore[import-untyped]


def prefer() -> None:
    """Put the ones in the place of the others, where PyYAML was built with them."""
    yaml.SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yaml.SafeDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
