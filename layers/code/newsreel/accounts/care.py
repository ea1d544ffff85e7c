"""Decides what the daily schedule does: warn and delete unused accounts, finish deletions.

An account is unused 24 months after it could last have been used: after the end of the sessions
that its last log-in may have begun, and of the last use of an access key. A month before, its owner
is warned by mail; a log-in is enough to keep it.
"""

from collections import Counter
from dataclasses import replace
from typing import Literal, TypeAlias

from newsreel import clock
from newsreel.accounts import deletion
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.records import Notice
from newsreel.accounts.table import account_parts, closings, notices, uses
from newsreel.accounts.table.uses import Use
from newsreel.aws.transactions import ConditionFailed
from newsreel.policy import DAY, MINUTE, POLICY
from newsreel.refusals import Refusal

Outcome: TypeAlias = Literal["warned", "deleted", "used", "finished", "looked_at", "put_off"]

_LOOKED_BACK = 30
"""Days whose lists are read, in case the schedule did not run."""
_BROKEN_OFF = 15 * MINUTE
"""A deletion that began so long ago is not going on."""


def look_after_all(deps: DeletionDeps, *, now: int) -> Counter[Outcome]:
    """Do what is due today and return how many accounts came to what.

    May be broken off and run again at any time. What is busy is put off until tomorrow.
    """
    counted: Counter[Outcome] = Counter()
    for account_id in closings.begun_before(deps.accounts, now - _BROKEN_OFF):
        counted[_finish(deps, account_id, now=now)] += 1
    for ago in reversed(range(_LOOKED_BACK)):
        for account_id in uses.due_on(deps.accounts, clock.rfc3339(now - ago * DAY)[:10]):
            counted[_look_after(deps, account_id, now=now)] += 1
    return counted


def _finish(deps: DeletionDeps, account_id: str, *, now: int) -> Outcome:
    try:
        was_broken_off = deletion.resume(deps, account_id, now=now)
    except Refusal:
        return "put_off"
    return "finished" if was_broken_off else "looked_at"


def _look_after(deps: DeletionDeps, account_id: str, *, now: int) -> Outcome:
    table = deps.accounts
    use = uses.read(table, account_id)
    if use is None or now < use.due:
        return "used"  # the index is behind by moments, or the hour has not come
    latest = max(use.used_until, uses.last_use(table, account_id))
    try:
        if latest > use.used_until:
            table.write(uses.replace(table, use, Use(account_id, latest)))
            return "used"
        return _delete(deps, use, now=now) if use.warned_at else _warn(deps, use, now=now)
    except ConditionFailed:
        return "used"
    except Refusal:
        return "put_off"


def _warn(deps: DeletionDeps, use: Use, *, now: int) -> Outcome:
    notice = Notice.of(
        use.account_id,
        "account_unused",
        now=now,
        facts={"days": str(POLICY.retention.unused_notice // DAY)},
    )
    deps.accounts.write(
        uses.replace(deps.accounts, use, replace(use, warned_at=now)),
        notices.put(deps.accounts, notice),
    )
    return "warned"


def _delete(deps: DeletionDeps, use: Use, *, now: int) -> Outcome:
    account = account_parts.read_without_password(deps.accounts, use.account_id)
    if account is None:
        return "put_off"
    # With the first write of the deletion: lost if somebody logs in at this moment.
    unused = uses.replace(deps.accounts, use, use)
    deletion.delete(deps, account, first=(unused,), now=now)
    return "deleted"
