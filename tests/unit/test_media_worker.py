"""Looking into a file happens in a process that can be ended, and ends when it must."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.media import messages, mxf, poster, worker
from newsreel.media.messages import BrokenMessageError, Message
from newsreel.media.probe import probe
from newsreel.media.ranged_file import ObjectMovedError, RangedFile
from newsreel.media.worker import Limits
from PIL import Image

from tests.support import media_files, virtual_media
from tests.support.media_files import make

SHORT = Limits(processor_seconds=1)


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    worker.end_all()


def opened(data: bytes) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data))


def endless_jpeg(scans: int = 60_000) -> bytes:
    """Return a small picture that takes a decoder minutes: each empty scan is a pass over it."""
    data = io.BytesIO()
    Image.new("L", (4000, 4000), 128).save(data, "JPEG", progressive=True)
    whole = data.getvalue()
    # The last pass with its table, again and again: no block has anything in it.
    last = whole[whole.rindex(b"\xff\xc4") : -2]
    return whole[:-2] + last * scans + b"\xff\xd9"


@pytest.mark.thorough
@pytest.mark.parametrize(
    "recipe",
    [
        media_files.XDCAM,
        media_files.PREVIEW,
        media_files.FRAGMENTED,
        media_files.WAV,
        media_files.STREAM,
    ],
)
def test_a_file_has_the_same_facts_and_posters_there_as_here(recipe: media_files.Recipe) -> None:
    data = make(recipe)
    file, here = opened(data), opened(data)
    assert worker.probe(file) == probe(here)
    assert file.bytes_read == here.bytes_read
    assert worker.poster_from_video(opened(data)) == poster.from_video(opened(data))


@pytest.mark.thorough
def test_a_refusal_comes_back_with_its_values() -> None:
    data = make(media_files.XDCAM)[:5000]
    with pytest.raises(RejectedError) as there:
        worker.probe(opened(data))
    with pytest.raises(RejectedError) as here:
        probe(opened(data))
    assert there.value.finding == here.value.finding


@pytest.mark.thorough
def test_a_picture_that_would_take_minutes_is_ended_and_refused() -> None:
    with pytest.raises(RejectedError) as error:
        worker.poster_from_jpeg(endless_jpeg(), SHORT)
    assert error.value.finding == Finding("took_too_long", {"limit": 1})
    assert worker.probe(opened(make(media_files.PREVIEW))).video is not None


def movie_of(picture: bytes) -> bytes:
    """Return a movie of two frames that are this JPEG; its place and size stand in the index."""
    made = make(media_files.Recipe("mov", "mjpeg", (320, 180), "yuvj420p", frames=2))
    index = bytearray(made[made.index(b"moov") - 4 :])
    size, place = index.index(b"stsz") + 4, index.index(b"stco") + 4
    index[size + 4 : size + 8] = bytes(4)
    index[size + 12 : size + 20] = len(picture).to_bytes(4, "big") * 2
    index[place + 8 : place + 12] = (len(index) + 8).to_bytes(4, "big")
    return bytes(index) + (len(picture) * 2 + 8).to_bytes(4, "big") + b"mdat" + picture * 2


@pytest.mark.thorough
def test_a_video_that_would_take_minutes_is_ended_too() -> None:
    assert worker.poster_from_video(opened(movie_of(endless_jpeg(10)))) is not None
    assert worker.poster_from_video(opened(movie_of(endless_jpeg())), SHORT) is None


@pytest.mark.thorough
def test_whoever_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    worker.probe(opened(make(media_files.WAV)))  # so that there is one that waits
    monkeypatch.setattr(worker, "_task_of", lambda *_: Message({"task": "probe"}))
    stopped = worker._idle[-1]._process.pid
    os.kill(stopped, 19)  # SIGSTOP: it hears, and does nothing
    with pytest.raises(RejectedError) as error:
        worker.probe(opened(make(media_files.WAV)), Limits(seconds=1))
    assert error.value.finding == Finding("took_too_long", {"limit": 1})
    assert not Path(f"/proc/{stopped}").exists()


@pytest.mark.thorough
def test_a_failure_of_ours_is_told_by_its_kind_alone() -> None:
    with pytest.raises(RejectedError) as error:
        worker._look(
            Message({"task": "probe", "processor_seconds": 5}), None, Limits(), messages.to_facts
        )
    assert error.value.finding == Finding("look_failed", {"reason": "KeyError"})


@pytest.mark.thorough
def test_a_process_that_crashes_is_told_by_its_signal_and_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read_range(start: int, length: int) -> bytes:
        for child in Path(f"/proc/{pids[-1]}/task/{pids[-1]}/children").read_text().split():
            os.kill(int(child), 11)
        return bytes(length)

    worker.probe(opened(make(media_files.WAV)))
    pids = [worker._idle[-1]._process.pid]
    with pytest.raises(RejectedError) as error:
        worker.probe(RangedFile(read_range, 1_000_000))
    assert error.value.finding == Finding("look_failed", {"reason": "SIGSEGV"})
    assert worker.probe(opened(make(media_files.WAV))).audio is not None


@pytest.mark.thorough
def test_a_file_that_moves_while_it_is_read_is_looked_at_again_by_others() -> None:
    def moved(start: int, length: int) -> bytes:
        raise ObjectMovedError

    with pytest.raises(ObjectMovedError):
        worker.probe(RangedFile(moved, 1000))


@pytest.mark.thorough
def test_partitions_are_read_together_by_the_one_that_may() -> None:
    made = virtual_media.mxf(500, 10_000_000)
    file = made.open()
    assert worker.probe(file).video is not None
    assert len(made.reads) < 520
    assert file.bytes_read == sum(length for _start, length in made.reads)
    assert file.counted == file.bytes_read - 501 * mxf.PARTITION_START


@pytest.mark.thorough
def test_one_process_serves_many_files_and_as_many_as_ask_at_once() -> None:
    data = make(media_files.WAV)
    for _ in range(3):
        worker.probe(opened(data))
    assert len(worker._idle) == 1
    both_read = threading.Barrier(2, timeout=60)

    def read_range(start: int, length: int) -> bytes:
        if start == 0:
            both_read.wait()
        return data[start : start + length]

    results: list[object] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(worker.probe(RangedFile(read_range, len(data))))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert len(worker._idle) == 2


@pytest.mark.thorough
def test_the_process_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-of-a-secret")
    worker.end_all()
    worker.probe(opened(make(media_files.WAV)))
    environment = Path(f"/proc/{worker._idle[-1]._process.pid}/environ").read_bytes()
    assert b"canary" not in environment
    assert b"AWS_" not in environment
    assert b"PYTHONPATH" in environment


@pytest.mark.thorough
def test_all_of_it_works_without_semaphores_as_lambda_has_none() -> None:
    """Lambda has no ``/dev/shm``: there ``multiprocessing`` can make no lock, queue or pool."""
    code = """
import _multiprocessing
del _multiprocessing.SemLock
import sys
from newsreel.media.ranged_file import RangedFile
from newsreel.media import worker
data = open(sys.argv[1], "rb").read()
file = RangedFile(lambda start, length: data[start : start + length], len(data))
print(worker.probe(file).structure.container)
print(sorted(worker.poster_from_video(file) or ()))
"""
    file = Path(os.environ.get("TMPDIR", "/tmp"), f"newsreel-{os.getpid()}.mp4")
    file.write_bytes(make(media_files.PREVIEW))
    try:
        ended = subprocess.run(
            [sys.executable, "-c", code, file],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        file.unlink()
    assert ended.stdout.split("\n")[:2] == ["MP4", "[320, 640, 1280]"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"refused": "x"},
        {"refused": ["no such code", {}]},
        {"refused": ["empty", []]},
        {"refused": ["empty", {}, 1]},
    ],
)
def test_an_answer_that_is_none_is_never_taken_for_one(fields: dict[str, object]) -> None:
    def understand(message: Message) -> object:
        return messages.to_refusal(message) or messages.to_facts(message)

    with pytest.raises(BrokenMessageError):
        understand(Message(fields))


@pytest.mark.parametrize(
    "ranges",
    [None, 1, "x", [1], [[1]], [[0, 0]], [[-1, 5]], [[0, 101]], [[0.5, 2]], [[float("inf"), 1]]],
)
def test_only_ranges_of_the_file_are_read_for_the_other_process(ranges: object) -> None:
    with pytest.raises(BrokenMessageError):
        messages.to_ranges(Message({"read": ranges}), 100)


def test_posters_without_their_lengths_are_none() -> None:
    for lengths in (None, [1], ["a", "b", "c"], [1.5, 2, 3]):
        with pytest.raises(BrokenMessageError):
            messages.to_posters(Message({"posters": lengths}, b"abcdef"))


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        messages.HEADER.pack(2, 0) + b"{",
        messages.HEADER.pack(2, 0) + b"[]",
        messages.HEADER.pack(2, 0) + b"{x",
        messages.HEADER.pack(2**31, 0),
        messages.HEADER.pack(2, 5) + b"{}abc",
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    source = io.BytesIO(data)
    with pytest.raises(BrokenMessageError):
        messages.receive(source.read)
