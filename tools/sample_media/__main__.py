"""Makes the sample media: ``python -m tools.sample_media --into .local/media``.

Samples of the same recipe are kept. Each new one is made beside its folder and moved there when it
is complete, so that an interrupted run is never mistaken for a finished one.
"""

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tools.sample_media.recipe import SAMPLES, Sample, fingerprint
from tools.sample_media.render import make_in_process

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

_RECORD = "made.json"
_NEEDED = 700_000_000
"""Bytes that must be free: for the samples, and for new ones that are made beside old ones."""


@dataclass(frozen=True, slots=True)
class _Made:
    process: SpawnProcess
    frames: "Synchronized[int]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the missing samples; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.sample_media", description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="folder for the sample folders")
    parser.add_argument("--only", metavar="VIDEO_ID", help="make this sample alone")
    options = parser.parse_args(arguments)
    into: Path = options.into
    into.mkdir(parents=True, exist_ok=True)
    chosen = [s for s in SAMPLES if options.only in (None, s.video_id)]
    missing = [sample for sample in chosen if not is_made(sample, into)]
    console = Console()
    if not missing:
        console.print(f"The sample media in {into} are up to date.")
        return 0
    if shutil.disk_usage(into).free < _NEEDED:
        console.print(f"Sample media need {_NEEDED // 1_000_000} MB free in {into}.")
        return 1
    began = time.monotonic()
    failed = _make_all(missing, into, console)
    if failed:
        console.print(f"Could not make {', '.join(failed)}; what went wrong stands above.")
        return 1
    size = sum(file.stat().st_size for file in into.glob("*/*"))
    console.print(f"Sample media: {size / 1e6:.0f} MB in {time.monotonic() - began:.0f} s.")
    return 0


def is_made(sample: Sample, into: Path) -> bool:
    """Tell whether the sample's files exist, complete, and made by this recipe."""
    made = _read_record(into).get(sample.video_id, {})
    if made.get("recipe") != fingerprint(sample):
        return False
    return made.get("files") == _sizes(into / sample.video_id)


def _make_all(missing: Sequence[Sample], into: Path, console: Console) -> list[str]:
    context = get_context("spawn")
    failed: list[str] = []
    # All samples at once: one after another would leave one of two cores idle at the end.
    running = {sample.video_id: _start(context, sample, into) for sample in missing}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        bars = {s.video_id: progress.add_task(s.video_id, total=s.frames) for s in missing}
        while running:
            time.sleep(0.1)
            for video_id, made in list(running.items()):
                progress.update(bars[video_id], completed=made.frames.value)
                if made.process.is_alive():
                    continue
                made.process.join()
                del running[video_id]
                if made.process.exitcode != 0:
                    failed.append(video_id)
                    continue
                _put_in_place(next(s for s in missing if s.video_id == video_id), into)
    return failed


def _start(context: SpawnContext, sample: Sample, into: Path) -> _Made:
    folder = _beside(into, sample)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    frames = context.Value("i", 0)
    arguments = (SAMPLES.index(sample), folder, frames)
    # Daemon processes end with this one: Ctrl-C leaves nothing running.
    process = context.Process(target=make_in_process, args=arguments, daemon=True)
    process.start()
    return _Made(process, frames)


def _put_in_place(sample: Sample, into: Path) -> None:
    target = into / sample.video_id
    shutil.rmtree(target, ignore_errors=True)
    _beside(into, sample).rename(target)
    record(sample, into)


def record(sample: Sample, into: Path) -> None:
    """Record that the files of a sample are complete, and their recipe."""
    made = _read_record(into)
    made[sample.video_id] = {"recipe": fingerprint(sample), "files": _sizes(into / sample.video_id)}
    fresh = into / f"{_RECORD}.new"
    fresh.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", "utf-8")
    fresh.replace(into / _RECORD)


def _beside(into: Path, sample: Sample) -> Path:
    # Outside `into`, so that an upload of its folders never includes an incomplete sample.
    digest = hashlib.sha256(str(into.resolve()).encode()).hexdigest()[:8]
    return into.resolve().parent / f".making-{digest}-{sample.video_id}"


def _sizes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in sorted(folder.glob("*"))}


def _read_record(into: Path) -> dict[str, dict[str, object]]:
    try:
        record: dict[str, dict[str, object]] = json.loads((into / _RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record


if __name__ == "__main__":
    sys.exit(main())
