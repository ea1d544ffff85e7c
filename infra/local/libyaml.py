"""Decides what reads and writes YAML: libyaml, ten times as fast as what is written in Python.

It reads the same, and writes what is read as the same. Where PyYAML was built without it, PyYAML's
own does the work.
"""

import yaml  # type: ignore[import-untyped]

READER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WRITER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def prefer() -> None:
    """Have what is imported later use it: SAM and MiniStack take PyYAML's classes only then."""
    yaml.SafeLoader = READER
    yaml.SafeDumper = WRITER
