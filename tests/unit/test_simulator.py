"""The local addresses that stand for what can happen to a mail."""

from pathlib import Path

import pytest

from infra.local.mail_events import MailEvents, note
from infra.local.ministack_patches.transformer_paths import entering_lists
from infra.local.simulator import DOMAIN, OUTCOMES, outcomes


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_label_makes_an_address_that_nobody_had_before(name: str) -> None:
    assert outcomes(f"{name}+17@{DOMAIN}") == OUTCOMES[name]
    assert outcomes(f"{name.upper()}@{DOMAIN.upper()}") == OUTCOMES[name]


@pytest.mark.parametrize("address", ["bounce@example.org", f"jane@{DOMAIN}", "x"])
def test_mail_to_any_other_address_arrives(address: str) -> None:
    assert outcomes(address) == OUTCOMES["success"]


def test_what_became_of_a_mail_is_read_once_it_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "events"
    events = MailEvents(file)
    assert events.look() == 0
    note("1@email", "delayed", file)
    with file.open("a") as lines:
        lines.write('{"id": "1@em')
    first = events.look()
    assert events.of("<1@email>") == ["delayed"]
    with file.open("a") as lines:
        lines.write('ail", "word": "delivered"}\n')
    assert events.look() > first
    assert events.of("<1@email>") == ["delayed", "delivered"]
    assert events.of("<2@email>") == []


class View:
    def event_with_detail(self) -> object:
        return {"detail": {"list": [{"name": "first"}, {"name": "second"}]}}

    def envelope(self) -> object:
        return {}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.detail.list[0].name", "first"),
        ("$.detail.list[1].name", "second"),
        ("$.detail.list[2].name", ""),
        ("$.detail.list.name", ""),
    ],
)
def test_a_path_may_name_one_of_a_list(path: str, value: str) -> None:
    from ministack.services import eventbridge  # noqa: PLC0415 - its import starts threads

    transform = entering_lists(eventbridge._apply_input_transformer)
    transformer = {"InputPathsMap": {"x": path}, "InputTemplate": '{"x":"<x>"}'}
    assert transform(transformer, None, View()) == f'{{"x":"{value}"}}'
