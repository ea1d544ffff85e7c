"""Brings a restored table, or what a deleted stack left, back into a stack.

`python -m tools.recover table STACK AccountsTable RESTORED` has a stack use a table that was
restored beside the old one, and takes it into the stack. `python -m tools.recover stage STACK
AccountsTable=NAME …` makes a stack of what an older one left, to be deployed over.
"""

import argparse
import json
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.local import administrator
from infra.local.paths import PROJECT, Stack
from tools.recover import templates
from tools.recover.stacks import Kind, Stacks
from tools.recover.templates import NotRecoverableError, Template

_BUILT = Path(".aws-sam/build/template.yaml")
_KEPT = PROJECT / ".local" / "recovery"
"""The template of before, until a table that left its stack is in it again."""


def main() -> int:
    """Do one of both; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.recover", description=__doc__)
    parser.add_argument("--local", action="store_true", help="on the local AWS of `make up`")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    commands = parser.add_subparsers(dest="command", required=True)
    table = commands.add_parser("table", help="a table that was restored")
    table.add_argument("stack")
    table.add_argument("logical_id", help="such as AccountsTable")
    table.add_argument("restored", help="the name of the restored table")
    stage = commands.add_parser("stage", help="what a deleted stack left")
    stage.add_argument("stack")
    stage.add_argument("left", nargs="+", type=_named, help="such as AccountsTable=<its name>")
    stage.add_argument("--template", type=Path, default=_BUILT, help="what `make build` made")
    asked = parser.parse_args()
    try:
        recovery = Recovery(_stacks(local=asked.local), asks=not asked.yes)
        if asked.command == "table":
            recovery.table(asked.stack, asked.logical_id, asked.restored)
        else:
            recovery.stage(asked.stack, read(asked.template), dict(asked.left))
    except (NotRecoverableError, ClientError, BotoCoreError, WaiterError, OSError) as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def _named(text: str) -> tuple[str, str]:
    logical_id, equals, name = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form AccountsTable=<its name>")
    return logical_id, name


def read(template: Path) -> Template:
    """Return a template that sam built."""
    from samcli.yamlhelper import yaml_parse  # noqa: PLC0415 - sam's import takes a second

    parsed: Template = json.loads(json.dumps(yaml_parse(template.read_text(encoding="utf-8"))))
    return parsed


def _stacks(*, local: bool) -> Stacks:
    if local:
        return Stacks(administrator.session(), Stack.read().aws_endpoint_url)
    return Stacks(boto3.Session())


class Recovery:
    """Recoveries of an account, each step shown before it is done."""

    def __init__(self, stacks: Stacks, *, asks: bool, kept: Path = _KEPT) -> None:
        self._stacks, self._asks, self._kept = stacks, asks, kept

    def table(self, stack: str, logical_id: str, restored: str) -> None:
        """Have a stack use a restored table, then take the table into the stack.

        What was broken off between both goes on where it was.
        """
        now, kept = self._stacks.template(stack), self._kept / f"{stack}.{logical_id}.json"
        if logical_id in now["Resources"]:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(now), encoding="utf-8")
            before = now
            self._stacks.give_settings(restored, before["Resources"][logical_id])
            values = self._stacks.values_of(restored)
            by_name = templates.by_name_alone(before, logical_id, values)
            self._do(stack, "UPDATE", by_name)
        elif kept.exists():
            by_name, before = now, json.loads(kept.read_text(encoding="utf-8"))
            if self._stacks.values_of(restored)["Arn"] not in json.dumps(now):
                raise NotRecoverableError(f"{stack} uses another table than {restored}.")
        else:
            raise NotRecoverableError(f"{stack} has no resource {logical_id}.")
        again = templates.with_it_again(by_name, before, logical_id)
        print(f"Until {logical_id} is taken in, do not deploy: that would make an empty one.")
        self._do(stack, "IMPORT", again, {logical_id: restored})
        kept.unlink()
        print(f"{logical_id} is {restored} now. Deploy the stage again: then all refer to it.")

    def stage(self, stack: str, template: Template, names: dict[str, str]) -> None:
        """Make a stack of nothing but what is left, which a deployment then completes."""
        left = templates.of_what_is_left(template, names)
        self._do(stack, "IMPORT", left, names)
        print(f"{stack} holds {', '.join(names)} now. Deploy the stage over it.")

    def _do(
        self, stack: str, kind: Kind, template: Template, names: dict[str, str] | None = None
    ) -> None:
        imported = templates.to_import(template, names or {})
        change = self._stacks.propose(stack, kind, template, imported)
        print(f"{kind} of {stack}:", *change.told, sep="\n  ")
        if self._asks and not _agreed():
            raise NotRecoverableError("Nothing was changed by this step.")
        self._stacks.carry_out(change, kind)


def _agreed() -> bool:
    try:
        return input("Do it? [y/N] ").strip().lower() == "y"
    except EOFError:
        return False


if __name__ == "__main__":
    sys.exit(main())
