"""The sample media: the same bytes each time, and contents that match names and metadata."""

import contextlib
import dataclasses
import hashlib
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import pytest
from av.filter import Graph
from newsreel.catalogue import metadata
from newsreel.catalogue.transcripts import formats
from newsreel.media import format_names
from newsreel.media.poster import from_video
from newsreel.media.probe import MediaFacts, probe
from newsreel.media.ranged_file import BUDGET, RangedFile
from PIL import Image

from tools.sample_media import __main__ as command
from tools.sample_media import encoding, sound
from tools.sample_media.encoding import File
from tools.sample_media.recipe import CONTENT, SAMPLES, Sample, fingerprint, read_utterances
from tools.sample_media.render import make
from tools.sample_media.title_card import Slate, time_code

if TYPE_CHECKING:
    from newsreel.catalogue.transcripts.spoken import Reading

pytestmark = pytest.mark.thorough

DOORSTEP, BRIEFING, EXERCISE = (
    "2026-02-14-munich-doorstep",
    "2026-03-05-brussels-briefing",
    "2026-01-29-winter-exercise",
)
TINY = (480, 270)


def sample(video_id: str, seconds: float) -> Sample:
    sample = next(entry for entry in SAMPLES if entry.video_id == video_id)
    return dataclasses.replace(sample, seconds=seconds, files=tuple(map(unstuffed, sample.files)))


def unstuffed(file: File) -> File:
    # A tiny picture cannot fill 50 Mb/s.
    if file.picture is None or "minrate" not in file.picture.options:
        return file
    options = {**file.picture.options, "minrate": "0"}
    return dataclasses.replace(file, picture=dataclasses.replace(file.picture, options=options))


@pytest.fixture(scope="module", params=[entry.video_id for entry in SAMPLES])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    make(sample(request.param, 0.6), folder, size=TINY)
    return folder


@pytest.fixture(scope="module")
def full_size(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of every file, in full size."""
    folder = tmp_path_factory.mktemp("full-size")
    for entry in SAMPLES:
        (folder / entry.video_id).mkdir()
        make(dataclasses.replace(entry, seconds=0.52), folder / entry.video_id)
    return folder


def opened(path: Path) -> RangedFile:
    data = path.read_bytes()
    return RangedFile(lambda start, length: data[start : start + length], len(data), BUDGET)


def facts_of(path: Path) -> MediaFacts:
    return probe(opened(path))


def reading_of(video_id: str, form: formats.Format) -> "Reading":
    papers = metadata.read((CONTENT / video_id / "metadata.json").read_bytes())[0]
    data = (CONTENT / video_id / f"transcript.{form}").read_bytes()
    return formats.read(form, data, papers.speaker_list())


def test_every_file_is_equal_to_the_byte_when_made_again(made: Path, tmp_path: Path) -> None:
    video_id = next(entry.video_id for entry in SAMPLES if made.name.startswith(entry.video_id))
    make(sample(video_id, 0.6), tmp_path, size=TINY)
    first = {file.name: hashlib.sha256(file.read_bytes()).digest() for file in made.iterdir()}
    again = {file.name: hashlib.sha256(file.read_bytes()).digest() for file in tmp_path.iterdir()}
    assert again == first
    assert len(first) >= 4


def test_files_are_called_what_newsrooms_call_them(full_size: Path) -> None:
    named = {}
    for file in sorted(full_size.glob("*/*.m[xop]*")) + sorted(full_size.glob("*/*.wav")):
        facts = facts_of(file)
        named[file.name] = (format_names.kind_of(facts), format_names.label_of(facts))
    assert named == {
        "winter-exercise-dnxhr-sq-1080p25.mov": ("master", "DNxHR SQ, 1080p25"),
        "winter-exercise-h264-1080p25.mp4": ("web", "H.264, 1080p25"),
        "winter-exercise-preview.mp4": ("preview", "H.264, 540p25"),
        "munich-doorstep-xdcam-hd422-1080i50.mxf": ("master", "XDCAM HD422, 1080i50"),
        "munich-doorstep-h264-1080p25.mp4": ("web", "H.264, 1080p25"),
        "munich-doorstep-preview.mp4": ("preview", "H.264, 540p25"),
        "munich-doorstep.wav": ("audio", "WAV, 24-bit 48 kHz stereo"),
        "brussels-briefing-h264-1080p25.mp4": ("web", "H.264, 1080p25"),
        "brussels-briefing-preview.mp4": ("preview", "H.264, 540p25"),
        "brussels-briefing.wav": ("audio", "WAV, 24-bit 48 kHz stereo"),
    }


def test_the_broadcast_file_is_interlaced_422_at_50_megabits_with_four_tracks(
    full_size: Path,
) -> None:
    path = next(full_size.glob("*/*.mxf"))
    facts = facts_of(path)
    assert facts.video is not None
    assert facts.audio is not None
    assert (facts.video.pixel_format, facts.video.scan) == ("yuv422p", "interlaced")
    assert facts.video.bit_rate == 50_000_000
    assert (facts.audio.codec, facts.audio.tracks, facts.audio.channels) == ("PCM 24-bit", 4, 4)
    assert facts.start_timecode == "10:00:00:00"
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert all(frame.interlaced_frame for frame in frames)


def test_previews_have_their_index_first_and_web_files_last(made: Path) -> None:
    for file in made.glob("*.mp4"):
        assert facts_of(file).structure.index_first is file.name.endswith("preview.mp4")


def test_every_video_file_carries_the_start_time_code(made: Path) -> None:
    video_id = next(entry.video_id for entry in SAMPLES if made.name.startswith(entry.video_id))
    for file in made.glob("*.m[xop]*"):
        assert facts_of(file).start_timecode == sample(video_id, 1).start


def test_a_poster_is_found_in_every_preview(full_size: Path) -> None:
    for file in full_size.glob("*/*-preview.mp4"):
        assert from_video(opened(file)) is not None


def test_pictures_move_and_their_time_code_runs(full_size: Path) -> None:
    for file in full_size.glob("*/*-preview.mp4"):
        with av.open(str(file)) as container:
            frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
        assert len(frames) == 13
        # The strip with the time code: upper left.
        code = [frame[100:132, 60:200].astype(int) for frame in frames]
        for before, after in itertools.pairwise(code):
            assert np.abs(after - before).max() > 60
        scene = [frame[150:].astype(int) for frame in frames]
        assert np.abs(scene[-1] - scene[0]).mean() > 0.1


def test_a_woven_frame_holds_two_moments() -> None:
    early, late = (
        encoding.from_drawing(Image.new("RGB", (64, 32), (level,) * 3)) for level in (40, 200)
    )
    encoding.weave(early, late)
    luma = np.frombuffer(memoryview(early.planes[0]), np.uint8).reshape(32, -1)[:, :64]
    assert len({*luma[0::2].flat}) == len({*luma[1::2].flat}) == 1
    assert luma[0, 0] < luma[1, 0]


def test_grain_for_one_file_does_not_reach_another() -> None:
    picture = encoding.from_drawing(Image.new("RGB", (64, 32), (90, 90, 90)))
    copy = encoding.copied(picture)
    encoding.add_grain(copy, 3.0, 1)
    assert picture.to_ndarray(format="gray").std() == 0
    assert copy.to_ndarray(format="gray").std() > 1


@pytest.mark.parametrize(
    ("frame", "start", "expected"),
    [
        (0, "10:00:00:00", "10:00:00:00"),
        (24, "10:00:00:00", "10:00:00:24"),
        (25, "10:00:00:00", "10:00:01:00"),
        (25 * 60, "10:59:00:00", "11:00:00:00"),
        (1, "23:59:59:24", "00:00:00:00"),
    ],
)
def test_time_code_counts_25_frames_to_the_second(frame: int, start: str, expected: str) -> None:
    assert time_code(frame, start) == expected


def test_the_slate_shows_another_picture_for_another_frame() -> None:
    slate = Slate("Title", "PLACE", "10:00:00:00")
    first, second = (Image.new("RGB", (1920, 1080)) for _ in range(2))
    slate.draw(first, 0)
    slate.draw(second, 1)
    assert first.tobytes() != second.tobytes()


def test_a_pip_sounds_at_each_second_and_longer_at_each_fifth() -> None:
    wave = sound.pips(7)
    loud = [float(np.abs(wave[s * sound.RATE : (s + 1) * sound.RATE]).sum()) for s in range(7)]
    assert loud[0] == pytest.approx(loud[5])
    assert loud[0] > 2 * loud[1]
    assert loud[1] == pytest.approx(loud[6])
    assert np.abs(wave[sound.RATE // 2 : sound.RATE]).max() == 0


def test_the_voice_is_heard_while_somebody_speaks_and_not_between() -> None:
    utterances = [sound.Utterance(0.5, 1.0, 120), sound.Utterance(2.0, 2.5, 190)]
    wave = np.abs(sound.voice(3, utterances, 1))
    rate = sound.RATE
    assert wave[: rate // 2].max() == wave[rate : 2 * rate].max() == 0
    assert min(wave[rate // 2 : rate].max(), wave[2 * rate : 5 * rate // 2].max()) > 0.02


def test_no_sample_of_the_sound_is_clipped() -> None:
    for entry in SAMPLES:
        wave = entry.listen(3.0)
        assert 0.05 < float(np.abs(wave).max()) < 0.97


def test_the_doorstep_has_the_published_transcript() -> None:
    reading = reading_of(DOORSTEP, "txt")
    kinds = [turn.kind for turn in reading.turns]
    assert (len(kinds), kinds.count("question"), kinds.count("answer")) == (15, 7, 7)
    speakers = {(turn.speaker, turn.role) for turn in reading.turns if turn.kind != "question"}
    assert speakers == {("Mark Rutte", "NATO Secretary General")}
    assert not reading.timed
    assert reading.findings == ()


def test_the_briefing_has_a_timed_transcript_within_its_length() -> None:
    reading = reading_of(BRIEFING, "vtt")
    kinds = [turn.kind for turn in reading.turns]
    assert kinds == ["statement", *["question", "answer"] * 3]
    assert reading.timed
    assert reading.findings == ()
    seconds = next(entry.seconds for entry in SAMPLES if entry.video_id == BRIEFING)
    assert cast("float", reading.turns[-1].end) < seconds


def test_the_sound_of_the_briefing_follows_its_captions() -> None:
    captions = (CONTENT / BRIEFING / "transcript.vtt").read_text("utf-8")
    cues = [cue for cues in reading_of(BRIEFING, "vtt").cues for cue in cues]
    spoken = read_utterances(captions)
    assert [(round(u.start * 1000), round(u.end * 1000)) for u in spoken] == [
        (cue.start, cue.end) for cue in cues
    ]


def test_the_exercise_has_no_transcript() -> None:
    assert not list((CONTENT / EXERCISE).glob("transcript*"))


@pytest.mark.parametrize("entry", SAMPLES, ids=lambda entry: entry.video_id)
def test_the_papers_are_valid_and_the_shotlist_covers_every_frame(entry: Sample) -> None:
    papers = metadata.read((CONTENT / entry.video_id / "metadata.json").read_bytes())[0]
    assert papers.publish_at is not None
    assert papers.recorded_at is not None
    assert papers.recorded_at < papers.publish_at
    assert papers.shotlist[0].starts == entry.start
    assert papers.shotlist[-1].ends == time_code(entry.frames - 1, entry.start)
    for before, after in itertools.pairwise(papers.shotlist):
        assert time_code(1, before.ends) == after.starts


def test_samples_are_kept_until_a_file_or_the_recipe_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = SAMPLES[0]
    folder = tmp_path / entry.video_id
    folder.mkdir()
    (folder / "a.wav").write_bytes(b"whole")
    assert not command.is_made(entry, tmp_path)
    command.record(entry, tmp_path)
    assert command.is_made(entry, tmp_path)
    (folder / "a.wav").write_bytes(b"who")
    assert not command.is_made(entry, tmp_path)
    (folder / "a.wav").write_bytes(b"whole")
    monkeypatch.setattr(command, "fingerprint", lambda _: fingerprint(SAMPLES[1]))
    assert not command.is_made(entry, tmp_path)


@pytest.mark.parametrize("entry", SAMPLES, ids=lambda entry: entry.video_id)
def test_programmes_have_the_loudness_of_ebu_r_128(entry: Sample) -> None:
    # EBU R 128: -23 LUFS, half a unit more or less.
    assert loudness_of(entry.listen(entry.seconds)[:2]) == pytest.approx(-23, abs=0.5)


def loudness_of(wave: sound.Wave) -> float:
    graph = Graph()
    source = graph.add_abuffer(format="dblp", sample_rate=sound.RATE, layout="stereo")
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), "dblp", "stereo")
    frame.sample_rate = sound.RATE
    graph.push(frame)
    graph.push(None)
    measured = "nothing"
    with contextlib.suppress(av.error.EOFError):
        while True:
            measured = graph.pull().metadata.get("lavfi.r128.I", measured)
    return float(measured)
