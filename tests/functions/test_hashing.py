"""The hash of a large file is computed in steps: the right one or none, whatever happens."""

import base64
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import botocore.client
import pytest
from awscrt import checksums
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsreel import clock
from newsreel.aws import clients
from newsreel.aws.step_messages import TooManyStepsError
from newsreel.catalogue.hash_items import HashesTable
from newsreel.catalogue.model import Checksum, Rendition
from newsreel.catalogue.records import FolderResult
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest import due_hashes, folders, hashing
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.file_hashes import hashed_file
from newsreel.ingest.folder_state import FolderState, KnownFile
from newsreel.ingest.hash_steps import HashDesk, HashStep
from newsreel.media import crcs, resumable_sha256
from newsreel.media.checksums import reported_checksums
from newsreel.policy import POLICY, HashPolicy

from tests.support.cloud import Cloud
from tests.support.uploads import MEDIA

PIECE = 100
"""No multiple of a block of SHA-256: what is carried over includes a block that is not full."""
SMALL = POLICY.hashes._replace(piece=PIECE, at_once=0)
_VISIBILITY = 6 * 300


class KilledError(BaseException):
    """The process ended here: nothing of it runs any more."""


@dataclass
class Run:
    """One deployment in small: its queue, its clock, and what the next step meets with."""

    policy: HashPolicy = SMALL
    time: int = field(default_factory=clock.epoch)
    messages: list[HashStep] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Folders that were asked to be looked at."""
    pieces_in_time: int = 1_000
    calls: Callable[[str, int], None] = lambda _name, _number: None
    """Is told each AWS call of a step before it is made; may raise."""
    after: Callable[[str, int], None] = lambda _name, _number: None
    """Is told each AWS call of a step when it has taken effect; may raise."""
    resumable: Callable[[], Any] = resumable_sha256.new

    def __post_init__(self) -> None:
        self.hashes = HashesTable("catalogue")
        self.table = CatalogueTable("catalogue")
        self.media = MediaBucket(MEDIA)
        self.desk = HashDesk(self.hashes, self, self.policy)

    def send(self, step: HashStep) -> None:
        self.messages.append(step)

    def send_folders(self, video_ids: Iterable[str], /) -> None:
        self.told += video_ids

    def upload(self, video_id: str, content: bytes, *sums: Checksum) -> KnownFile:
        """Put a file into the bucket and into what its folder knows."""
        key = f"incoming/{video_id}/a.mxf"
        made = clients.s3().put_object(Bucket=MEDIA, Key=key, Body=content)
        rendition = Rendition(
            rendition_id="a-mxf",
            kind="master",
            label="XDCAM",
            file_name="a.mxf",
            size_bytes=len(content),
            container="MXF",
            checksums=list(sums),
        )
        file = KnownFile(
            name="a.mxf",
            key=key,
            etag=made["ETag"],
            size=len(content),
            since="2026-02-14T02:04:00Z",
            version_id=made["VersionId"],
            rendition=rendition,
            hashing="pending",
        )
        state = FolderState(files={"a.mxf": file})
        result = FolderResult(state.model_dump_json(), "{}", None, None)
        self.table.save_folder(video_id, self.table.read_folder(video_id), result)
        return file

    def hasher(self) -> hashing.Hasher:
        asked = 0

        def seconds_left() -> float:
            nonlocal asked
            asked += 1
            # Asked before each piece and at its chunk.
            return 300 if asked <= 1 + 2 * self.pieces_in_time else 0

        return hashing.Hasher(
            hashes=self.hashes,
            catalogue=self.table,
            media=self.media,
            queue=self,
            folders=self,
            now=lambda: self.time,
            seconds_left=seconds_left,
            resumable=self.resumable,
            policy=self.policy,
        )

    def deliver(self, *, again: bool = False) -> str:
        """Hand over the first message; it comes again if its step fails, dies, or by chance."""
        message = self.messages.pop(0)
        try:
            with self._watched():
                outcome = self.hasher().step(message)
        except KilledError:
            self.time += _VISIBILITY
            self.messages.append(message)
            return "killed"
        except Exception as error:  # noqa: BLE001 - as the queue does
            self.messages.append(message)
            return type(error).__name__
        if again:
            self.messages.append(message)
        return outcome

    def tick(self) -> int:
        """Act as the schedule, when everything that waits is due."""
        self.time += POLICY.hashes.longest_wait
        return due_hashes.ask_again(self.hashes, self, self, now=self.time, policy=self.policy)

    def quiet(self) -> None:
        """Let everything that waits come, without further trouble."""
        self.calls = self.after = lambda _name, _number: None
        self.pieces_in_time = 1_000
        for _ in range(6):
            self.tick()
            while self.messages:
                self.deliver()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        made = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
        number = 0

        def watch(client: object, name: str, values: dict[str, Any]) -> object:
            nonlocal number
            number += 1
            self.calls(name, number)
            answer = made(client, name, values)
            self.after(name, number)
            return answer

        with patch("botocore.client.BaseClient._make_api_call", new=watch):
            yield


def result_of(run: Run, video_id: str, file: KnownFile) -> str | None:
    """Return the hash that a folder would hear of."""
    wanted = hashed_file(video_id, file)
    known = run.hashes.open(wanted, due_at=run.time)
    return known.sha256 if known else None


def begun(run: Run, video_id: str, content: bytes, *sums: Checksum) -> KnownFile:
    file = run.upload(video_id, content, *sums)
    assert run.desk.ask(video_id, [file]) == {}
    return file


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


CONTENT = bytes(range(256)) * 20


@pytest.mark.thorough
def test_a_file_of_many_more_than_sixteen_steps_gets_its_hash_and_those_of_its_pieces(
    cloud: Cloud,
) -> None:
    run = Run(pieces_in_time=2)
    file = begun(run, "video", CONTENT)
    outcomes = []
    while run.messages:
        outcomes.append(run.deliver())
    assert outcomes == ["next step"] * (len(outcomes) - 1) + ["done"]
    assert len(outcomes) > 16
    assert result_of(run, "video", file) == digest(CONTENT)
    key = folders.pieces_object_key("video", "a-mxf", hashed_file("video", file).hash_id)
    lines = clients.s3().get_object(Bucket=MEDIA, Key=key)["Body"].read().decode().split("\n")
    starts = range(0, len(CONTENT), PIECE)
    assert lines == [*(digest(CONTENT[start : start + PIECE]) for start in starts), ""]


@pytest.mark.thorough
def test_each_byte_is_read_once(cloud: Cloud) -> None:
    run = Run(pieces_in_time=3)
    ranges: list[str] = []
    begun(run, "video", CONTENT)
    made = MediaBucket.read_piece

    def watch(self: MediaBucket, *values: Any) -> Iterator[bytes]:
        ranges.append(f"{values[3]}-{values[3] + values[4]}")
        return made(self, *values)

    with patch.object(MediaBucket, "read_piece", watch):
        while run.messages:
            run.deliver()
    starts = range(0, len(CONTENT), PIECE)
    assert ranges == [f"{start}-{min(start + PIECE, len(CONTENT))}" for start in starts]


@pytest.mark.thorough
def test_the_folder_is_looked_at_when_its_hash_is_done(cloud: Cloud) -> None:
    run = Run()
    file = begun(run, "video", CONTENT)
    run.deliver()
    assert run.told == ["video"]
    assert run.tick() == 0
    assert run.told == ["video"]
    found = run.desk.ask("video", [file])
    assert [(one.hashing, one.sha256) for one in found.values()] == [("done", digest(CONTENT))]


@pytest.mark.thorough
def test_a_folder_that_could_not_be_told_is_told_by_the_schedule(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run()
    begun(run, "video", CONTENT)

    def fail(_self: Run, _video_ids: Iterable[str], /) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(Run, "send_folders", fail)
        assert run.deliver() == "ConnectionResetError"
    assert run.deliver() == "taken"
    assert run.told == []
    run.tick()
    assert run.told == ["video"]


@pytest.mark.thorough
def test_a_second_message_for_a_hash_that_is_being_computed_does_nothing(cloud: Cloud) -> None:
    run = Run()
    begun(run, "video", CONTENT)
    [message] = run.messages
    second: list[str] = []

    def while_reading(name: str, _number: int) -> None:
        if name == "GetObject" and not second:
            second.append("")
            second[0] = run.hasher().step(message)

    run.calls = while_reading
    assert run.deliver() == "done"
    assert second == ["taken"]


@pytest.mark.thorough
def test_a_message_that_comes_again_afterwards_does_nothing(cloud: Cloud) -> None:
    run = Run()
    begun(run, "video", CONTENT)
    assert run.deliver(again=True) == "done"
    calls: list[str] = []
    run.calls = lambda name, _number: calls.append(name)
    assert run.deliver() == "taken"
    assert calls == ["UpdateItem"]


@pytest.mark.thorough
def test_asking_again_for_a_hash_that_is_on_its_way_sends_nothing(cloud: Cloud) -> None:
    run = Run(pieces_in_time=1)
    file = begun(run, "video", CONTENT)
    for _ in range(3):
        assert run.desk.ask("video", [file]) == {}
    assert len(run.messages) == 1
    run.deliver()
    assert run.desk.ask("video", [file]) == {}
    assert len(run.messages) == 1


@pytest.mark.thorough
def test_a_file_that_is_replaced_is_hashed_anew_and_the_old_hash_ends(cloud: Cloud) -> None:
    run = Run(pieces_in_time=2)
    old = begun(run, "video", CONTENT)
    run.deliver()
    new = begun(run, "video", CONTENT[::-1])
    run.pieces_in_time = 1_000
    outcomes = [run.deliver() for _ in range(2)]
    assert sorted(outcomes) == ["done", "not wanted"]
    assert result_of(run, "video", new) == digest(CONTENT[::-1])
    assert result_of(run, "video", old) is None


def test_a_version_that_is_removed_meanwhile_ends_its_hash_and_has_the_folder_looked_at(
    cloud: Cloud,
) -> None:
    run = Run(pieces_in_time=2)
    file = begun(run, "video", CONTENT)
    run.deliver()
    clients.s3().delete_object(Bucket=MEDIA, Key=file.key, VersionId=file.version_id)
    assert run.deliver() == "gone"
    assert run.messages == []
    assert run.told == ["video"]


@pytest.mark.thorough
@pytest.mark.parametrize("lost", ["object", "some lines", "state"])
def test_a_step_that_misses_what_the_one_before_left_begins_from_the_start(
    cloud: Cloud, lost: str
) -> None:
    run = Run(pieces_in_time=2)
    file = begun(run, "video", CONTENT)
    run.deliver()
    hash_id = hashed_file("video", file).hash_id
    key = folders.pieces_object_key("video", "a-mxf", hash_id)
    if lost == "object":
        clients.s3().delete_object(Bucket=MEDIA, Key=key)
    elif lost == "some lines":
        clients.s3().put_object(Bucket=MEDIA, Key=key, Body=b"ab\n")
    else:
        clients.dynamodb().update_item(
            TableName="catalogue",
            Key={"pk": {"S": "HASH#video"}, "sk": {"S": hash_id}},
            UpdateExpression="SET context = :none",
            ExpressionAttributeValues={":none": {"B": bytes(112)}},
        )
    run.quiet()
    assert result_of(run, "video", file) == digest(CONTENT)


@pytest.mark.thorough
def test_a_file_that_cannot_be_read_is_tried_ever_more_rarely_and_the_receipt_tells_it(
    cloud: Cloud,
) -> None:
    run = Run()
    file = begun(run, "video", CONTENT)

    def deny(name: str, _number: int) -> None:
        if name == "GetObject":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, name)

    run.calls = deny
    told = []
    for _ in range(4):
        assert run.deliver() == "RejectedError"
        told.append([one.hashing for one in run.desk.ask("video", [file]).values()])
    assert told == [[], [], ["late"], ["late"]]
    assert run.told == ["video"]
    run.messages.clear()
    due = []
    for _ in range(3):
        now = run.time
        while not due_hashes.ask_again(run.hashes, run, run, now=run.time, policy=run.policy):
            run.time += 60
        due.append((run.time - now) // 60)
        run.deliver()
        run.messages.clear()
    assert due == [8, 16, 32]
    run.calls = lambda _name, _number: None
    run.quiet()
    assert result_of(run, "video", file) == digest(CONTENT)


@pytest.mark.thorough
def test_a_message_that_is_lost_is_sent_again_after_a_while(cloud: Cloud) -> None:
    run = Run()
    file = begun(run, "video", CONTENT)
    run.messages.clear()
    assert due_hashes.ask_again(run.hashes, run, run, now=run.time, policy=run.policy) == 0
    run.time += 365 * 24 * 3600
    assert due_hashes.ask_again(run.hashes, run, run, now=run.time, policy=run.policy) == 1
    assert run.deliver() == "done"
    assert result_of(run, "video", file) == digest(CONTENT)
    assert run.tick() == 0


def test_the_number_in_the_message_ends_a_chain_that_goes_nowhere(cloud: Cloud) -> None:
    run = Run(SMALL._replace(steps=5), pieces_in_time=0)
    begun(run, "video", CONTENT)
    outcomes = [run.deliver() for _ in range(6)]
    assert outcomes == ["next step"] * 5 + [TooManyStepsError.__name__]


@pytest.mark.thorough
def test_without_a_library_one_invocation_hashes_what_fits_into_it(cloud: Cloud) -> None:
    run = Run(resumable=lambda: None)
    file = begun(run, "video", CONTENT)
    assert run.deliver() == "done"
    assert result_of(run, "video", file) == digest(CONTENT)


def test_without_a_library_a_file_that_does_not_fit_is_given_up_and_that_is_told(
    cloud: Cloud,
) -> None:
    run = Run(pieces_in_time=2, resumable=lambda: None)
    file = begun(run, "video", CONTENT)
    assert run.deliver() == "given up"
    assert [one.hashing for one in run.desk.ask("video", [file]).values()] == ["one_run"]
    assert run.messages == []


def told_by_s3(algorithm: str, content: bytes) -> tuple[Checksum, ...]:
    """Return what S3 tells of an object with this content."""
    digests: dict[str, bytes] = {
        "CRC32": checksums.crc32(content).to_bytes(4, "big"),
        "CRC32C": checksums.crc32c(content).to_bytes(4, "big"),
        "CRC64NVME": checksums.crc64nvme(content).to_bytes(8, "big"),
        "MD5": hashlib.md5(content).digest(),
        "SHA1": hashlib.sha1(content).digest(),
        "SHA256": hashlib.sha256(content).digest(),
        "SHA512": hashlib.sha512(content).digest(),
    }
    value = base64.b64encode(digests[algorithm]).decode()
    return reported_checksums({f"Checksum{algorithm}": value, "ChecksumType": "FULL_OBJECT"})


COMPARED = ["CRC32", "CRC32C", "CRC64NVME", "SHA256"]


@pytest.mark.parametrize("algorithm", COMPARED)
def test_s3s_own_checksum_of_the_whole_file_is_compared_over_several_steps(
    cloud: Cloud, algorithm: str
) -> None:
    content = CONTENT[:950]
    run = Run(pieces_in_time=3)
    good = begun(run, "good", content, *told_by_s3(algorithm, content))
    bad = begun(run, "bad", content, *told_by_s3(algorithm, content[:-1]))
    run.quiet()
    assert result_of(run, "good", good) == digest(content)
    assert [one.hashing for one in run.desk.ask("bad", [bad]).values()] == ["differs"]


@pytest.mark.thorough
@pytest.mark.parametrize("algorithm", ["MD5", "SHA1", "SHA512"])
def test_a_digest_of_what_was_uploaded_in_one_part_is_compared_if_it_is_read_in_one_go(
    cloud: Cloud, algorithm: str
) -> None:
    run = Run()
    good = begun(run, "good", CONTENT, *told_by_s3(algorithm, CONTENT))
    bad = begun(run, "bad", CONTENT, *told_by_s3(algorithm, b"something else"))
    run.quiet()
    assert result_of(run, "good", good) == digest(CONTENT)
    assert [one.hashing for one in run.desk.ask("bad", [bad]).values()] == ["differs"]


@pytest.mark.thorough
def test_a_digest_that_cannot_be_carried_over_holds_up_no_hash(cloud: Cloud) -> None:
    run = Run(pieces_in_time=3)
    file = begun(run, "video", CONTENT, *told_by_s3("SHA1", CONTENT))
    run.quiet()
    assert result_of(run, "video", file) == digest(CONTENT)


@pytest.mark.thorough
def test_a_checksum_that_differs_once_is_computed_anew_and_the_hash_is_there(cloud: Cloud) -> None:
    run = Run()
    file = begun(run, "video", CONTENT, *told_by_s3("CRC64NVME", CONTENT))
    made = MediaBucket.read_piece
    flipped: list[int] = []

    def flip_once(self: MediaBucket, *values: Any) -> Iterator[bytes]:
        for chunk in made(self, *values):
            if values[3] == 500 and not flipped:
                flipped.append(1)
                yield bytes(len(chunk))
            else:
                yield chunk

    with patch.object(MediaBucket, "read_piece", flip_once):
        assert run.deliver() == "begun again"
        assert run.deliver() == "done"
    assert result_of(run, "video", file) == digest(CONTENT)


@pytest.mark.thorough
def test_without_awss_library_a_file_gets_its_hash_all_the_same(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "awscrt", None)
    crcs._kinds.cache_clear()
    try:
        run = Run(pieces_in_time=3)
        file = begun(run, "video", CONTENT, *told_by_s3("CRC64NVME", CONTENT))
        run.quiet()
        assert result_of(run, "video", file) == digest(CONTENT)
    finally:
        crcs._kinds.cache_clear()


@pytest.mark.thorough
def test_a_hash_that_was_begun_without_a_checksum_is_begun_again_with_it(cloud: Cloud) -> None:
    # As after an update that compares more than the one before.
    run = Run(pieces_in_time=3)
    sums = told_by_s3("CRC64NVME", b"something else")
    file = begun(run, "video", CONTENT, *sums)
    with patch.object(crcs, "computable", lambda _reported: ()):
        assert run.deliver() == "next step"
    run.quiet()
    assert [one.hashing for one in run.desk.ask("video", [file]).values()] == ["differs"]


@pytest.mark.thorough
def test_an_answer_that_is_too_short_is_no_part_of_a_hash(cloud: Cloud) -> None:
    run = Run()
    file = begun(run, "video", CONTENT)
    made = MediaBucket.read_piece
    cut: list[int] = []

    def short(self: MediaBucket, *values: Any) -> Iterator[bytes]:
        for chunk in made(self, *values):
            if values[3] == 500 and not cut:
                cut.append(1)
                yield chunk[:40]
                raise ReadTimeoutError(endpoint_url="-")
            yield chunk

    with patch.object(MediaBucket, "read_piece", short):
        assert run.deliver() == "ReadTimeoutError"
        run.quiet()
    assert result_of(run, "video", file) == digest(CONTENT)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["go", "go", "twice", "kill", "kill after", "throttle", "short", "lose", "tick"]
        ),
        st.integers(1, 8),
        st.integers(0, 3),
    ),
    max_size=12,
)


@pytest.mark.thorough
@given(size=st.integers(1, 1500), events=EVENTS, number=st.integers(0, 10**9))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_ends_a_step_the_hash_is_hashlibs_or_none(
    cloud: Cloud, size: int, events: list[tuple[str, int, int]], number: int
) -> None:
    run = Run()
    content = hashlib.shake_128(str(number).encode()).digest(size)
    video_id = f"v{digest(repr((size, events, number)).encode())[:20]}"
    try:
        # A sum that went wrong on the way would end the hash without a result.
        file = begun(run, video_id, content, *told_by_s3("CRC64NVME", content))
        for kind, call, pieces in events:
            _meet(run, kind, call, pieces)
            assert result_of(run, video_id, file) in {None, digest(content)}
        run.quiet()
        assert result_of(run, video_id, file) == digest(content)
    finally:
        forget(video_id)


def _meet(run: Run, kind: str, call: int, pieces: int) -> None:
    """Let one thing happen."""
    run.calls = run.after = lambda _name, _number: None
    run.pieces_in_time = pieces

    def kill(_name: str, number: int) -> None:
        if number == call:
            raise KilledError

    def throttle(name: str, number: int) -> None:
        if number >= call:
            raise ClientError({"Error": {"Code": "SlowDown"}}, name)

    if kind == "tick":
        run.tick()
    elif kind == "lose":
        lose_pieces()
    elif run.messages:
        run.calls = {"kill": kill, "throttle": throttle}.get(kind, run.calls)
        run.after = kill if kind == "kill after" else run.after
        with _cut() if kind == "short" else patch.object(run, "time", run.time):
            run.deliver(again=kind == "twice")


@contextmanager
def _cut() -> Iterator[None]:
    made = MediaBucket.read_piece

    def short(self: MediaBucket, *values: Any) -> Iterator[bytes]:
        for chunk in made(self, *values):
            yield chunk[: len(chunk) // 2]
        raise ReadTimeoutError(endpoint_url="-")

    with patch.object(MediaBucket, "read_piece", short):
        yield


def lose_pieces() -> None:
    listed = clients.s3().list_objects_v2(Bucket=MEDIA, Prefix="checksums/")
    for entry in listed.get("Contents", []):
        clients.s3().delete_object(Bucket=MEDIA, Key=entry["Key"])


def test_a_list_of_pieces_that_cannot_be_read_does_not_lose_what_was_hashed(cloud: Cloud) -> None:
    run = Run(pieces_in_time=20)
    file = begun(run, "video", CONTENT)
    run.deliver()

    def throttle(name: str, _number: int) -> None:
        if name == "GetObject":
            raise ClientError({"Error": {"Code": "SlowDown"}}, name)

    run.calls = throttle
    assert run.deliver() == "ClientError"
    known = run.hashes.open(hashed_file("video", file), due_at=0)
    assert known is not None
    assert (known.hashed, known.failures) == (20 * PIECE, 1)


def forget(video_id: str) -> None:
    client = clients.dynamodb()
    for item in client.scan(TableName="catalogue")["Items"]:
        if item["pk"]["S"].endswith(f"#{video_id}"):
            client.delete_item(TableName="catalogue", Key={"pk": item["pk"], "sk": item["sk"]})
