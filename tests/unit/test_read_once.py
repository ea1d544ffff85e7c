"""The local AWS reads a text once, and a changed one again."""

from typing import Any

from infra.local.ministack_patches import read_once


def test_a_policy_is_read_once_and_a_changed_one_again() -> None:
    read: list[str] = []

    def parse(text: Any) -> list[Any]:
        read.append(text)
        return [text]

    parse_once = read_once.by_text(parse)
    assert [parse_once("a"), parse_once("a"), parse_once("b")] == [["a"], ["a"], ["b"]]
    assert read == ["a", "b"]


def test_what_one_reader_adds_to_a_policy_no_other_reader_finds() -> None:
    parse_once = read_once.by_text(lambda text: [text])
    parse_once("a").append("more")
    assert parse_once("a") == ["a"]


def test_a_policy_that_is_no_text_is_read_as_it_is() -> None:
    assert read_once.by_text(lambda policy: [policy])({"Statement": []}) == [{"Statement": []}]


def test_a_distribution_is_read_once_and_again_when_its_configuration_changes() -> None:
    read: list[str] = []

    def parse(distribution: dict[str, Any]) -> dict[str, Any]:
        read.append(distribution["config_xml"])
        return {"is": distribution["config_xml"]}

    parse_once = read_once.by_configuration(parse)
    first = {"Id": "E1", "config_xml": "<a/>"}
    assert [parse_once(first), parse_once({**first, "Id": "E2"})] == [{"is": "<a/>"}] * 2
    assert parse_once({**first, "config_xml": "<b/>"}) == {"is": "<b/>"}
    assert read == ["<a/>", "<b/>"]


def test_the_date_of_an_answer_is_todays(monkeypatch: Any) -> None:
    told = []
    for second in (0.2, 0.9, 86400.0):
        monkeypatch.setattr("time.time", lambda second=second: second)
        told.append(read_once.date_of_the_second(usegmt=True))
    first, last = "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 02 Jan 1970 00:00:00 GMT"
    assert told == [first, first, last]
