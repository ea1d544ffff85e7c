"""Decides what people hold back: an owner codes that others ask for, the operator all mail.

Both stand in the address's suppression, beside what bounces and complaints did.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from newsreel.aws import clients
from newsreel.aws.transactions import ConditionFailed, write_together
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.mail_table.suppression import NONE, Suppression, read_many, replaced, store
from newsreel.refusals import Refusal

_TRIES = 3


def release(table_name: str, names: Iterable[str]) -> None:
    """Lift whatever holds mail to an address (``who.all_of``) back, a mute and the operator's too.

    A change by somebody else in between wins: it is newer.
    """
    for name, before in read_many(table_name, tuple(names)).items():
        store(table_name, name, before, NONE)


def hold_back(table_name: str, who: str, *, now: int) -> None:
    """Hold all mail to an address back until the operator releases it.

    Raises:
        Refusal: ``busy``, as ``mute``.
    """
    _change(table_name, who, lambda before: replace(before, held_at=now), now=now)


def mute(table_name: str, who: str, *, until: int, now: int) -> None:
    """Hold back codes to an address that others ask for; ``until`` 0 ends that.

    Raises:
        Refusal: ``busy``, when others changed what is known of the address again and again.
    """
    _change(table_name, who, lambda before: replace(before, muted_until=until), now=now)


def _change(
    table_name: str, who: str, change: Callable[[Suppression], Suppression], *, now: int
) -> None:
    for _ in range(_TRIES):
        before = read_many(table_name, [who]).get(who, NONE)
        after = change(before)
        if after == before:
            return
        try:
            entry = replaced(table_name, who, before, after, now=now)
            write_together(clients.dynamodb(), [entry])
        except ConditionFailed:
            continue
        return
    raise Refusal("busy", retry_after=RETRY_AFTER)


def unmute(table_name: str, names: Iterable[str]) -> None:
    """End the mute of an address (``who.all_of``): its owner asks for a code.

    A change by somebody else in between wins: it is newer.
    """
    for name, before in read_many(table_name, tuple(names)).items():
        if before.muted_until:
            store(table_name, name, before, replace(before, muted_until=0))
