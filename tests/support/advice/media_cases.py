"""Media files that are refused or odd: exported or uploaded again, as the advice says."""

from dataclasses import replace
from functools import partial

from newsreel.catalogue.findings import Finding

from tests.support import media_files
from tests.support.advice.case import Advice, Folder, described
from tests.support.media_files import make

NAME = "metadata.json"
SILENT = replace(media_files.PREVIEW, sound=None)
SHORT = replace(media_files.WAV, seconds=0.05)


def cut(recipe: media_files.Recipe, mark: bytes, back: int = 4, more: bytes = b"") -> bytes:
    """Return a file up to a mark."""
    data = make(recipe)
    return data[: data.index(mark) - back] + more


def swapped(recipe: media_files.Recipe, old: bytes, new: bytes) -> bytes:
    """Return a file with one word changed."""
    data = make(recipe)
    assert old in data
    return data.replace(old, new)


def elsewhere() -> bytes:
    """Return an index whose pictures are in other files."""
    data = make(replace(media_files.DNXHR, options=(("movflags", "+faststart"),), sound=None))
    alone = bytearray(data[: data.index(b"mdat") - 4])
    at = 0
    while (at := alone.find(b"dref", at)) >= 0:
        alone[at + 23] = 0
        at += 4
    return bytes(alone)


def unsized() -> bytes:
    """Return sound whose header does not say how long it is."""
    data = make(SHORT)
    at = data.index(b"data") + 4
    return data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]


def again(code: str, name: str, wrong: object, right: object, **more: str) -> Advice:
    """Return a case: the file is exported or uploaded again."""
    before: Folder = {NAME: described(), name: wrong}  # type: ignore[dict-item]
    return Advice(code, before, {name: right}, state=more.get("state", "published"))  # type: ignore[dict-item]


def refused(code: str, **values: str | int) -> Advice:
    """Return a case of a refusal that takes too much to provoke here, and is held elsewhere."""
    folder: Folder = {NAME: described(), "a.wav": partial(make, SHORT)}
    after: Folder = {"a.wav": partial(make, replace(SHORT, seconds=0.08))}
    return Advice(code, folder, after, failing=("a.wav", Finding(code, values)), state="published")


GOOD, WHOLE = partial(make, SHORT), partial(make, SILENT)

CASES: tuple[Advice, ...] = (
    again("not_media", "a.wav", b"\x01\x02" * 500, GOOD),
    again("other_container", "a.wav", b"fLaC" + bytes(500), GOOD),
    again("other_format", "a.mp4", b"\x89PNG\r\n\x1a\n" + bytes(500), WHOLE),
    again("encrypted", "a.mp4", partial(swapped, SILENT, b"avc1", b"encv"), WHOLE),
    again("elsewhere", "a.mov", elsewhere, partial(make, media_files.DNXHR)),
    again("no_samples", "a.mp4", partial(cut, media_files.FRAGMENTED, b"moof"), WHOLE),
    again("incomplete", "a.mp4", lambda: make(SILENT)[:-200], WHOLE),
    again(
        "no_index",
        "a.mov",
        lambda: cut(media_files.DNXHR, b"moov"),
        partial(make, media_files.DNXHR),
    ),
    again(
        "no_streams",
        "a.mp4",
        lambda: swapped(SILENT, b"vide", b"text").replace(b"avc1", b"text"),
        WHOLE,
    ),
    again("unknown_codec", "a.mp4", partial(swapped, SILENT, b"avc1", b"zzz1"), WHOLE),
    again(
        "preview_sound",
        "a.mp4",
        lambda: make(replace(media_files.PREVIEW, sound="ac3")),
        partial(make, media_files.PREVIEW),
    ),
    again("index_at_end", "a.mp4", lambda: make(replace(SILENT, options=())), WHOLE),
    again(
        "variable_frame_rate",
        "a.mp4",
        lambda: make(replace(SILENT, times=(0, 1, 2, 5, 9, 10, 20, 21, 22, 23, 24, 30))),
        WHOLE,
    ),
    again("length_unknown", "a.wav", unsized, GOOD),
    refused("unreadable", container="WAV"),
    refused("took_too_long", limit=60),
    refused("look_failed", reason="SIGSEGV"),
    Advice(
        "gave_up",
        {NAME: described(), "a.wav": GOOD},
        {"a.wav": partial(make, replace(SHORT, seconds=0.08))},
        ended_in="probe",
        state="published",
    ),
    refused("not_readable"),
    refused("many_partitions", limit=20_000),
    refused("over_budget", limit=16),
    refused("many_fragments", limit=1000),
    refused("zero_length"),
    refused("no_picture_size"),
)
