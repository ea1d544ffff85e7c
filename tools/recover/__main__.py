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
from infra.local.paths import Stack
from tools.recover import templates
from tools.recover.stacks import Kind, Stacks
from tools.recover.templates import NotRecoverableError, Template

_BUILT = Path(".aws-sam/build/template.yaml")


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
    stage.add_argument("left", nargs="+", help="such as AccountsTable=<its name>")
    stage.add_argument("--template", type=Path, default=_BUILT, help="what `make build` made")
    asked = parser.parse_args()
    try:
        recovery = Recovery(_stacks(local=asked.local), asks=not asked.yes)
        if asked.command == "table":
            recovery.table(asked.stack, asked.logical_id, asked.restored)
        else:
            names = dict(one.split("=", 1) for one in asked.left)
            recovery.stage(asked.stack, read(asked.template), names)
    except (NotRecoverableError, ClientError, BotoCoreError, WaiterError, OSError) as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


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

    def __init__(self, stacks: Stacks, *, asks: bool) -> None:
        self._stacks, self._asks = stacks, asks

    def table(self, stack: str, logical_id: str, restored: str) -> None:
        """Have a stack use a restored table, then take the table into the stack."""
        template = self._stacks.template(stack)
        if logical_id not in template["Resources"]:
            raise NotRecoverableError(f"{stack} has no resource {logical_id}.")
        self._stacks.give_settings(restored, template["Resources"][logical_id])
        values = self._stacks.values_of(restored)
        by_name = templates.by_name_alone(template, logical_id, values)
        self._do(stack, "UPDATE", by_name)
        again = templates.with_it_again(by_name, template, logical_id)
        self._do(stack, "IMPORT", again, {logical_id: restored})
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
        if self._asks and input("Do it? [y/N] ").strip().lower() != "y":
            raise NotRecoverableError("Nothing was changed by this step.")
        self._stacks.carry_out(change, kind)


if __name__ == "__main__":
    sys.exit(main())
