"""Runs `sam` with the YAML reader that is written in C: ``quick_sam.py <what sam is told>``.

A build reads the templates twenty times, and Python's own reader takes two fifths of its time.
"""

import yaml  # type: ignore[import-untyped]


def read_quickly() -> None:
    """Have PyYAML's safe reader be the one in C, if this copy of PyYAML has that."""
    yaml.SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


if __name__ == "__main__":
    read_quickly()
    from samcli.cli.main import cli

    cli(prog_name="sam")
