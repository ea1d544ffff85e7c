"""What the press office can be told about an upload: one closed list of codes, each with a weight.

A finding carries a code and the values for its two sentences, what happened and what to do, which
stand in ``texts/<language>/receipts.json``. ``rejected`` means that the file (or field) does not
count, ``warning`` that it counts but something is missing or odd, ``note`` that all is well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["rejected", "warning", "note"]

WEIGHTIEST_FIRST: tuple[Severity, ...] = ("rejected", "warning", "note")

SEVERITIES: dict[str, Severity] = {
    # the folder
    "folder_name": "rejected",
    "no_folder": "rejected",
    "metadata_missing": "rejected",
    "metadata_refused": "rejected",
    "no_rendition": "rejected",
    "draft": "note",
    "embargo": "note",
    "withdrawn": "note",
    "withdrawn_by_time": "note",
    "withdrawn_without_files": "warning",
    "withdrawn_unseen": "note",
    "files_left_out": "warning",
    "no_preview": "warning",
    "no_audio_file": "warning",
    "no_transcript": "warning",
    "no_poster": "warning",
    "preview_too_large": "warning",
    "shot_beyond": "warning",
    "leftovers": "note",
    # any file
    "empty": "rejected",
    "subfolder": "rejected",
    "unknown_name": "rejected",
    "name_unusable": "rejected",
    "name_twice": "rejected",
    "too_many_files": "rejected",
    "more_remarks": "note",
    "too_large": "rejected",
    "same_content": "warning",
    "kept_before": "warning",
    "checksum_pending": "note",
    "checksum_late": "warning",
    "checksum_absent": "warning",
    "checksum_one_run": "warning",
    "checksum_differs": "warning",
    # media files
    "not_media": "rejected",
    "other_container": "rejected",
    "other_format": "rejected",
    "not_readable": "rejected",
    "took_too_long": "rejected",
    "look_failed": "rejected",
    "gave_up": "rejected",
    "poster_gave_up": "warning",
    "encrypted": "rejected",
    "elsewhere": "rejected",
    "no_samples": "rejected",
    "many_partitions": "rejected",
    "length_unknown": "note",
    "preview_sound": "warning",
    "incomplete": "rejected",
    "no_index": "rejected",
    "no_streams": "rejected",
    "unreadable": "rejected",
    "unknown_codec": "rejected",
    "over_budget": "rejected",
    "many_fragments": "rejected",
    "index_at_end": "warning",
    "variable_frame_rate": "warning",
    "zero_length": "warning",
    "no_picture_size": "rejected",
    # metadata.json
    "json_other_form": "rejected",
    "json_unclear": "rejected",
    "json_trailing_comma": "rejected",
    "json_missing_comma": "rejected",
    "json_missing_colon": "rejected",
    "json_missing_value": "rejected",
    "json_curly_quotes": "rejected",
    "json_single_quotes": "rejected",
    "json_inner_quote": "rejected",
    "json_open_text": "rejected",
    "json_line_break": "rejected",
    "json_control": "rejected",
    "json_backslash": "rejected",
    "json_comment": "rejected",
    "json_bare_word": "rejected",
    "json_no_number": "rejected",
    "json_no_bracket": "rejected",
    "json_wrong_bracket": "rejected",
    "json_unclosed": "rejected",
    "json_extra": "rejected",
    "json_character": "rejected",
    "json_twice": "rejected",
    "characters_left_out": "warning",
    "metadata_unused": "warning",
    "field_missing": "rejected",
    "field_unknown": "rejected",
    "field_misspelt": "rejected",
    "field_text": "rejected",
    "field_list": "rejected",
    "field_object": "rejected",
    "field_empty": "rejected",
    "field_too_long": "rejected",
    "field_too_many": "rejected",
    "field_choice": "rejected",
    "field_time": "rejected",
    "field_no_such_time": "rejected",
    "field_year": "rejected",
    "field_ahead": "rejected",
    "field_far": "rejected",
    "field_late": "warning",
    "field_before": "rejected",
    "field_zone": "rejected",
    "field_language": "rejected",
    "field_time_code": "rejected",
    "field_time_code_range": "rejected",
    "shot_backwards": "rejected",
    "metadata_kept": "warning",
    "file_not_there": "warning",
    # transcripts
    "not_text": "rejected",
    "read_as": "note",
    "read_as_guess": "warning",
    "encoding_unclear": "rejected",
    "garbled": "rejected",
    "garbled_line": "warning",
    "other_form": "rejected",
    "checksums_listed": "rejected",
    "not_a_transcript": "rejected",
    "other_language": "warning",
    "caption_track": "note",
    "video_language_unknown": "warning",
    "reading_failed": "rejected",
    "no_words": "rejected",
    "no_timings": "rejected",
    "cue_repaired": "warning",
    "cue_dropped": "warning",
    "cues_sorted": "warning",
    "cue_times_unreadable": "warning",
    "words_without_time": "warning",
    "captions_folded": "note",
    "label_unsure": "warning",
    "question_unsure": "warning",
    "change_unsure": "warning",
    "cue_without_voice": "warning",
    "no_speaker": "warning",
    "heading_dropped": "note",
    "transcript_unused": "warning",
    "transcript_kept": "warning",
    "transcript_too_large": "rejected",
    # poster
    "not_jpeg": "rejected",
    "picture_cut": "rejected",
    "picture_too_large": "rejected",
    "poster_unused": "warning",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell; ``values`` fill the placeholders of its sentences."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Return how much it matters."""
        return SEVERITIES[self.code]


class RejectedError(Exception):
    """A file cannot be used; ``finding`` says why and what to do."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.finding = Finding(code, values)
