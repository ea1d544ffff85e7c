"""Decides the content of a video's page, and of the page where there is no video.

The shell comes from the website's release (``/shells/<language>/video.html``) with a mark for
each part that depends on the video; every value in them is escaped by jinja2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from newsreel.catalogue.facets import folded
from newsreel.catalogue.model import AudioFacts, Rendition, Transcript, Video
from newsreel.pages import facts, formatting, shot_positions, templating
from newsreel.pages.templating import Parts
from newsreel.texts import messages

PARTS = ("head", "skips", "languages", "main")
"""The parts that the shell leaves open, in this order: ``<!-- newsreel:head -->`` and so on."""
SHARED_PICTURE = "/share.png"
"""What a link preview shows of a page without a picture of its own; published with the website."""
_KINDS = ("master", "web", "audio", "preview")
_LONGEST_DESCRIPTION = 300
_NO_RESTRICTION = frozenset(
    {"", "none", "no", "nil", "n/a", "na", "not applicable", "no restriction", "no restrictions"}
    | {"none known", "unrestricted", "aucune", "aucun", "néant", "aucune restriction", "sans objet"}
    | {
        "sans restriction",
        "sans restrictions",
        "non",
        "s/o",
        "keine",
        "ninguna",
        "nessuna",
        "немає",
    }
)
"""What press offices write in a field that they leave empty, folded."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The language and the addresses of a page.

    ``site_url`` has no slash at its end; pages of the default language have no prefix.
    """

    language: str
    site_url: str
    organisation: str

    @property
    def home(self) -> str:
        """Return the path of the catalogue in this language."""
        return messages.home(self.language)

    @property
    def versions(self) -> list["PageContext"]:
        """Return the context of the same page in every language."""
        return [PageContext(code, self.site_url, self.organisation) for code in messages.LANGUAGES]

    @property
    def others(self) -> list["PageContext"]:
        """Return the context of the same page in every other language."""
        return [version for version in self.versions if version.language != self.language]

    def address(self, path: str) -> str:
        """Return the address of a page under this language's home."""
        return f"{self.site_url}{self.home}{path}"

    def text(self, key: str, **values: object) -> str:
        """Return a text of the page."""
        values.setdefault("organisation", self.organisation)
        return messages.text(self.language, "page", key, **values)

    def count(self, key: str, count: int) -> str:
        """Return the text for a number of things, in its plural form."""
        return self.text(messages.counted(self.language, key, count), count=count)


class FileRow(NamedTuple):
    """One line of the downloads, as texts."""

    rendition: Rendition
    label: str
    size: str
    details: tuple[str, ...]


def render_video(
    shell: str, video: Video, transcript: Transcript | None, context: PageContext
) -> str:
    """Return the whole page of a video: title, facts, files, link preview, JSON-LD, transcript."""
    key = (video.video_id, context)
    kept = _kept.pop(key, None)
    if kept is None or (kept.video, kept.transcript) != (video, transcript):
        kept = _Kept(video, transcript, _video_parts(video, transcript, context))
    _kept[key] = kept  # the newest stands last
    if len(_kept) > _MOST_KEPT:
        del _kept[next(iter(_kept))]
    return templating.fill(shell, kept.parts)


class _Kept(NamedTuple):
    """The parts of one page, and what they were made of: the same again makes the same parts."""

    video: Video
    transcript: Transcript | None
    parts: Parts


_MOST_KEPT = 32
_kept: dict[tuple[str, PageContext], _Kept] = {}
"""The pages that an environment rendered last. One costs four times what all else costs together,
and the edges ask for the same few again every ten seconds."""


def _video_parts(video: Video, transcript: Transcript | None, context: PageContext) -> Parts:
    preview = next((r for r in video.renditions if r.kind == "preview"), None)
    main_file = _main_file(video)
    values = {
        "video": video,
        "transcript": transcript,
        "awaited": not video.shotlist and bool(video.speakers),
        "corrected": transcript is not None and _is_corrected(video, transcript),
        "forms": ("txt", "srt", "vtt") if transcript and transcript.timed else ("txt",),
        "roles": {one.name: one.role for one in video.speakers if one.role},
        "states": {
            "draft": context.text("transcript_draft"),
            "checked": context.text("transcript_checked"),
            "final": context.text("transcript_final"),
        },
        "restricted": _is_restricted(video),
        "shots": shot_positions.positions(video, main_file),
        "questions": _questions(transcript),
        "rows": [_row(rendition, context) for rendition in _ordered(video.renditions)],
        "main_file": main_file,
        "preview": preview,
        "address": context.address(f"videos/{video.video_id}"),
        "summary": _summary(video, transcript, context.language),
        "structured": _structured(video, transcript, context),
    }
    return _parts("video", values, context)


def render_missing(shell: str, context: PageContext) -> str:
    """Return the page for a video that does not exist or is under embargo (status 404)."""
    return templating.fill(shell, _parts("missing", {"what": "missing"}, context))


def render_not_found(shell: str, context: PageContext) -> str:
    """Return the page for an address at which there is nothing (status 404)."""
    return templating.fill(shell, _parts("missing", {"what": "not_found"}, context))


class WithdrawnVideo(NamedTuple):
    """What names a withdrawn video, and why it was withdrawn; times are RFC 3339."""

    video_id: str
    title: str
    location: str | None
    recorded_at: str | None
    withdrawn_at: str | None
    note: str | None


def render_withdrawn(shell: str, video: WithdrawnVideo, context: PageContext) -> str:
    """Return the page for a withdrawn video (status 410)."""
    return templating.fill(shell, _parts("withdrawn", {"video": video}, context))


def _parts(page: str, values: Mapping[str, object], context: PageContext) -> Parts:
    known = {
        **values,
        "context": context,
        "shared_picture": SHARED_PICTURE,
        "t": context.text,
        "n": context.count,
        "formatting": formatting,
        "language": context.language,
    }
    return templating.rendered(f"{page}.html", PARTS, known)


def _ordered(renditions: list[Rendition]) -> list[Rendition]:
    return sorted(
        renditions, key=lambda rendition: (_KINDS.index(rendition.kind), rendition.size_bytes)
    )


def _main_file(video: Video) -> Rendition | None:
    """Return the file whose picture represents the video: the first one that has a picture."""
    with_picture = (rendition for rendition in _ordered(video.renditions) if rendition.video)
    return next(with_picture, None)


def _is_corrected(video: Video, transcript: Transcript) -> bool:
    """Tell whether to say that the words were corrected: with a note, or since it was published."""
    if transcript.note:
        return True
    # A draft is not yet checked, so of course its words change.
    since = transcript.corrected_at if transcript.state != "draft" else None
    return since is not None and since > video.published_at


def _is_restricted(video: Video) -> bool:
    """Tell whether there is a restriction: a field that says "None" must not look like one."""
    return folded(video.restrictions or "").strip(" .!-\u2013\u2014/") not in _NO_RESTRICTION


def _questions(transcript: Transcript | None) -> list[int]:
    turns = transcript.turns if transcript else []
    return [turn.number for turn in turns if turn.kind == "question"]


def _row(rendition: Rendition, context: PageContext) -> FileRow:
    details = [rendition.container]
    label = formatting.label(context.language, rendition)
    if rendition.video:
        picture = formatting.picture(context.language, rendition.video)
        if picture not in label:
            details.append(picture)
        if rendition.video.bit_rate:
            details.append(formatting.bit_rate(context.language, rendition.video.bit_rate))
    if rendition.audio:
        details.append(_audio(rendition.audio, context))
    elif rendition.video:
        details.append(context.text("no_audio"))
    shown = formatting.size(context.language, rendition.size_bytes)
    return FileRow(rendition, label, shown, (*details, shown))


def _audio(audio: AudioFacts, context: PageContext) -> str:
    codec = formatting.codec(context.language, audio.codec)
    rate = formatting.sampling(context.language, audio)
    if audio.tracks > 1:
        tracks = context.count("tracks", audio.tracks)
        return f"{codec} {rate}, {tracks}"
    return f"{codec} {rate} {formatting.channels(context.language, audio)}"


def _summary(video: Video, transcript: Transcript | None, language: str) -> str:
    """Return the text of a link preview: the description, the first words, or who speaks where."""
    text = video.description or ""
    if not text and transcript and transcript.turns:
        text = " ".join(transcript.turns[0].text)
    text = text or facts.who_and_where(video, language)
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return f"{text[:_LONGEST_DESCRIPTION].rpartition(' ')[0]}…"


def _structured(
    video: Video, transcript: Transcript | None, context: PageContext
) -> dict[str, object]:
    """Return the page's data as schema.org's VideoObject, or AudioObject if it has no picture.

    https://schema.org/VideoObject; search engines want a thumbnail of each.
    """
    site = context.site_url
    thumbnail = video.posters.large if video.posters else SHARED_PICTURE
    fields: dict[str, object | None] = {
        "@context": "https://schema.org",
        "@type": "VideoObject" if _main_file(video) else "AudioObject",
        "name": video.title,
        "description": _summary(video, transcript, context.language),
        "uploadDate": video.published_at,
        "dateCreated": video.recorded_at,
        "duration": formatting.iso_duration(video.duration) if video.duration else None,
        "inLanguage": video.language,
        "thumbnailUrl": [f"{site}{thumbnail}"],
        "contentUrl": f"{site}{video.preview_url}" if video.preview_url else None,
        "url": context.address(f"videos/{video.video_id}"),
        "isAccessibleForFree": True,
        "creditText": video.credit,
        "keywords": ", ".join(video.topics) or None,
        "publisher": {"@type": "Organization", "name": context.organisation},
        "actor": [{"@type": "Person", "name": speaker.name} for speaker in video.speakers] or None,
        "contentLocation": {"@type": "Place", "name": video.location} if video.location else None,
        "transcript": _spoken(transcript) if transcript else None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _spoken(transcript: Transcript) -> str:
    return "\n\n".join("\n".join(turn.text) for turn in transcript.turns)
