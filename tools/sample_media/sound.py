"""Decides how the samples sound: a pip each second over an audible place.

All sound is 48 kHz, as floats between -1 and 1, computed from fixed seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples per second, the rate of broadcasting (EBU R 128 material, AES5)."""

Wave = NDArray[np.float64]

_CONTROL = 100
_SYLLABLE = 0.17
_HARMONICS = 26
_VOWELS = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (530, 1840, 2480),
    (570, 840, 2410),
    (300, 870, 2240),
)
"""Resonances in hertz of five vowels (Peterson and Barney, 1952, table II, men)."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody speaks from ``start`` to ``end`` (seconds) at a pitch in hertz."""

    start: float
    end: float
    pitch: float


def pips(seconds: float) -> Wave:
    """Return a short tone of 1 kHz at each full second, a longer one at each fifth."""
    wave = np.zeros(round(seconds * RATE))
    for second in range(int(seconds)):
        length = round((0.12 if second % 5 == 0 else 0.04) * RATE)
        position = second * RATE
        time = np.arange(min(length, wave.size - position)) / RATE
        fade = np.minimum(1, np.minimum(time, time[::-1]) / 0.004)
        wave[position : position + time.size] += 0.1 * fade * np.sin(2 * np.pi * 1000 * time)
    return wave


def noise(seconds: float, seed: int, colour: float, low: float, high: float) -> Wave:
    """Return noise of loudness 1 (root mean square) whose power falls with frequency ** colour."""
    size = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    weight = np.zeros_like(frequency)
    heard = (frequency > low) & (frequency < high)
    weight[heard] = frequency[heard] ** (-colour / 2)
    wave = np.fft.irfft(spectrum * weight, size)
    return wave / max(1e-9, float(np.sqrt(np.mean(wave**2))))


def gusts(seconds: float, seed: int) -> Wave:
    """Return wind: low noise that comes and goes."""
    knots = np.random.default_rng(seed).uniform(0.25, 1, int(seconds * 2) + 3)
    swell = np.interp(np.arange(round(seconds * RATE)) / RATE, np.arange(knots.size) / 2, knots)
    return noise(seconds, seed, 1.6, 60, 1200) * swell


def shutters(seconds: float, moments: Sequence[float], seed: int) -> Wave:
    """Return the clicks of press cameras: two short bursts of noise at each moment."""
    wave = np.zeros(round(seconds * RATE))
    random = np.random.default_rng(seed)
    for moment in moments:
        for late in (0.0, 0.045):
            position = round((moment + late) * RATE)
            size = min(900, wave.size - position)
            if size > 0:
                decay = np.exp(-np.arange(size) / 130)
                wave[position : position + size] += random.standard_normal(size) * decay
    return wave


def rotor(seconds: float, beats: float, seed: int) -> Wave:
    """Return a rotor or engine: noise in beats of so many a second."""
    time = np.arange(round(seconds * RATE)) / RATE
    return noise(seconds, seed, 1.2, 30, 900) * (
        0.3 + 0.7 * np.abs(np.sin(np.pi * beats * time)) ** 3
    )


def voice(seconds: float, utterances: Sequence[Utterance], seed: int) -> Wave:
    """Return the melody of speech without words: vowels on a falling pitch, in syllables."""
    wave = np.zeros(round(seconds * RATE))
    random = np.random.default_rng(seed)
    for utterance in utterances:
        spoken = _speak(utterance, random)
        position = round(utterance.start * RATE)
        room = max(0, wave.size - position)
        wave[position : position + spoken.size] += spoken[:room]
    return wave


def _speak(utterance: Utterance, random: np.random.Generator) -> Wave:
    length = utterance.end - utterance.start
    syllables = max(2, round(length / _SYLLABLE))
    control = np.linspace(0, syllables, max(2, round(length * _CONTROL)), endpoint=False)
    which = control.astype(int)
    vowels = random.integers(0, len(_VOWELS), syllables)
    stress = random.uniform(0.45, 1, syllables) * (random.uniform(0, 1, syllables) > 0.12)  # noqa: PLR2004 - breaths
    melody = utterance.pitch * (1.08 - 0.16 * np.linspace(0, 1, syllables))
    melody = melody * random.uniform(0.93, 1.09, syllables)
    loud = stress[which] * np.sin(np.pi * (control % 1)) ** 0.6
    time = np.arange(round(length * RATE)) / RATE
    at = np.arange(control.size) * (length / control.size)
    smooth = np.ones(7) / 7
    pitch = np.interp(time, at, np.convolve(np.pad(melody[which], 3, "edge"), smooth, "valid"))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    envelope = np.interp(time, at, loud)
    spoken = np.zeros_like(time)
    for harmonic in range(1, _HARMONICS + 1):
        gain = np.zeros(syllables)
        for resonance, weight in zip(np.array(_VOWELS)[vowels].T, (1.0, 0.5, 0.25), strict=True):
            gain += weight / (1 + ((harmonic * melody - resonance) / (80 + resonance * 0.06)) ** 2)
        gain = np.convolve(np.pad(gain[which], 3, "edge"), smooth, "valid")
        spoken += np.interp(time, at, gain) / harmonic**0.4 * np.sin(harmonic * phase)
    voiced: Wave = spoken * envelope * 0.12
    return voiced


def loudness(wave: Wave, frames_per_second: int) -> Wave:
    """Return how loud each frame's sound is, from 0 to 1."""
    size = RATE // frames_per_second
    blocks = wave[: wave.size // size * size].reshape(-1, size)
    level = np.sqrt(np.mean(blocks**2, axis=1))
    relative: Wave = np.clip(level / max(1e-9, float(np.percentile(level, 98))), 0, 1)
    return relative


def stereo(left: Wave, right: Wave, gain: float = 1.0) -> Wave:
    """Return two channels as rows, limited softly so that nothing clips."""
    limited: Wave = np.tanh(np.stack([left, right]) * gain) * 0.97
    return limited
