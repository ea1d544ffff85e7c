"""Decides how a sample is made: pictures and sound once, for all its files at the same time."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from av.video.frame import VideoFrame
from PIL import Image

from tools.sample_media.encoding import Writer, from_drawing
from tools.sample_media.recipe import CONTENT, SAMPLES, Sample
from tools.sample_media.scenes.drawing import HEIGHT, WIDTH
from tools.sample_media.sound import RATE
from tools.sample_media.title_card import FRAME_RATE, Slate

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

_SAMPLES_PER_FRAME = RATE // FRAME_RATE


def make(
    sample: Sample,
    folder: Path,
    tell: Callable[[int], None] = lambda _: None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> None:
    """Write every file of a sample into an existing folder.

    ``tell`` is called with the number of frames made; ``size`` scales the pictures down.
    """
    for file in sorted((CONTENT / sample.video_id).iterdir()):
        copyfile(file, folder / file.name)
    wave = sample.listen(sample.seconds)
    scene = sample.look(wave)
    slate = Slate(sample.title, sample.place, sample.start)
    two_fields = any(file.picture and file.picture.interlaced for file in sample.files)

    def picture(frame: int, late: float) -> VideoFrame:
        drawn = scene.picture(frame / FRAME_RATE + late)
        slate.draw(drawn, frame)
        if size != drawn.size:
            drawn = drawn.resize(size, Image.Resampling.BOX)
        return from_drawing(drawn)

    with ExitStack() as stack:
        writers = [
            stack.enter_context(Writer(file, folder / file.name, sample.start, size))
            for file in sample.files
        ]
        for frame in range(sample.frames):
            first = picture(frame, 0.0)
            second = picture(frame, 0.5 / FRAME_RATE) if two_fields else None
            at = frame * _SAMPLES_PER_FRAME
            for writer in writers:
                writer.write_picture(frame, first, second)
                writer.write_sound(at, wave[:, at : at + _SAMPLES_PER_FRAME])
            tell(frame + 1)


def make_in_process(number: int, folder: Path, frames: "Synchronized[int]") -> None:
    """Make one of ``SAMPLES`` in a separate process; ``frames`` shows its progress."""

    def tell(count: int) -> None:
        frames.value = count

    make(SAMPLES[number], folder, tell)
