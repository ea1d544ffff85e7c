"""The corpus of transcripts: every kind of label, caption and encoding, read as it is meant."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import Speaker, Turn
from newsreel.catalogue.transcripts import formats
from newsreel.catalogue.transcripts.spoken import Reading, timestamp

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
FEWEST_CASES = 150
MOST_UNNAMED = 5
"""Of a hundred labels, those that may go unnamed; see the corpus for which."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    form: formats.Format
    data: bytes
    speakers: tuple[Speaker, ...]
    values: dict[str, Any]

    def read(self) -> Reading:
        return formats.read(self.form, self.data, self.speakers)


def speaker(text: str) -> Speaker:
    name, _, role = text.partition(" = ")
    return Speaker(name=name, role=role or None)


def as_text(lines: list[str]) -> str:
    return "\n\n".join(lines) + "\n"


def as_srt(lines: list[str]) -> str:
    cues = [
        f"{n}\n{timestamp(n * 4000, ',')} --> {timestamp(n * 4000 + 3000, ',')}\n{line}"
        for n, line in enumerate(lines, 1)
    ]
    return "\n\n".join(cues) + "\n"


def as_webvtt(lines: list[str]) -> str:
    cues = [
        f"{timestamp(n * 4000)} --> {timestamp(n * 4000 + 3000)}\n{escaped(line)}"
        for n, line in enumerate(lines, 1)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace(">>", "&gt;&gt;")


WRITERS = {"txt": as_text, "srt": as_srt, "vtt": as_webvtt}


def cases() -> Iterator[Case]:
    for path in sorted(CORPUS.glob("*.toml")):
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        for values in held["case"]:
            speakers = tuple(map(speaker, values.get("speakers", held.get("speakers", []))))
            texts: dict[str, str] = (
                {form: write(values["lines"]) for form, write in WRITERS.items()}
                if "lines" in values
                else {values["form"]: values["text"]}
            )
            for form, text in texts.items():
                data = text.encode(values.get("encoding", "utf-8"))
                yield Case(f"{path.stem}: {values['name']} ({form})", form, data, speakers, values)  # type: ignore[arg-type]


CASES = list(cases())


def written(turn: Turn, speakers: tuple[Speaker, ...]) -> str:
    who = turn.speaker or "-"
    if turn.role and turn.role not in {one.role for one in speakers if one.name == turn.speaker}:
        who = f"{who}, {turn.role}"
    return f"{who} | {turn.kind} | {' '.join(turn.text)}"


def told(finding: Finding, case: Case) -> str:
    line = finding.values.get("line")
    if line is None or "lines" not in case.values:
        return finding.code if line is None else f"{finding.code} {line}"
    # The line of the file, as the line of the case.
    step = {"txt": 2, "srt": 4, "vtt": 3}[case.form]
    first = {"txt": 1, "srt": 3, "vtt": 4}[case.form]
    return f"{finding.code} {(int(line) - first) // step + 1}"


def refusal(case: Case) -> str | None:
    try:
        reading = case.read()
    except RejectedError as error:
        return error.finding.code
    return next((one.code for one in reading.findings if one.severity == "rejected"), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_transcript_of_the_corpus_is_read_as_it_is_meant(case: Case) -> None:
    if "refused" in case.values:
        assert refusal(case) == case.values["refused"]
        return
    reading = case.read()
    assert [written(turn, case.speakers) for turn in reading.turns] == case.values["turns"]
    quiet = {"cue_repaired", "no_speaker", *case.values.get("also", [])}
    findings = [told(finding, case) for finding in reading.findings if finding.code not in quiet]
    assert findings == case.values.get("told", [])


def test_the_corpus_has_as_many_cases_as_it_says() -> None:
    assert len(CASES) >= FEWEST_CASES


def test_few_labels_of_the_corpus_go_unnamed() -> None:
    """``unnamed`` counts labels that a person would know, and that the reader leaves in doubt."""
    plain = [case for case in CASES if case.form == "txt" and "turns" in case.values]
    unnamed = sum(case.values.get("unnamed", 0) for case in plain)
    named = sum(
        turn.speaker is not None or turn.kind == "question"
        for case in plain
        for turn in case.read().turns
    )
    assert unnamed > 0
    assert unnamed * 100 <= MOST_UNNAMED * (unnamed + named)
