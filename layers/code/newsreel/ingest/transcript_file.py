"""Decides which text of a folder is the transcript, and what it says."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from newsreel import clock
from newsreel.catalogue import unseen
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.metadata import Metadata
from newsreel.catalogue.transcripts import formats, size
from newsreel.catalogue.transcripts.spoken import Reading
from newsreel.ingest import one_file
from newsreel.ingest.buckets import Listed, MediaBucket
from newsreel.ingest.caption_tracks import CaptionTracks
from newsreel.ingest.folder_state import KnownTranscript

LARGEST = 4 * 1024 * 1024
"""Bytes of a transcript's file."""

_UNIT = "4 MiB"
_OTHER_TEXTS = frozenset(
    {"readme", "lisezmoi", "license", "licence", "copying", "checksum", "checksums", "manifest"}
    | {"md5", "md5sum", "md5sums", "sha1", "sha256", "sha256sum", "sha256sums", "sha512"}
    | {"shotlist", "notes", "credits", "contents", "index"}
)
_PARTS = re.compile(r"[-_. ()\[\]]+")
_REGIONS = re.compile(r"[a-z]{2}|\d{3}|hans|hant|latn|cyrl")
_LANGUAGES = {
    "ar": "ara arabic arabe", "az": "aze", "be": "bel belarusian", "bg": "bul bulgarian",
    "bs": "bos bosnian", "ca": "catalan", "cs": "ces cze czech", "da": "dan danish",
    "de": "deu ger german allemand deutsch", "el": "ell gre greek", "en": "eng english anglais",
    "es": "spa spanish espagnol espanol", "et": "estonian", "fa": "fas farsi persian",
    "fi": "fin finnish", "fr": "fra fre french francais", "ga": "gle irish", "he": "heb hebrew",
    "hr": "hrv croatian", "hu": "hun hungarian", "hy": "hye armenian", "is": "isl icelandic",
    "it": "ita italian italien italiano", "ja": "jpn japanese", "ka": "kat geo georgian",
    "ko": "kor korean", "lt": "lit lithuanian", "lv": "lav latvian", "mk": "mkd macedonian",
    "mn": "mongolian", "mt": "mlt", "nb": "nob", "nl": "nld dut dutch neerlandais",
    "nn": "nno", "no": "nor norwegian", "pl": "pol polish", "pt": "por portuguese",
    "ro": "ron rum romanian", "ru": "rus russian russe", "sk": "slk slo slovak",
    "sl": "slv slovenian", "sq": "sqi alb albanian", "sr": "srp serbian", "sv": "swe swedish",
    "tr": "tur turkish", "uk": "ukr ukrainian ukrainien", "ur": "urd", "zh": "zho chi chinese",
}  # fmt: skip
"""Languages that a file's name may end in: ISO 639-1, and what else people write for them."""
_BY_NAME = {
    name: language for language, names in _LANGUAGES.items() for name in (language, *names.split())
}
_NORWEGIAN = frozenset({"no", "nb", "nn"})


@dataclass(frozen=True, slots=True)
class Before:
    """The transcript of the last look, and whether anybody outside could have read it."""

    transcript: KnownTranscript | None
    was_public: bool


class Found(Protocol):
    """What a look at a folder has found so far."""

    metadata: Metadata | None
    transcript: KnownTranscript | None
    reading: Reading | None
    tracks: CaptionTracks

    def note(self, name: str, *findings: Finding) -> None:
        """Note findings on a file."""

    def begin_look(self, entry: Listed) -> None:
        """Begin a look at a file."""


def take(bucket: MediaBucket, listed: Sequence[Listed], before: Before, found: Found) -> None:
    """Read the transcript of a folder, or keep the one before it when its file is broken."""
    spoken = found.metadata.language if found.metadata else None
    for entry in sorted(listed, key=lambda entry: _preference(entry.name)):
        named = language_of(entry.name)
        if spoken is not None and named is not None and not _is_same(named, spoken):
            _take_track(bucket, entry, (named, spoken), found)
        elif found.reading is not None and named is not None and spoken is None:
            found.note(entry.name, Finding("video_language_unknown", {"named": named}))
        elif found.reading is not None and found.transcript is not None:
            found.note(entry.name, Finding("transcript_unused", {"file": found.transcript.name}))
        else:
            _read(bucket, entry, before, found)
    last = before.transcript
    if found.reading is None and last is not None and last.name in {e.name for e in listed}:
        _keep(bucket, last, before, found)


def language_of(name: str) -> str | None:
    """Return the language that a file's name ends in: ``subtitles_fr.srt``, ``x.pt-BR.vtt``."""
    stem = _folded(name).rpartition(".")[0]
    parts = [part for part in _PARTS.split(stem) if part]
    if len(parts) > 2 and _REGIONS.fullmatch(parts[-1]) and parts[-2] in _BY_NAME:  # noqa: PLR2004
        return _BY_NAME[parts[-2]]
    if len(parts) > 1 or (parts and len(parts[0]) > 3):  # noqa: PLR2004 - "en.srt" is a name, too
        return _BY_NAME.get(parts[-1])
    return _BY_NAME.get(parts[0]) if parts else None


def _read(bucket: MediaBucket, entry: Listed, before: Before, found: Found) -> None:
    try:
        found.begin_look(entry)
        data, version_id = bucket.read(entry, LARGEST)
        one_file.refuse_large(data, LARGEST, _UNIT)
        with one_file.guarded("transcript"):
            reading = _reading(entry.name, data, found)
    except RejectedError as error:
        found.note(entry.name, error.finding)
        return
    found.note(entry.name, *reading.findings)
    read = KnownTranscript(
        name=entry.name, key=entry.key, version_id=version_id, version=1, digest=""
    )
    _adopt(reading, read, before, found, since=entry.since)


def _take_track(
    bucket: MediaBucket, entry: Listed, languages: tuple[str, str], found: Found
) -> None:
    named, spoken = languages

    def read() -> Reading:
        found.begin_look(entry)
        data, _version_id = bucket.read(entry, LARGEST)
        one_file.refuse_large(data, LARGEST, _UNIT)
        speakers = found.metadata.speaker_list() if found.metadata else []
        with one_file.guarded("captions"):
            reading = formats.read(_form(entry.name), data, speakers, named)
        for finding in reading.findings:
            if finding.severity == "rejected":
                raise RejectedError(finding.code, **finding.values)
        return _without_unseen(reading, entry.name)

    try:
        found.note(entry.name, *found.tracks.take(entry.name, named, spoken, read))
    except RejectedError as error:
        found.note(entry.name, error.finding)


def _keep(bucket: MediaBucket, last: KnownTranscript, before: Before, found: Found) -> None:
    data = bucket.read_version(last.key, last.version_id, LARGEST)
    if data is None:
        return
    try:
        with one_file.guarded("transcript"):
            reading = _reading(last.name, data, found)
    except RejectedError:
        return  # what fitted once may not with other names of speakers: said of the file above
    _adopt(reading, last, before, found, since=clock.rfc3339(clock.epoch()))
    found.note(last.name, Finding("transcript_kept"))


def _reading(name: str, data: bytes, found: Found) -> Reading:
    speakers = found.metadata.speaker_list() if found.metadata else []
    language = found.metadata.language if found.metadata else None
    reading = formats.read(_form(name), data, speakers, language)
    for finding in reading.findings:
        if finding.severity == "rejected":
            raise RejectedError(finding.code, **finding.values)
    named = any(turn.speaker or turn.kind == "question" for turn in reading.turns)
    if not reading.timed and not named and not _is_called_transcript(name):
        raise RejectedError("not_a_transcript")
    if not size.fits(reading):
        raise RejectedError("transcript_too_large")
    return _without_unseen(reading, name)


def _without_unseen(reading: Reading, name: str) -> Reading:
    """Return a reading whose names and words hold nothing that nobody sees, and tell of it."""
    gone: dict[str, None] = {}

    def seen(text: str) -> str:
        kept, left_out = unseen.many_lines(text)
        if not kept.strip():
            return text  # words are never taken away whole
        gone.update(dict.fromkeys(left_out))
        return kept

    turns = tuple(
        turn.model_copy(
            update={
                "speaker": turn.speaker and seen(turn.speaker),
                "role": turn.role and seen(turn.role),
                "text": [seen(words) for words in turn.text],
            }
        )
        for turn in reading.turns
    )
    cues = tuple(tuple(replace(cue, text=seen(cue.text)) for cue in turn) for turn in reading.cues)
    values = {"field": name, "characters": ", ".join(gone)}
    told = [Finding("characters_left_out", values)] if gone else []
    return Reading(turns, cues, (*reading.findings, *told))


def _adopt(
    reading: Reading, read: KnownTranscript, before: Before, found: Found, *, since: str
) -> None:
    """Take what was read as the transcript; its words are those of a file uploaded at ``since``."""
    words = [turn.model_dump() for turn in reading.turns]
    digest = hashlib.sha256(json.dumps(words).encode()).hexdigest()
    note = found.metadata.transcript.note if found.metadata else None
    last = before.transcript
    # What nobody could read is not corrected: words change while a folder is being filled.
    corrected = last is not None and before.was_public and last.digest != digest
    found.reading = reading
    found.transcript = read.model_copy(
        update={
            "version": 1 if last is None else last.version + corrected,
            "digest": digest,
            "note": note,
            "corrected_at": since if corrected else _corrected_at(last, note, since),
        }
    )


def _corrected_at(last: KnownTranscript | None, note: str | None, since: str) -> str | None:
    """Return when words that are the same as before, or new, were corrected or got their note."""
    if last is None:
        return since if note else None
    if last.corrected_at is None and last.version > 1:
        return since  # corrected before its time was kept
    if note is not None and note != last.note:
        return clock.rfc3339(clock.epoch())
    return last.corrected_at


def _preference(name: str) -> tuple[bool, bool, bool, int, str]:
    folded = _folded(name)
    parts = [part for part in _PARTS.split(folded.rpartition(".")[0]) if part]
    return (
        not _is_called_transcript(name),
        not _OTHER_TEXTS.isdisjoint((parts[0], "".join(parts[:2]))) if parts else False,
        language_of(name) is not None and language_of(name) != "en",
        formats.SUFFIXES.index(_form(name)),
        folded,
    )


def _is_called_transcript(name: str) -> bool:
    parts = [part for part in _PARTS.split(_folded(name).rpartition(".")[0]) if part]
    rest = [part for part in parts if part not in _BY_NAME and not _REGIONS.fullmatch(part)]
    return rest in (["transcript"], ["transcription"])


def _is_same(named: str, spoken: str) -> bool:
    primary = spoken.split("-", maxsplit=1)[0].casefold()
    primary = _BY_NAME.get(primary, primary)
    return named == primary or {named, primary} <= _NORWEGIAN


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def _form(name: str) -> formats.Format:
    suffix = name.casefold().rpartition(".")[2]
    return next(form for form in formats.SUFFIXES if form == suffix)
