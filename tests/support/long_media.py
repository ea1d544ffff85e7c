"""Real media files of hours, made by ffmpeg when they are first asked for, and kept."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

MADE = Path(__file__).parents[2] / ".local" / "long-media"

_PICTURE = "-f lavfi -i testsrc2=s=64x48:r=25:d="
# Copying it again and again takes less time than encoding; 200 s are whole frames of AAC.
_H264 = (
    f"{_PICTURE}200 -f lavfi -i sine=r=16000:d=200 -c:v libx264 -preset ultrafast"
    " -x264-params bframes=2:b-adapt=0:keyint=50 -pix_fmt yuv420p -c:a aac -b:a 24k -ac 1"
)
_MPEG2 = f"{_PICTURE}600 -c:v mpeg2video -b:v 100k -minrate 100k -maxrate 100k -bufsize 200k -g 12"


@dataclass(frozen=True)
class Long:
    """A short file again and again; ``times`` is how often, ``options`` the writer's."""

    name: str
    short: str
    times: int
    options: str = ""

    def path(self) -> Path:
        """Return where it is, made if need be."""
        short = _made(f"short{Path(self.name).suffix}", *self.short.split())
        again = ("-stream_loop", str(self.times - 1), "-i", short, "-c", "copy")
        return _made(self.name, *again, *self.options.split())


def _made(name: str, *arguments: str | Path) -> Path:
    made = MADE / name
    if not made.exists():
        MADE.mkdir(parents=True, exist_ok=True)
        # A name of this process's own: two may make the same at the same time.
        begun = MADE / f"{os.getpid()}-{name}"
        _ffmpeg(*arguments, begun)
        begun.rename(made)
    return made


def _ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


SIX_HOURS = Long("six-hours.mp4", _H264, 108, "-movflags +faststart")
TWELVE_HOURS = Long("twelve-hours.mp4", _H264, 216, "-movflags +faststart")
TWO_HOURS = Long("two-hours-in-fragments.mp4", _H264, 36, "-movflags +frag_keyframe+empty_moov")
THIRTY_MINUTES = Long("thirty-minutes.mxf", _MPEG2, 3)
THREE_HOURS = Long("three-hours.mxf", _MPEG2, 18)
