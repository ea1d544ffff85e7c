"""Promises about an edition's states: what leads where, and what the clock asks for."""

from itertools import product
from typing import get_args

import pytest
from newsreel.mail_table.edition_records import OVER, State
from newsreel.newsletter.states import Approval, Command, after, approve_by, due
from newsreel.policy import DAY, HOUR

from tests.support.editions import NOW, edition

STATES: tuple[State, ...] = get_args(State)
COMMANDS: tuple[Command, ...] = get_args(Command)


def test_every_command_leads_where_the_design_says_and_nowhere_else() -> None:
    leads: dict[tuple[State, Command], State] = {
        (state, command): to
        for state, command in product(STATES, COMMANDS)
        if (to := after(state, command)) is not None
    }
    expected: dict[tuple[State, Command], State] = {
        ("draft", "preview"): "review",
        ("review", "approve"): "approved",
        ("approved", "start"): "sending",
        ("approved", "hold"): "held",
        ("held", "start"): "sending",
        ("held", "hold"): "held",
        ("sending", "hold"): "held",
        ("sending", "pause"): "paused",
        ("held", "pause"): "paused",
        ("paused", "resume"): "sending",
        ("sending", "finish"): "sent",
    }
    for state in set(STATES) - OVER:
        expected[state, "cancel"] = "cancelled"
    assert leads == expected


def test_nothing_leads_out_of_the_end() -> None:
    for state, command in product(OVER, COMMANDS):
        assert after(state, command) is None


def test_nothing_is_sent_that_was_not_approved() -> None:
    reached, edge = {"draft"}, {"draft"}
    while edge:
        edge = {
            to
            for state in edge
            for command in COMMANDS
            if command != "approve" and (to := after(state, command)) and to not in reached  # type: ignore[arg-type]
        }
        reached |= edge
    assert reached == {"draft", "review", "cancelled"}


@pytest.mark.parametrize(
    ("state", "approval", "later", "command"),
    [
        ("draft", "required", 0, "preview"),
        ("review", "required", 7 * DAY - 1, None),
        ("review", "required", 7 * DAY, "cancel"),
        ("review", "automatic", 4 * HOUR - 1, None),
        ("review", "automatic", 4 * HOUR, "approve"),
        ("approved", "required", 0, "start"),
        ("held", "required", HOUR - 1, None),
        ("held", "required", HOUR, "start"),
        ("held", "required", 7 * DAY, "cancel"),
        ("paused", "required", 7 * DAY - 1, None),
        ("paused", "automatic", 7 * DAY, "cancel"),
        ("sending", "required", 0, "finish"),
        ("sent", "automatic", 30 * DAY, None),
        ("cancelled", "automatic", 30 * DAY, None),
    ],
)
def test_what_is_due_by_the_clock(
    state: State, approval: Approval, later: int, command: Command | None
) -> None:
    one = edition(state=state, approve_by=approve_by(NOW, approval), held_until=NOW + HOUR)
    assert due(one, now=NOW + later, approval=approval) == command
