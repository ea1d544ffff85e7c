"""A receipt is read from the top: what keeps something from being published stands there."""

import json
from typing import Any

import pytest
from newsreel.catalogue.findings import SEVERITIES, Finding
from newsreel.ingest import receipts
from newsreel.ingest.receipts import FileNews, Receipt

from tests.support import media_files
from tests.support.cloud import Cloud
from tests.support.events import s3_event
from tests.support.media_files import make
from tests.support.uploads import MEDIA, ingest, put, receipt

ORDER = ["rejected", "warning", "note"]
METADATA = {
    "title": "Doorstep",
    "tpoics": ["Ukraine"],
    "speakers": [{"name": "Mark Rutte"}],
    "language": "english",
    "recorded_at": "14 February",
    "publish_at": "2026-02-30T09:00:00Z",
    "shotlist": [{"in": "10:00:10:00", "out": "10:00:05:00", "text": "Arrival"}],
}
TRANSCRIPT = b"""Mark Rutte:

Hello.

Olena Kovalenko [through interpretation]

Hi.
"""


def ten_mistakes() -> dict[str, bytes]:
    """Return a folder, by file name, in which five fields and five files are wrong."""
    sound = make(media_files.WAV)
    return {
        "a-transcript.txt": TRANSCRIPT,
        "b-cut.wav": sound[:-4000],
        "c-notes.docx": b"PK",
        "d-copy.wav": sound,
        "d-sound.wav": sound,
        "metadata.json": json.dumps(METADATA).encode(),
        "poster.jpg": b"not a picture",
        "z-empty.mp4": b"",
    }


def weights(remarks: list[dict[str, Any]]) -> list[str]:
    return [str(one["weight"]) for one in remarks]


@pytest.mark.thorough
def test_what_stops_publication_comes_first_among_files_remarks_and_fields(cloud: Cloud) -> None:
    for name, data in ten_mistakes().items():
        key = put(name, data)
    ingest(s3_event(MEDIA, key))
    told = receipt()
    for remarks in [told["remarks"], *(one["remarks"] for one in told["files"])]:
        assert weights(remarks) == sorted(weights(remarks), key=ORDER.index)
    heaviest = [
        (min(map(ORDER.index, weights(one["remarks"])), default=2), one["file_name"])
        for one in told["files"]
    ]
    assert heaviest == sorted(heaviest)
    assert {weight for weight, _name in heaviest} == {0, 1, 2}


@pytest.mark.parametrize("count", [1, 25, 60])
def test_no_number_of_warnings_hides_what_stops_a_file(count: int) -> None:
    warnings = [Finding("index_at_end")] * count
    news = FileNews("transcript.vtt", 9, (*warnings, Finding("no_words")))
    (told,) = receipts.file_receipts([news])
    assert told.findings[0].code == "no_words"
    assert len(told.findings) <= receipts.MOST_FINDINGS + 1


@pytest.mark.thorough
def test_a_receipt_that_is_cut_keeps_files_that_are_used_and_its_order() -> None:
    unknown = [FileNews(f"a{n:05}.xyz", 1, (Finding("unknown_name"),)) for n in range(3000)]
    used = [FileNews(f"z{n}.mp4", 1, (), f"z{n}-mp4") for n in range(3)]
    whole = Receipt(
        video_id="x",
        state="published",
        made_at="2026-02-14T02:04:00Z",
        files=receipts.file_receipts([*unknown, *used]),
    )
    names = [one["file_name"] for one in json.loads(receipts.fitted(whole))["files"]]
    assert [name for name in names if name.startswith("z")] == ["z0.mp4", "z1.mp4", "z2.mp4"]
    assert names == sorted(names)
    assert len(names) < 3003


def test_every_weight_has_its_place() -> None:
    assert set(SEVERITIES.values()) == set(ORDER)
