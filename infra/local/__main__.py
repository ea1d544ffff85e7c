"""The commands behind the Makefile.

`python -m infra.local up | down | site | functions | logs | newsletter`.
"""

import argparse
import os
import sys

from infra.local import clean_environment, commands, function_logs, newsletter
from infra.local.paths import Ports
from infra.local.processes import NotStartedError
from infra.local.progress import console


def main() -> int:
    """Do one command; a refusal is one clear sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    commands_known = ("up", "down", "site", "functions", "logs", "newsletter")
    parser.add_argument("command", choices=commands_known)
    parser.add_argument("order", nargs="?", choices=newsletter.ORDERS, help="of `newsletter`")
    arguments = parser.parse_args()
    try:
        _do(arguments.command, arguments.order)
    except NotStartedError as refused:
        console.print(str(refused), markup=False, style="bold red")
        return 1
    except KeyboardInterrupt:
        console.print("Broken off. `make down` ends what already runs.", markup=False)
        return 130
    return 0


def _do(command: str, order: str | None) -> None:
    ports = Ports.chosen() if command == "up" else Ports.in_use()
    presigned = os.environ.get("NEWSREEL_PRESIGNED_SECONDS")
    fetching = clean_environment.enter(ports)
    if presigned:
        os.environ["NEWSREEL_PRESIGNED_SECONDS"] = presigned
    match command:
        case "up":
            commands.up(ports, fetching)
        case "down":
            commands.down()
        case "site":
            commands.site(commands.running(), fetching)
        case "logs":
            function_logs.show(commands.running())
        case "newsletter" if order:
            newsletter.order(commands.running(), order)
        case "newsletter":
            newsletter.make(commands.running())
        case _:
            commands.functions(ports, fetching)


if __name__ == "__main__":
    sys.exit(main())
