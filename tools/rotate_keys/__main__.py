"""Changes the keys of a deployment while it runs: `python -m tools.rotate_keys add FlowKeys`.

Each ring is rotated in three steps, `add`, `use` and `drop`, each refused before its time. None
shows a key.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import click
from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "code"))

from newsreel.policy import DAY, HOUR, MINUTE

from tools.aws_refusals import told_in_words
from tools.rotate_keys import rings
from tools.rotate_keys.deployment import Deployment
from tools.rotate_keys.rings import ORIGIN, NotNowError

_Step: TypeAlias = Callable[[Deployment, str], str]
_STACK = click.option(
    "--stack", metavar="NAME", help="The stack it is about; without it, the local one."
)


@click.group(help="Change the keys of a deployment of Newsreel while it runs.")
def main() -> None:
    """Hold the commands."""


def _add(deployment: Deployment, name: str) -> str:
    deployment.change(name, lambda stored: rings.added(name, stored.ring))
    return f"Added. In {_in_words(rings.KNOWN_EVERYWHERE)}: use {name}"


def _use(deployment: Deployment, name: str) -> str:
    if name == ORIGIN:
        stored = deployment.read(name)
        if not stored.ring["previous"]:
            raise NotNowError("There is no new value; add one first.")
        rings.be_known(stored.age())
        deployment.distribution().prove_by(stored.ring["current"])
        return f"The distribution takes it over, which lasts some minutes. Then: drop {name} --wait"
    deployment.change(name, lambda stored: rings.used(stored.ring, stored.age()))
    stay = rings.OLD_KEYS_STAY[name]
    if stay is None:
        return "In use. The old keys stay."
    return f"In use. In {_in_words(stay + rings.KNOWN_EVERYWHERE)}: drop {name}"


def _drop(deployment: Deployment, name: str) -> str:
    if name == ORIGIN:
        deployment.distribution().must_prove_by(deployment.read(name).ring["current"])
    deployment.change(name, lambda stored: rings.dropped(name, stored.ring, stored.age()))
    return "Dropped. Every function has forgotten it in five minutes."


def _leaked(deployment: Deployment, name: str) -> str:
    deployment.change(name, lambda stored: rings.replaced(name, stored.ring))
    return "Replaced. Every function has forgotten the old keys in five minutes."


def _show(deployment: Deployment, name: str) -> str:
    stored = deployment.read(name)
    ago = f"changed {_in_words(stored.age())} ago"
    if name == ORIGIN:
        return f"{name:16} {'new and old value' if stored.ring['previous'] else 'one value'}, {ago}"
    keys = ", ".join(key_id for key_id in stored.ring if key_id != "current")
    return f"{name:16} {keys}; in use {stored.ring['current']}, {ago}"


def _command(name: str, words: str, step: _Step, *, waits: bool = False) -> None:
    @click.argument("ring", type=click.Choice([*rings.OLD_KEYS_STAY]))
    @_STACK
    def run(ring: str, stack: str | None, *, wait: bool = False) -> None:
        deployment = _find(stack)
        if wait and step is _drop and ring == ORIGIN:
            deployment.distribution().wait()
        click.echo(_attempt(lambda: step(deployment, ring), wait=wait))

    if waits:
        told = "Wait until it can be done, an hour at most."
        run = click.option("--wait", is_flag=True, help=told)(run)
    main.command(name, help=words)(run)


def _find(stack: str | None) -> Deployment:
    try:
        return Deployment.find(stack)
    except FileNotFoundError:
        raise click.ClickException("The local stack is not up; `make up` starts it.") from None


def _attempt(act: Callable[[], str], *, wait: bool) -> str:
    """Take a step; with ``wait``, when its time has come."""
    try:
        return act()
    except NotNowError as refused:
        if not (wait and 0 < refused.wait <= HOUR):
            due = f" In {_in_words(refused.wait)}." if refused.wait else ""
            raise click.ClickException(f"{refused}{due}") from None
        click.echo(f"{refused} Waiting {_in_words(refused.wait)}.", err=True)
        time.sleep(refused.wait)
    except (ClientError, BotoCoreError) as failed:
        raise click.ClickException(str(failed)) from None
    return _attempt(act, wait=wait)


def _in_words(seconds: int) -> str:
    for unit, word in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if seconds >= 2 * unit:
            return f"{-(-seconds // unit)} {word}"
    return f"{seconds} seconds"


_command("add", "Add a new key to RING, which nothing is made with yet.", _add)
_command("use", "Make everything new with the newest key of RING.", _use, waits=True)
_command(
    "drop", "Take out the old keys of RING, once nothing is open under them.", _drop, waits=True
)


@main.command()
@click.argument("ring", type=click.Choice([*rings.OLD_KEYS_STAY]))
@_STACK
@click.option("--yes", is_flag=True, help="Do not ask.")
def leaked(ring: str, stack: str | None, *, yes: bool) -> None:
    """Replace all keys of RING at once by a new one."""
    deployment = _find(stack)
    if not yes and ring != ORIGIN:
        click.confirm(f"{rings.LOST_BY_A_LEAK[ring]} Replace the keys?", abort=True)
    click.echo(_attempt(lambda: _leaked(deployment, ring), wait=False))


@main.command()
@_STACK
def show(stack: str | None) -> None:
    """Tell how far the rotation of each ring is, and no key."""
    deployment = _find(stack)
    for name in rings.OLD_KEYS_STAY:
        click.echo(_attempt(partial(_show, deployment, name), wait=False))


if __name__ == "__main__":
    with told_in_words():
        main()
