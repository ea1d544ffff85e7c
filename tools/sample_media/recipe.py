"""Decides which sample videos exist, which files each has, and when they must be made again."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tools.sample_media import sound
from tools.sample_media.encoding import File, Picture, Sound
from tools.sample_media.scenes.briefing import Briefing
from tools.sample_media.scenes.doorstep import FLASHES, Doorstep
from tools.sample_media.scenes.drawing import FONT, Scene
from tools.sample_media.scenes.exercise import Exercise
from tools.sample_media.sound import Utterance, Wave
from tools.sample_media.title_card import FRAME_RATE

HERE = Path(__file__).parent
CONTENT = HERE / "content"

XDCAM_HD422 = Picture(
    codec="mpeg2video",
    pixel_format="yuv422p",
    bit_rate=50_000_000,
    interlaced=True,
    key_every=12,
    b_frames=2,
    grain=3.0,
    options={
        # The long-GOP constraints of Sony's XDCAM HD422 (RDD 9, SMPTE): constant 50 Mb/s, a
        # buffer of 36,408,333 bits, 10-bit DC, the second VLC table for intra blocks.
        "minrate": "50000000",
        "maxrate": "50000000",
        "bufsize": "36408333",
        "rc_init_occupancy": "27306250",
        "dc": "10",
        "intra_vlc": "1",
        "non_linear_quant": "1",
        "qmin": "1",
        "qmax": "12",
        "sc_threshold": "1000000000",
        "profile": "0",
        "level": "2",
    },
)
DNXHR_SQ = Picture("dnxhd", "yuv422p", {"profile": "dnxhr_sq"}, grain=2.0)
H264_HD = Picture(
    "libx264",
    "yuv420p",
    {
        # x264's fastest preset, with the features of the High profile switched on again.
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "high",
        "x264-params": "cabac=1:8x8dct=1:deblock=0,0:aq-mode=1",
    },
    bit_rate=6_000_000,
    key_every=50,
)
H264_PREVIEW = Picture(
    "libx264",
    "yuv420p",
    {"preset": "superfast", "profile": "main"},
    height=540,
    bit_rate=900_000,
    key_every=50,
    b_frames=2,
)
INDEX_FIRST = {"movflags": "+faststart"}

FOUR_TRACKS = Sound("pcm_s24le", ((0,), (1,), (2,), (3,)))
STEREO_TRACK = Sound("pcm_s24le", ((0, 1),))
AAC = Sound("aac", ((0, 1),), 192_000)
AAC_SMALL = Sound("aac", ((0, 1),), 96_000)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample video: its title card, its length in seconds, its files, its picture and sound."""

    video_id: str
    title: str
    place: str
    start: str
    seconds: float
    files: tuple[File, ...]
    listen: Callable[[float], Wave]
    look: Callable[[Wave], Scene]

    @property
    def frames(self) -> int:
        """Return the number of frames."""
        return round(self.seconds * FRAME_RATE)


def _doorstep_sound(seconds: float) -> Wave:
    wind = [0.02 * sound.gusts(seconds, seed) for seed in (1, 2)]
    clicks = 0.16 * sound.shutters(seconds, FLASHES, 3)
    speech = sound.voice(seconds, [Utterance(0.6, seconds - 0.4, 112)], 4)
    pips = sound.pips(seconds)
    programme = sound.stereo(
        pips + speech + wind[0] + clicks, pips + speech + wind[1] + clicks * 0.7, gain=1.26
    )
    # Tracks 3 and 4 carry the ambient sound without the voice, as newsrooms require.
    return np.concatenate([programme, sound.stereo(wind[0] + clicks, wind[1] + clicks)])


def read_utterances(captions: str) -> list[Utterance]:
    """Return the speech times of a WebVTT file, so that the sound matches the text."""
    cue = re.compile(r"(\d+):(\d+)\.(\d+) --> (\d+):(\d+)\.(\d+)\n<v ([^>]+)>")
    utterances = []
    for times in cue.finditer(captions):
        a, b, c, d, e, f = (int(part) for part in times.groups()[:6])
        pitch = 118.0 if times[7] == "Spokesperson" else 196.0
        utterances.append(Utterance(a * 60 + b + c / 1000, d * 60 + e + f / 1000, pitch))
    return utterances


def _briefing_voice(seconds: float) -> Wave:
    captions = (CONTENT / "2026-03-05-brussels-briefing/transcript.vtt").read_text("utf-8")
    spoken = [u for u in read_utterances(captions) if u.end <= seconds]
    return sound.voice(seconds, spoken, 8)


def _briefing_sound(seconds: float) -> Wave:
    speech, pips = _briefing_voice(seconds), sound.pips(seconds)
    room = [0.006 * sound.noise(seconds, seed, 1.0, 40, 8000) for seed in (5, 6)]
    return sound.stereo(pips + speech + room[0], pips + speech + room[1], gain=1.38)


def _exercise_sound(seconds: float) -> Wave:
    third, left = seconds / 3, []
    for seed in (20, 30):
        land = 0.03 * sound.gusts(third, seed) + 0.03 * sound.rotor(third, 23, seed + 1)
        sea = 0.05 * sound.gusts(third, seed + 2) + 0.012 * sound.noise(
            third, seed + 3, 0, 400, 9000
        )
        air = 0.09 * sound.rotor(third, 11, seed + 4)
        left.append(np.concatenate([land, sea, air]))
    pips = sound.pips(seconds)
    size = min(pips.size, left[0].size)
    return sound.stereo(pips[:size] + left[0][:size], pips[:size] + left[1][:size], gain=1.4)


SAMPLES = (
    Sample(
        "2026-03-05-brussels-briefing",
        "Free downloads: how it works",
        "BRUSSELS",
        "11:30:00:00",
        30.0,
        (
            File("brussels-briefing-h264-1080p25.mp4", H264_HD, AAC),
            File("brussels-briefing-preview.mp4", H264_PREVIEW, AAC_SMALL, INDEX_FIRST),
            File("brussels-briefing.wav", None, STEREO_TRACK),
        ),
        _briefing_sound,
        lambda wave: Briefing(sound.loudness(wave[0], FRAME_RATE)),
    ),
    Sample(
        "2026-02-14-munich-doorstep",
        "Doorstep statement",
        "MUNICH",
        "10:00:00:00",
        11.2,
        (
            File("munich-doorstep-xdcam-hd422-1080i50.mxf", XDCAM_HD422, FOUR_TRACKS),
            File("munich-doorstep-h264-1080p25.mp4", H264_HD, AAC),
            File("munich-doorstep-preview.mp4", H264_PREVIEW, AAC_SMALL, INDEX_FIRST),
            File("munich-doorstep.wav", None, STEREO_TRACK),
        ),
        _doorstep_sound,
        lambda _: Doorstep(),
    ),
    Sample(
        "2026-01-29-winter-exercise",
        "Winter exercise",
        "HIGH NORTH",
        "15:20:00:00",
        6.0,  # 93 MB: long enough for a large file, and every second takes 2.5 s of a processor
        (
            File("winter-exercise-dnxhr-sq-1080p25.mov", DNXHR_SQ, STEREO_TRACK),
            File("winter-exercise-h264-1080p25.mp4", H264_HD, AAC),
            File("winter-exercise-preview.mp4", H264_PREVIEW, AAC_SMALL, INDEX_FIRST),
        ),
        _exercise_sound,
        lambda _: Exercise(2.0),
    ),
)
"""The sample videos, newest first."""


def fingerprint(sample: Sample) -> str:
    """Return a SHA-256 (hexadecimal) that changes whenever the files of a sample could."""
    digest = hashlib.sha256(sample.video_id.encode())
    for package in ("av", "numpy", "pillow"):
        digest.update(f"{package} {version(package)}".encode())
    content = CONTENT / sample.video_id
    for file in [FONT, *sorted(HERE.rglob("*.py")), *sorted(content.iterdir())]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
