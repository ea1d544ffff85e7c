"""metadata.json: mistakes that people make when they write JSON, and values that cannot be."""

from tests.support.advice.case import Advice, described

GOOD = '{\n  "title": "Doorstep",\n  "topics": ["Ukraine"],\n  "language": "en"\n}\n'
NAME = "metadata.json"
SHOTS = [{"in": "10:00:00:00", "out": "10:00:05:00", "text": "Arrival"}]


def mistyped(code: str, right: str, wrong: str) -> Advice:
    """Return a case: the advice undoes the mistake."""
    assert right in GOOD
    text = GOOD.replace(right, wrong, 1)
    return Advice(code, {NAME: text.encode()}, {NAME: GOOD.encode()})


def misjudged(
    code: str, field: str, wrong: object, right: object = None, **beside: object
) -> Advice:
    """Return a case: the advice corrects a value, or leaves it out."""
    after = {} if right is None else {field: right}
    return Advice(
        code, {NAME: described(**beside, **{field: wrong})}, {NAME: described(**beside, **after)}
    )


CASES: tuple[Advice, ...] = (
    mistyped("json_trailing_comma", '"en"\n', '"en",\n'),
    mistyped("json_trailing_comma", '["Ukraine"]', '["Ukraine", ]'),
    mistyped("json_missing_comma", '"Doorstep",', '"Doorstep"'),
    mistyped("json_missing_colon", '"title":', '"title"'),
    mistyped("json_missing_value", '"Doorstep"', ""),
    mistyped("json_missing_value", '"Doorstep",', '"Doorstep",,'),
    mistyped("json_curly_quotes", '"Doorstep"', "“Doorstep”"),
    mistyped("json_curly_quotes", '"title"', '"title”'),
    mistyped("json_single_quotes", '"title"', "'title'"),
    mistyped("json_inner_quote", "Doorstep", 'He said "yes" today'),
    mistyped("json_open_text", GOOD[2:], '"title": "Doorstep}'),
    mistyped("json_line_break", "Doorstep", "Door\nstep"),
    mistyped("json_control", "Doorstep", "Door\tstep"),
    mistyped("json_backslash", "Doorstep", r"C:\Users"),
    mistyped("json_comment", '"title"', '// the title\n"title"'),
    mistyped("json_bare_word", '"en"', "en"),
    mistyped("json_no_number", '"en"', "NaN"),
    mistyped("json_no_bracket", "{\n", "\n"),
    mistyped("json_wrong_bracket", '["Ukraine"]', '["Ukraine"}'),
    mistyped("json_unclosed", "\n}\n", "\n"),
    mistyped("json_extra", "\n}\n", "\n}}\n"),
    mistyped("json_character", '  "title"', '\u00a0 "title"'),
    mistyped("json_twice", '"topics": ["Ukraine"]', '"title": "Other"'),
    mistyped("json_unclear", '"en"', "9" * 5000),
    Advice("json_other_form", {NAME: b"{\\rtf1\\ansi}"}, {NAME: GOOD.encode()}),
    Advice(
        "characters_left_out",
        {NAME: described(title="Door\u202estep")},
        {NAME: described(title="Doorstep")},
    ),
    misjudged("field_unknown", "colour", "red"),
    misjudged("field_misspelt", "publishAt", "2026-02-14T01:00:00Z"),
    misjudged("field_text", "location", 5, "Munich"),
    misjudged("field_list", "topics", "Ukraine", ["Ukraine"]),
    misjudged("field_object", "files", [], {}),
    misjudged("field_empty", "location", " ", "Munich"),
    misjudged("field_too_long", "location", "x" * 201, "x" * 200),
    misjudged("field_too_many", "topics", ["x"] * 51, ["x"]),
    misjudged("field_choice", "status", "live", "published"),
    misjudged("field_time", "recorded_at", "tomorrow", "2026-02-14T01:00:00+01:00"),
    misjudged("field_zone", "recorded_at", "2026-02-14T01:00:00", "2026-02-14T01:00:00Z"),
    misjudged("field_no_such_time", "recorded_at", "2026-02-31T01:00:00Z", "2026-02-01T01:00:00Z"),
    misjudged("field_year", "recorded_at", "0206-02-14T01:00:00Z", "2026-02-14T01:00:00Z"),
    misjudged("field_ahead", "recorded_at", "2062-02-14T01:00:00Z", "2026-02-14T01:00:00Z"),
    misjudged("field_far", "publish_at", "2062-02-14T01:00:00Z", "2026-02-14T01:00:00Z"),
    misjudged("field_late", "publish_at", "2032-02-14T01:00:00Z", "2026-02-14T01:00:00Z"),
    misjudged(
        "field_before",
        "withdraw_at",
        "2025-03-01T00:00:00Z",
        "2027-03-01T00:00:00Z",
        publish_at="2026-02-14T01:00:00Z",
    ),
    misjudged(
        "field_before",
        "publish_at",
        "2025-02-14T10:00:00Z",
        "2026-02-14T01:00:00Z",
        recorded_at="2026-02-13T01:00:00Z",
    ),
    misjudged("field_language", "language", "English!", "en"),
    misjudged("field_time_code", "shotlist", [{**SHOTS[0], "in": "soon"}], SHOTS),
    misjudged("field_time_code_range", "shotlist", [{**SHOTS[0], "in": "25:61:00:00"}], SHOTS),
    misjudged("shot_backwards", "shotlist", [{**SHOTS[0], "out": "09:00:00:00"}], SHOTS),
    Advice("field_missing", {NAME: b'{"location": "Munich"}'}, {NAME: described()}),
    Advice(
        "metadata_kept",
        {NAME: b"{"},
        {NAME: described(location="Munich")},
        earlier={NAME: described()},
    ),
    Advice(
        "metadata_unused",
        {NAME: described(), "Metadata.JSON": described(title="Other")},
        {"Metadata.JSON": None},
    ),
    Advice(
        "file_not_there",
        {NAME: described(files={"defense.mp4": {"kind": "master"}})},
        {NAME: described()},
    ),
)
