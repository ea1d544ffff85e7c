"""Decides what a key ring becomes by each step of a rotation, and how long to wait before it.

Functions read rings at most five minutes old, so a key has to be known everywhere before anything
is made with it. When that is, the ring's own last change says: nothing else is remembered.
"""

import re
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from newsreel.aws.stored_secrets import LONGEST_KEPT
from newsreel.downloads.tokens import LIFE
from newsreel.policy import DAY, MINUTE, POLICY

Ring: TypeAlias = dict[str, str]

ORIGIN = "OriginSecret"
KNOWN_EVERYWHERE = LONGEST_KEPT + MINUTE
"""Seconds after a change until every function has read it; clocks may differ."""
OLD_KEYS_STAY: Mapping[str, int | None] = MappingProxyType(
    {
        # A change of address is undone by a link made when its flow, as old as that, ended.
        "FlowKeys": POLICY.code.flow_life + POLICY.code.undo_life,
        "LinkKeys": LIFE,
        # Complaints and holds have no end, and are named under the key of their time.
        "TrailKeys": None,
        # Links in mails that were sent so long ago still end the newsletter.
        "UnsubscribeKeys": 730 * DAY,
        ORIGIN: 0,
    }
)
"""Seconds that a key stays after the change to the next one; None is for good."""
LOST_BY_A_LEAK: Mapping[str, str] = MappingProxyType(
    {
        "FlowKeys": (
            "Codes and the links that undo a change of address stop working;"
            " people ask for new codes."
        ),
        "LinkKeys": "Every download link stops working; people make new ones.",
        "TrailKeys": (
            "Links This was not me stop working, and complaints, bounces, holds and counted tries"
            " are forgotten: mail goes again to whom none went. Hold again what you held."
        ),
        "UnsubscribeKeys": (
            "Unsubscribe links in mails already sent stop working; people use their account page."
        ),
    }
)


class NotNowError(Exception):
    """A step that cannot be taken, or not yet; its message says why."""

    def __init__(self, why: str, wait: int = 0) -> None:
        super().__init__(why)
        self.wait = wait
        """Seconds until the step can be taken; 0 if waiting does not help."""


def added(name: str, ring: Ring) -> Ring:
    """Return the ring with one more key, which nothing is made with yet.

    Raises:
        NotNowError: the rotation before is not finished.
    """
    if name == ORIGIN:
        if ring["previous"]:
            raise NotNowError("The rotation before is not finished: its old value is still there.")
        return {"current": _random(), "previous": ring["current"]}
    if _newest(ring) != ring["current"]:
        raise NotNowError(f"{_newest(ring)} was added before and is not in use yet.")
    return {**ring, _next_id(ring): _random()}


def used(ring: Ring, age: int) -> Ring:
    """Return the ring whose newest key is the current one.

    Raises:
        NotNowError: it is already, or some function may not know it yet.
    """
    if _newest(ring) == ring["current"]:
        raise NotNowError("The newest key is in use; add one first.")
    be_known(age)
    return {**ring, "current": _newest(ring)}


def be_known(age: int) -> None:
    """Make sure that every function has read a ring that was changed so many seconds ago.

    Raises:
        NotNowError: not every one has.
    """
    wait = KNOWN_EVERYWHERE - age
    if wait > 0:
        raise NotNowError("Not every function knows the new key yet.", wait)


def dropped(name: str, ring: Ring, age: int) -> Ring:
    """Return the ring without the keys that nothing is open under any more.

    Raises:
        NotNowError: there is none, or something is.
    """
    if name == ORIGIN:
        if not ring["previous"]:
            raise NotNowError("There is no old value.")
        return {**ring, "previous": ""}
    current = ring["current"]
    if _newest(ring) != current:
        raise NotNowError(f"{_newest(ring)} was added and is not in use yet.")
    if len(ring) == len({"current", current}):
        raise NotNowError("There is no old key.")
    stay = OLD_KEYS_STAY[name]
    if stay is None:
        raise NotNowError("Its old keys stay: what never ends is named under them.")
    wait = stay + KNOWN_EVERYWHERE - age
    if wait > 0:
        raise NotNowError("What was made with the old key is still open.", wait)
    return {"current": current, current: ring[current]}


def replaced(name: str, ring: Ring) -> Ring:
    """Return a ring of one new key, after a leak of any other.

    Raises:
        NotNowError: this secret has to be rotated in steps all the same.
    """
    if name == ORIGIN:
        raise NotNowError(
            "Without the old value every request would be refused until the distribution has the"
            " new one: add, use --wait and drop --wait take a quarter of an hour."
        )
    key_id = _next_id(ring)
    return {"current": key_id, key_id: _random()}


def _numbers(ring: Ring) -> dict[int, str]:
    found = {key_id: re.fullmatch(r"k(\d+)", key_id) for key_id in ring if key_id != "current"}
    return {int(one[1]): key_id for key_id, one in found.items() if one}


def _newest(ring: Ring) -> str:
    numbers = _numbers(ring)
    return numbers[max(numbers)]


def _next_id(ring: Ring) -> str:
    return f"k{max(_numbers(ring)) + 1}"


def _random() -> str:
    return secrets.token_urlsafe(48)
