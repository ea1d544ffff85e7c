"""The shapes in which the catalogue answers: the JSON of ``/videos`` and what pages render from.

Times are RFC 3339 in UTC (``2026-02-14T09:30:00Z``), durations and positions seconds as floats,
sizes bytes, bit rates bits per second. Answers may gain fields; none changes its meaning.
"""

from typing import Literal, TypeAlias

from pydantic import Field

from newsreel.models import ResponseModel

Kind: TypeAlias = Literal["master", "web", "preview", "audio"]
Scan: TypeAlias = Literal["interlaced", "progressive"]
TranscriptState: TypeAlias = Literal["draft", "checked", "final"]
TurnKind: TypeAlias = Literal["statement", "question", "answer"]


class Speaker(ResponseModel):
    """Somebody who speaks in the video."""

    name: str
    role: str | None = None


class TranscriptFacts(ResponseModel):
    """A transcript's properties, without its text; ``note`` and ``corrected_at`` as below."""

    state: TranscriptState
    timed: bool
    language: str | None = None
    version: int = 1
    note: str | None = None
    corrected_at: str | None = None


class Posters(ResponseModel):
    """Site-relative URLs of the poster, by its width in pixels: JPEG, the video's own aspect."""

    small: str = Field(alias="320")
    medium: str = Field(alias="640")
    large: str = Field(alias="1280")


class Shot(ResponseModel):
    """One line of the shotlist; ``in`` and ``out`` are the press office's own time codes."""

    # ``in`` is a Python keyword, so the attributes have other names than the JSON.
    starts: str = Field(alias="in")
    ends: str = Field(alias="out")
    text: str


class VideoFacts(ResponseModel):
    """A rendition's picture.

    ``frame_rate`` is exact: ``25`` or ``30000/1001`` frames per second, also when interlaced.
    ``width`` and ``height`` are those of the stored picture; ``rotation`` is by how many degrees a
    player turns it clockwise (0, 90, 180 or 270). ``pixel_aspect`` is a pixel's width by its height
    (``64:45``), ``display_aspect`` the shape of the picture as it is shown (``16:9``). ``transfer``
    and ``primaries`` are named if the file tells them: ``PQ`` and ``HLG`` are HDR.
    """

    codec: str
    profile: str | None = None
    width: int
    height: int
    frame_rate: str | None = None
    scan: Scan
    bit_rate: int | None = None
    pixel_format: str | None = None
    rotation: int = 0
    pixel_aspect: str | None = None
    display_aspect: str | None = None
    transfer: str | None = None
    primaries: str | None = None


class AudioFacts(ResponseModel):
    """A rendition's sound: ``tracks`` streams that carry ``channels`` channels together."""

    codec: str
    tracks: int
    channels: int
    sample_rate: int
    bit_rate: int | None = None


class Checksum(ResponseModel):
    """One checksum of the whole file.

    ``SHA256`` is in hexadecimal, as ``sha256sum`` prints it; what S3 reports is in base64, as S3
    prints it. Only older answers have the type ``COMPOSITE``, a checksum of the parts' checksums: a
    reader who does not know the parts cannot check it.
    """

    algorithm: str
    value: str
    type: Literal["FULL_OBJECT", "COMPOSITE"]
    encoding: Literal["hex", "base64"]


class Rendition(ResponseModel):
    """One file of a video; ``rendition_id`` is a slug of its name, never a storage key."""

    rendition_id: str
    kind: Kind
    label: str
    file_name: str
    size_bytes: int
    container: str
    video: VideoFacts | None = None
    audio: AudioFacts | None = None
    duration: float | None = None
    start_timecode: str | None = None
    checksums: list[Checksum] = []


class CaptionTrack(ResponseModel):
    """Captions in another language than the video's: WebVTT, a path on the site."""

    language: str
    url: str


class VideoEntry(ResponseModel):
    """A video as the list shows it."""

    video_id: str
    title: str
    speakers: list[Speaker] = []
    language: str | None = None
    topics: list[str] = []
    location: str | None = None
    recorded_at: str | None = None
    published_at: str
    duration: float | None = None
    transcript: TranscriptFacts | None = None
    formats: list[str] = []
    posters: Posters | None = None


class Video(VideoEntry):
    """A video with all of its public details."""

    description: str | None = None
    credit: str | None = None
    usage_terms: str | None = None
    restrictions: str | None = None
    shotlist: list[Shot] = []
    preview_url: str | None = None
    captions_url: str | None = None
    caption_tracks: list[CaptionTrack] = []
    renditions: list[Rendition] = []


class VideoList(ResponseModel):
    """One page of the catalogue, newest first; ``next_cursor`` is null on the last."""

    items: list[VideoEntry]
    next_cursor: str | None = None


class Turn(ResponseModel):
    """One speaker's uninterrupted words; ``number`` starts at 1, ``text`` holds paragraphs."""

    number: int
    speaker: str | None = None
    role: str | None = None
    kind: TurnKind
    text: list[str]
    start: float | None = None
    end: float | None = None


class Transcript(ResponseModel):
    """The words spoken in a video; ``version`` counts the press office's corrections from 1.

    ``corrected_at`` is when the words last changed, or the note on them.
    """

    video_id: str
    language: str | None = None
    state: TranscriptState
    timed: bool
    version: int
    note: str | None = None
    corrected_at: str | None = None
    turns: list[Turn]
