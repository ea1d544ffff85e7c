"""Decides which captions in other languages than the video's the page offers beside its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.transcripts import webvtt
from newsreel.catalogue.transcripts.spoken import Reading

_OF_QUOTES = frozenset(
    {"no_speaker", "label_unsure", "question_unsure", "change_unsure", "cue_without_voice"}
)
"""Remarks on who speaks: nobody is quoted from a caption track."""


@dataclass(slots=True)
class CaptionTracks:
    """The WebVTT of each language, and the name of the file that it is from."""

    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def take(
        self, name: str, language: str, spoken: str, read: Callable[[], Reading]
    ) -> list[Finding]:
        """Take a file as the track of its language, and return what to tell of it.

        Raises:
            RejectedError: it cannot be read.
        """
        if language in self.names:
            return [Finding("transcript_unused", {"file": self.names[language]})]
        reading = read()
        if not reading.timed:
            return [Finding("other_language", {"named": language, "spoken": spoken})]
        self.names[language] = name
        self.texts[language] = webvtt.write(reading)
        odd = [finding for finding in reading.findings if finding.code not in _OF_QUOTES]
        return [*odd, Finding("caption_track", {"named": language})]
