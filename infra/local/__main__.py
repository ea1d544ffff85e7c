"""The commands behind the Makefile: `python -m infra.local up | down | site | functions | logs`."""

import argparse
import os
import sys

from infra.local import enclosure, function_logs, up_and_down
from infra.local.place import Ports
from infra.local.processes import NotStartedError
from infra.local.progress import console


def main() -> int:
    """Do one command; a refusal is one clear sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "site", "functions", "logs"))
    command = parser.parse_args().command
    try:
        _do(command)
    except NotStartedError as refused:
        console.print(str(refused), markup=False, style="bold red")
        return 1
    except KeyboardInterrupt:
        console.print("Broken off. `make down` ends what already runs.", markup=False)
        return 130
    return 0


def _do(command: str) -> None:
    ports = Ports.chosen()
    presigned = os.environ.get("NEWSREEL_PRESIGNED_SECONDS")
    fetching = enclosure.enter(ports)
    if presigned:
        os.environ["NEWSREEL_PRESIGNED_SECONDS"] = presigned
    match command:
        case "up":
            up_and_down.up(ports, fetching)
        case "down":
            up_and_down.down()
        case "site":
            up_and_down.site(up_and_down.running())
        case "logs":
            function_logs.show(up_and_down.running())
        case _:
            up_and_down.functions(ports, fetching)


if __name__ == "__main__":
    sys.exit(main())
