"""The page of a video: complete, escaped, linked, with figures in the reader's format."""

import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from newsreel.catalogue.model import (
    AudioFacts,
    Checksum,
    Posters,
    Rendition,
    Speaker,
    Transcript,
    Turn,
    Video,
    VideoFacts,
)
from newsreel.pages import formatting
from newsreel.pages.render import (
    PageContext,
    WithdrawnVideo,
    render_missing,
    render_video,
    render_withdrawn,
)

SHELL = "<head><!-- newsreel:head --></head><!-- newsreel:skips --><!-- newsreel:main --><footer>"
PLACE = PageContext("en", "https://video.example", "NATO")
CORRECTED = "2026-02-15T10:00:00Z"
ARABIC = "الأمن البحري"
HOSTILE = '</script><img src=x onerror=alert(1)> & "quotes" <!-- newsreel:main -->'


def _rendition(**changes: object) -> Rendition:
    facts = VideoFacts(
        codec="mpeg2video",
        width=1920,
        height=1080,
        frame_rate="25",
        scan="interlaced",
        bit_rate=50_000_000,
    )
    values: dict[str, object] = {
        "rendition_id": "doorstep-mxf",
        "kind": "master",
        "label": "XDCAM HD422",
        "file_name": "doorstep.mxf",
        "size_bytes": 2_513_000_000,
        "container": "MXF",
        "video": facts,
        "audio": AudioFacts(codec="PCM", tracks=4, channels=4, sample_rate=48_000),
        "start_timecode": "10:00:00:00",
        "checksums": [
            Checksum(algorithm="SHA256", value="ab12", type="FULL_OBJECT", encoding="hex")
        ],
    }
    return Rendition.model_validate(values | changes)


def _video(**changes: object) -> Video:
    values: dict[str, object] = {
        "video_id": "2026-02-14-doorstep",
        "title": "Doorstep in Munich",
        "speakers": [Speaker(name="Mark Rutte", role="Secretary General")],
        "language": "en",
        "recorded_at": "2026-02-14T08:20:00Z",
        "published_at": "2026-02-14T09:30:00Z",
        "duration": 167.4,
        "posters": Posters(
            small="/media/a/320.jpg", medium="/media/a/640.jpg", large="/media/a/1.jpg"
        ),
        "preview_url": "/media/a/preview.mp4",
        "renditions": [_rendition()],
    }
    return Video.model_validate(values | changes)


def _transcript(*turns: Turn, timed: bool = False, state: str = "final") -> Transcript:
    return Transcript.model_validate(
        {
            "video_id": "2026-02-14-doorstep",
            "language": "en",
            "state": state,
            "timed": timed,
            "version": 1,
            "turns": turns,
        }
    )


def _turn(number: int, kind: str, *text: str, **more: object) -> Turn:
    return Turn.model_validate({"number": number, "kind": kind, "text": list(text), **more})


def _withdrawn(**changes: str | None) -> WithdrawnVideo:
    values: dict[str, str | None] = {
        "video_id": "2026-02-14-doorstep",
        "title": "Doorstep in Munich",
        "location": "Munich",
        "recorded_at": "2026-02-14T08:20:00Z",
        "withdrawn_at": "2026-02-15T10:00:00Z",
        "note": "Wrong speaker named.",
    }
    return WithdrawnVideo(**{**values, **changes})  # type: ignore[arg-type]


def text_of(html: str) -> str:
    """Return what a person reads of HTML, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def section(html: str, name: str) -> str:
    """Return one section of a page, or nothing."""
    found = re.search(rf'<section id="{name}".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def test_every_word_of_the_transcript_is_on_the_page() -> None:
    spoken = _transcript(
        _turn(1, "statement", "Good morning.", "Two things.", speaker="Mark Rutte"),
        _turn(2, "question", "And the deadline?"),
        _turn(3, "answer", "Step by step.", speaker="Mark Rutte"),
    )
    html = render_video(SHELL, _video(), spoken, PLACE)
    for paragraph in ("Good morning.", "Two things.", "And the deadline?", "Step by step."):
        assert f'<p dir="auto">{paragraph}</p>' in html
    assert 'id="t3"' in html
    assert html.count('<h3 class="name"') == 2, "a statement and a question are headings"


def test_hostile_words_stay_words_everywhere() -> None:
    video = _video(
        title=HOSTILE,
        description=HOSTILE,
        location=HOSTILE,
        credit=HOSTILE,
        speakers=[Speaker(name=HOSTILE, role=HOSTILE)],
        renditions=[_rendition(label=HOSTILE, file_name=HOSTILE)],
    )
    spoken = _transcript(_turn(1, "statement", HOSTILE, speaker=HOSTILE, role=HOSTILE))
    html = render_video(SHELL, video, spoken, PLACE)
    assert "<img src=x" not in html
    assert html.count("</script>") == 1
    assert html.endswith("<footer>")
    assert html.count("<main") == 1


def test_structured_data_is_valid_json_with_the_spoken_words() -> None:
    spoken = _transcript(_turn(1, "statement", "Less </script> than", speaker="Mark Rutte"))
    html = render_video(SHELL, _video(), spoken, PLACE)
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert match
    structured = json.loads(match[1])
    assert structured["transcript"] == "Less </script> than"
    assert structured["duration"] == "PT167S"
    assert structured["thumbnailUrl"] == ["https://video.example/media/a/1.jpg"]


def test_structured_data_uses_types_that_schema_org_defines() -> None:
    html = render_video(SHELL, _video(location="Munich"), None, PLACE)
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert match
    structured = json.loads(match[1])
    assert structured["@type"] == "VideoObject"
    assert structured["publisher"]["@type"] == "Organization"
    assert structured["actor"] == [{"@type": "Person", "name": "Mark Rutte"}]
    assert structured["contentLocation"] == {"@type": "Place", "name": "Munich"}


def test_sound_of_which_little_is_known_is_described_all_the_same() -> None:
    sound = _rendition(kind="audio", video=None, label="WAV", container="WAV")
    bare = _video(speakers=[], location=None, recorded_at=None, posters=None, renditions=[sound])
    html = render_video(SHELL, bare, None, PLACE)
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert match
    structured = json.loads(match[1])
    assert structured["@type"] == "AudioObject"
    assert structured["description"]
    assert structured["thumbnailUrl"][0].startswith("https://video.example/")
    assert re.search(r'<meta property="og:description" content="[^"]+">', html)


def test_a_link_preview_names_the_page_and_its_picture() -> None:
    html = render_video(SHELL, _video(description="What was said."), None, PLACE)
    address = "https://video.example/videos/2026-02-14-doorstep"
    assert f'<link rel="canonical" href="{address}">' in html
    assert '<meta property="og:image" content="https://video.example/media/a/1.jpg">' in html
    assert '<meta property="og:description" content="What was said.">' in html


def test_a_download_row_says_what_a_newsroom_asks() -> None:
    html = render_video(SHELL, _video(), None, PLACE)
    facts = re.findall(r"<span>([^<]+)</span>", html.partition("<download-list")[2])
    assert facts == ["MXF", "1080i50", "50 Mb/s", "PCM 48 kHz, 4 audio tracks", "2.5 GB"]
    assert '<span class="unseen"> XDCAM HD422, <bdi>doorstep.mxf</bdi>, 2.5 GB</span>' in html


def test_rows_of_one_format_are_told_apart_by_their_file_names() -> None:
    names = ["interpretation_EN.wav", "interpretation_FR.wav", "تصريح.wav"]
    files = [
        _rendition(file_name=name, rendition_id=f"id-{number}") for number, name in enumerate(names)
    ]
    html = render_video(SHELL, _video(renditions=files), None, PLACE)
    shown = re.findall(r'<p class="file-name mono"><bdi>([^<]+)</bdi></p>', html)
    assert sorted(shown) == sorted(names)


def test_a_composite_checksum_that_nobody_can_check_is_not_shown() -> None:
    composite = Checksum(
        algorithm="CRC32", value="4KW12w==-10", type="COMPOSITE", encoding="base64"
    )
    html = render_video(SHELL, _video(renditions=[_rendition(checksums=[composite])]), None, PLACE)
    assert "4KW12w==-10" not in html
    assert "CRC32" not in html
    assert "No checksum of the whole file." in html


def test_files_are_in_the_order_that_newsrooms_expect() -> None:
    files = [
        _rendition(rendition_id=kind, kind=kind, label=kind.upper())
        for kind in ("preview", "audio", "web", "master")
    ]
    html = render_video(SHELL, _video(renditions=files), None, PLACE)
    assert re.findall(r'data-rendition="(\w+)"', html) == ["master", "web", "audio", "preview"]


def test_without_a_preview_or_transcript_the_page_says_so() -> None:
    html = render_video(SHELL, _video(preview_url=None), None, PLACE)
    assert "No preview. The files are below." in html
    assert "In preparation." in html
    assert "<video" not in html


def test_a_draft_says_that_it_is_one() -> None:
    spoken = _transcript(_turn(1, "statement", "Hello."), state="draft")
    assert "Draft, not yet checked." in render_video(SHELL, _video(), spoken, PLACE)


def test_turns_in_another_language_say_so() -> None:
    spoken = _transcript(_turn(1, "statement", "Bonjour.")).model_copy(update={"language": "fr"})
    html = render_video(SHELL, _video(language="fr"), spoken, PLACE)
    assert '<div class="words" lang="fr">' in html


def test_only_a_timed_turn_has_a_play_button() -> None:
    timed = _transcript(_turn(1, "statement", "Hello.", start=131.0, end=140.0), timed=True)
    html = render_video(SHELL, _video(), timed, PLACE)
    assert 'aria-label="Play from 02:11"' in html
    untimed = render_video(SHELL, _video(), _transcript(_turn(1, "statement", "Hi.")), PLACE)
    assert "data-play" not in untimed


def test_a_missing_video_and_a_withdrawn_one_say_so_and_are_not_indexed() -> None:
    missing = render_missing(SHELL, PLACE)
    withdrawn = render_withdrawn(SHELL, _withdrawn(), PLACE)
    assert "There is no such video" in missing
    assert "Withdrawn on 15 February 2026. Wrong speaker named. Please do not use it." in text_of(
        withdrawn
    )
    for page in (missing, withdrawn):
        assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1 kB"),
        (999_499, "999 kB"),
        (999_600, "1 MB"),
        (77_165_125, "77.2 MB"),
        (2_513_000_000, "2.5 GB"),
        (231_000_000_000, "231 GB"),
    ],
)
def test_sizes_are_decimal_and_short(size: int, text: str) -> None:
    assert formatting.size("en", size) == text


@pytest.mark.parametrize(
    ("rate", "scan", "text"),
    [
        ("25", "interlaced", "1080i50"),
        ("25", "progressive", "1080p25"),
        ("30000/1001", "interlaced", "1080i59.94"),
        ("24000/1001", "progressive", "1080p23.98"),
        (None, "progressive", "1080p"),
    ],
)
def test_pictures_are_named_as_broadcasters_name_them(
    rate: str | None, scan: str, text: str
) -> None:
    facts = VideoFacts.model_validate(
        {"codec": "x", "width": 1920, "height": 1080, "frame_rate": rate, "scan": scan}
    )
    assert formatting.picture("en", facts) == text


@pytest.mark.parametrize(
    ("language", "channels", "text"),
    [
        ("en", 2, "WAV, 24-bit 44.1 kHz stereo"),
        ("fr", 1, "WAV, 24\u202fbits 44,1\u202fkHz mono"),
        ("fr", 2, "WAV, 24\u202fbits 44,1\u202fkHz stéréo"),
        ("fr", 6, "WAV, 24\u202fbits 44,1\u202fkHz 6 canaux"),
    ],
)
def test_a_sounds_label_is_said_in_the_pages_language(
    language: str, channels: int, text: str
) -> None:
    audio = AudioFacts(codec="PCM 24-bit", tracks=1, channels=channels, sample_rate=44_100)
    file = _rendition(video=None, audio=audio, label="WAV, 24-bit 44.1 kHz stereo")
    assert formatting.label(language, file) == text


def test_a_pictures_label_keeps_its_format_and_says_its_rate_in_the_pages_language() -> None:
    facts = VideoFacts(
        codec="x", width=1920, height=1080, frame_rate="30000/1001", scan="progressive"
    )
    file = _rendition(video=facts, label="ProRes 422, 1080p29.97")
    page = render_video(
        SHELL, _video(renditions=[file]), None, PageContext("fr", "https://v.example", "N")
    )
    assert "<h3>ProRes 422, 1080p29,97</h3>" in page
    # What is remembered as the last format is the same in every language.
    assert 'data-format="ProRes 422, 1080p29.97"' in page


def test_durations_and_positions_round_as_people_expect() -> None:
    assert formatting.duration(167.4) == "2:47"
    assert formatting.duration(3767) == "1:02:47"
    assert formatting.position(131.9) == "02:11"


def _shot(starts: str, text: str = "Ships") -> dict[str, str]:
    return {"in": starts, "out": starts, "text": text}


def _played(*starts: str, **file: object) -> list[str | None]:
    """Return the second that each line of a shotlist plays."""
    video = _video(shotlist=[_shot(one) for one in starts], renditions=[_rendition(**file)])
    lines = re.findall(
        r"<li>.*?</li>", section(render_video(SHELL, video, None, PLACE), "shotlist")
    )
    seconds = [re.search(r'data-play="([^"]*)"', line) for line in lines]
    return [found[1] if found else None for found in seconds]


def test_a_page_without_speech_leads_to_its_shotlist_and_awaits_no_transcript() -> None:
    video = _video(speakers=[], shotlist=[_shot("10:00:04:12")])
    html = render_video(SHELL, video, None, PLACE)
    assert "In preparation." not in html
    assert section(html, "transcript") == ""
    assert '<a href="#shotlist">Shotlist</a>' in html
    assert '<a href="#shotlist">Skip to the shotlist</a>' in html
    assert "#transcript" not in html


def test_where_nobody_speaks_nothing_is_in_preparation_and_no_link_leads_nowhere() -> None:
    html = render_video(SHELL, _video(speakers=[]), None, PLACE)
    assert "In preparation." not in html
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html


def test_a_shot_plays_from_its_time_in_the_video() -> None:
    assert _played("10:00:04:12", "10:01:00:00") == ["4.48", "60.0"]
    assert _played("00:12", "1:02.5", "00:00:30:00") == ["12.0", "62.5", "30.0"]


def test_a_shot_plays_where_its_time_is_checked_to_be() -> None:
    assert _played("10:00:12.50", "00:00:12.50", "10.00.04.12") == ["12.5", "12.5", "4.48"]


def test_a_shot_that_is_not_in_the_video_plays_nothing() -> None:
    assert _played("09:59:59:24", "11:00:00:00", "10:00:99", "04", "::::") == [None] * 5


def test_shots_are_counted_as_the_file_counts_its_frames() -> None:
    ntsc = VideoFacts(
        codec="h264", width=1920, height=1080, frame_rate="30000/1001", scan="progressive"
    )
    dropped = {"video": ntsc, "start_timecode": "10:00:00;00"}
    assert _played("10:02:00;02", **dropped) == ["120.067"]
    straight = {"video": ntsc, "start_timecode": "10:00:00:00"}
    assert _played("10:02:00:00", **straight) == ["120.12"]


def test_without_a_preview_a_shot_has_no_button() -> None:
    html = render_video(SHELL, _video(preview_url=None, shotlist=[_shot("00:12")]), None, PLACE)
    assert "data-play" not in html


@pytest.mark.parametrize("none", ["None.", "none", "Aucune", "N/A", "-", "NO RESTRICTIONS"])
def test_no_restriction_is_no_warning(none: str) -> None:
    html = render_video(SHELL, _video(restrictions=none), None, PLACE)
    assert none in html
    assert 'class="restrictions"' not in html


def test_a_restriction_is_a_warning() -> None:
    for text in ("Do not broadcast as such.", "None before 10:00", "No archive"):
        html = render_video(SHELL, _video(restrictions=text), None, PLACE)
        assert 'class="restrictions"' in html


def test_a_correction_is_shown_with_its_date_and_note() -> None:
    spoken = _transcript(_turn(1, "statement", "Good afternoon.")).model_copy(
        update={"version": 2, "note": "'Morning' was 'afternoon'.", "corrected_at": CORRECTED}
    )
    shown = text_of(section(render_video(SHELL, _video(), spoken, PLACE), "transcript"))
    assert "Corrected 15 February 2026: 'Morning' was 'afternoon'." in shown


def test_a_correction_without_a_note_is_shown_once_the_video_was_public() -> None:
    plain = _transcript(_turn(1, "statement", "Good afternoon."))
    after = plain.model_copy(update={"version": 2, "corrected_at": CORRECTED})
    assert "Corrected 15 February 2026." in text_of(render_video(SHELL, _video(), after, PLACE))
    for silent in (
        plain.model_copy(update={"version": 5, "corrected_at": "2026-02-14T09:00:00Z"}),
        after.model_copy(update={"state": "draft"}),
        plain,
    ):
        assert "Corrected" not in render_video(SHELL, _video(), silent, PLACE)


def test_a_withdrawn_page_names_the_video_its_place_and_its_hour() -> None:
    shown = text_of(render_withdrawn(SHELL, _withdrawn(), PLACE))
    for part in (
        "Doorstep in Munich",
        "Munich",
        "14 February 2026, 08:20 UTC",
        "2026-02-14-doorstep",
    ):
        assert part in shown
    bare = render_withdrawn(SHELL, _withdrawn(location=None, recorded_at=None, note=None), PLACE)
    assert "None" not in text_of(bare)


def test_a_transcript_can_be_taken_as_a_file_in_the_forms_that_it_has() -> None:
    timed = _transcript(_turn(1, "statement", "Hi.", start=1.0, end=2.0), timed=True)
    for spoken, forms in (
        (timed, ["txt", "srt", "vtt"]),
        (_transcript(_turn(1, "statement", "Hi.")), ["txt"]),
    ):
        html = render_video(SHELL, _video(), spoken, PLACE)
        assert re.findall(r'transcript\.(\w+)"', html) == forms


def test_speakers_and_topics_lead_to_the_videos_with_them() -> None:
    video = _video(
        speakers=[Speaker(name="Élodie & Co", role="Chair")], topics=["Air defence", "a/b?c=d#e"]
    )
    french = PageContext("fr", "https://video.example", "NATO")
    html = render_video(SHELL, video, None, french)
    links = re.findall(r'href="(/fr/\?[^"]*)"', html)
    assert links == [
        "/fr/?speaker=%C3%89lodie%20%26%20Co",
        "/fr/?topic=Air%20defence",
        "/fr/?topic=a/b%3Fc%3Dd%23e",
    ]


def test_a_turn_without_a_role_takes_it_from_the_videos_speakers() -> None:
    spoken = _transcript(_turn(1, "statement", "Hello.", speaker="Mark Rutte"))
    assert 'data-role="Secretary General"' in render_video(SHELL, _video(), spoken, PLACE)


class _Directions(HTMLParser):
    """Finds texts that stand in no element with ``dir="auto"``, which is the default of ``bdi``."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "img", "input", "track", "br", "source"}:
            self.open.append((tag, tag == "bdi" or ("dir", "auto") in attrs))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # The title of a window and structured data have no direction to set.
        tags = {tag for tag, _ in self.open}
        if ARABIC in data and not tags & {"title", "script"} and not any(a for _, a in self.open):
            self.bare.append(f"{self.open[-1][0]}: {data}")


def test_every_text_from_outside_finds_its_own_direction() -> None:
    words = dict.fromkeys(("title", "description", "location", "credit", "usage_terms"), ARABIC)
    video = _video(
        **words, restrictions=ARABIC, speakers=[Speaker(name=ARABIC, role=ARABIC)],
        topics=[ARABIC], language="ar", shotlist=[_shot("00:12", ARABIC)],
        renditions=[_rendition(file_name=f"{ARABIC}.mxf")],
    )  # fmt: skip
    spoken = _transcript(
        _turn(1, "statement", ARABIC, speaker=ARABIC, role=ARABIC),
        _turn(2, "question", ARABIC, speaker=ARABIC),
        _turn(3, "answer", ARABIC, speaker=ARABIC),
    ).model_copy(update={"note": ARABIC, "corrected_at": CORRECTED})
    for html in (
        render_video(SHELL, video, spoken, PLACE),
        render_withdrawn(SHELL, _withdrawn(title=ARABIC, location=ARABIC, note=ARABIC), PLACE),
    ):
        assert html.count(ARABIC) > 2
        directions = _Directions()
        directions.feed(html)
        assert directions.bare == []
