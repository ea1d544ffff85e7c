"""The version of the service, as ``pyproject.toml`` has it; a test compares the two."""

VERSION = "0.3.0"
