"""The folder and its files of any kind: what is missing, what does not count, who sees it."""

from dataclasses import replace

from newsreel.catalogue.findings import Finding
from newsreel.policy import POLICY

from tests.support import media_files
from tests.support.advice.case import Advice, Folder, described, jpeg
from tests.support.media_files import make

NAME = "metadata.json"
SHORT = replace(media_files.WAV, seconds=0.05)


def sound() -> bytes:
    """Return the smallest file that can be published."""
    return make(SHORT)


def other_sound() -> bytes:
    """Return another one."""
    return make(replace(SHORT, seconds=0.08))


def preview() -> bytes:
    """Return a file with a picture that is its own preview."""
    return make(media_files.PREVIEW)


def black() -> bytes:
    """Return a preview of which no poster can be made."""
    return make(replace(media_files.PREVIEW, paint=media_files.black, sound=None))


def master() -> bytes:
    """Return a picture that is no preview."""
    return make(media_files.DNXHR)


TINY = POLICY._replace(hashes=POLICY.hashes._replace(largest=0))
PUBLIC: Folder = {NAME: described(), "a.wav": sound}
NEW = "De\u0301fense.wav"

CASES: tuple[Advice, ...] = (
    Advice("metadata_missing", {"a.wav": sound}, {NAME: described()}, state="published"),
    Advice(
        "metadata_refused", {NAME: b"{", "a.wav": sound}, {NAME: described()}, state="published"
    ),
    Advice("no_rendition", {NAME: described()}, {"a.wav": sound}, state="published"),
    Advice(
        "draft",
        {**PUBLIC, NAME: described(status="draft")},
        {NAME: described(status="published")},
        state="published",
    ),
    Advice(
        "embargo",
        {**PUBLIC, NAME: described(publish_at="2026-02-14T03:04:00Z")},
        hours=1,
        state="published",
    ),
    Advice(
        "withdrawn",
        {NAME: described(status="withdrawn")},
        {NAME: described(status="published")},
        earlier=PUBLIC,
        state="published",
    ),
    Advice(
        "withdrawn_unseen",
        {**PUBLIC, NAME: described(status="withdrawn")},
        {NAME: described(status="published")},
        state="published",
    ),
    Advice(
        "withdrawn_by_time",
        {NAME: described(withdraw_at="2026-02-14T02:03:00Z")},
        {NAME: described(withdraw_at="2027-02-14T02:03:00Z")},
        earlier=PUBLIC,
        state="published",
    ),
    Advice(
        "withdrawn_by_time",
        {**PUBLIC, NAME: described(withdraw_at="2026-02-14T02:03:00Z")},
        {NAME: described()},
        state="published",
    ),
    Advice(
        "withdrawn_without_files",
        {"a.wav": None},
        {"a.wav": sound},
        earlier=PUBLIC,
        state="published",
    ),
    Advice(
        "withdrawn_without_files",
        {NAME: described(status="withdrawn"), "a.wav": None},
        {NAME: described(), "a.wav": sound},
        earlier=PUBLIC,
        state="published",
    ),
    Advice("no_preview", {NAME: described(), "a.mov": master}, {"p.mp4": preview}),
    Advice(
        "poster_gave_up",
        {NAME: described(), "p.mp4": preview},
        {"poster.jpg": jpeg},
        ended_in="poster_from_video",
    ),
    Advice(
        "poster_gave_up",
        {NAME: described(), "p.mp4": preview},
        {"p.mp4": lambda: make(replace(media_files.PREVIEW, frames=40))},
        ended_in="poster_from_video",
    ),
    Advice("no_audio_file", {NAME: described(), "p.mp4": preview}, {"a.wav": sound}),
    Advice("no_transcript", PUBLIC, {"transcript.txt": b"Mark Rutte: Good morning.\n"}),
    Advice(
        "no_poster",
        {NAME: described(), "p.mp4": black},
        {"poster.jpg": jpeg},
    ),
    Advice(
        "preview_too_large",
        {NAME: described(), "p.mp4": preview},
        {"p.mp4": lambda: make(replace(media_files.PREVIEW, frames=2, sound=None))},
        set_to=(("newsreel.ingest.public_files.LARGEST_COPY", 3000),),
    ),
    Advice(
        "shot_beyond",
        {**PUBLIC, NAME: described(shotlist=[{"in": "00:00", "out": "00:09", "text": "x"}])},
        {NAME: described(shotlist=[{"in": "00:00", "out": "00:00", "text": "x"}])},
    ),
    Advice("leftovers", {**PUBLIC, ".DS_Store": b"x", "._a.wav": b"x"}, gone=False),
    Advice(
        "files_left_out",
        {**PUBLIC, **{f"{n}.bin": b"x" for n in range(9)}},
        {f"{n}.bin": None for n in range(9)},
        set_to=(("newsreel.ingest.receipts.LARGEST", 2500),),
    ),
    Advice("empty", {"a.wav": b""}, {"a.wav": sound}),
    Advice("subfolder", {"audio/a.wav": sound}, {"audio/a.wav": None, "a.wav": sound}),
    Advice("unknown_name", {"notes.docx": b"x"}, {"notes.docx": None}),
    Advice(
        "name_unusable", {"a\u202evaw.exe.wav": sound}, {"a\u202evaw.exe.wav": None, "a.wav": sound}
    ),
    Advice("name_twice", {NEW: sound, "D\u00e9fense.wav": other_sound}, {NEW: None}),
    Advice(
        "too_many_files",
        {"a.wav": sound, "b.wav": other_sound},
        {"b.wav": None},
        set_to=(("newsreel.ingest.scan.MOST_MEDIA", 1),),
    ),
    Advice(
        "more_remarks",
        {NAME: described(topics=[""] * 30)},
        {NAME: described(topics=[""] * 10)},
        left=frozenset({"field_empty", "metadata_refused", "no_rendition"}),
    ),
    Advice("too_large", {NAME: described(description="x" * 131_072)}, {NAME: described()}),
    Advice("same_content", {"a.wav": sound, "b.wav": sound}, {"b.wav": None}),
    Advice(
        "kept_before", {"a.wav": b"text"}, {"a.wav": other_sound}, earlier=PUBLIC, state="published"
    ),
    Advice(
        "checksum_absent",
        PUBLIC,
        gone=False,
        set_to=(
            ("newsreel.ingest.scan.POLICY", TINY),
            ("newsreel.ingest.folder_receipt.POLICY", TINY),
        ),
        state="published",
    ),
    Advice("not_jpeg", {**PUBLIC, "poster.jpg": b"x"}, {"poster.jpg": jpeg}),
    Advice(
        "picture_cut",
        {**PUBLIC, "poster.jpg": lambda: jpeg()[:-400]},
        {"poster.jpg": jpeg},
    ),
    Advice(
        "picture_too_large",
        {**PUBLIC, "poster.jpg": jpeg},
        {"poster.jpg": lambda: jpeg() + bytes(8)},
        failing=("poster.jpg", Finding("picture_too_large", {"limit": 64})),
    ),
    Advice(
        "poster_unused",
        {"poster.jpg": jpeg, "poster.jpeg": jpeg},
        {"poster.jpeg": None},
    ),
)
