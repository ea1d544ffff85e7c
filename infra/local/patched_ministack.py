"""Runs MiniStack as the local AWS, with what its release does differently from AWS mended.

Mended, each with a test in tests/local_stack/test_emulator_patches.py that fails once it is no
longer needed:

- `GetObject?versionId=` answers the whole object and ignores `Range`, `If-Range` and `response-*`
  (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html). Such a piece is sent out of
  the object itself: see ministack_patches/pieces_of_objects.py.
- `MaximumConcurrency` of a queue's source, given by a parameter, stays text, and the poller stops
  at it (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
- Functions run on the Python that runs MiniStack and see all of its packages, so that one missing
  from a layer goes unnoticed. They get the bare runtime instead.
- What stands between the template's policies and their effect: see rights.py.
- Every answer of a function that logs nothing waits 50 ms for a line: see whole_logs.py.
- Every worker unpacks every layer for itself, 160 MB for each of ingest's. One copy serves all.
- CloudFormation knows no receipt rules: see ministack_patches/receipt_rules.py.
- Nested stacks are not transformed, and updates fail: see ministack_patches/nested_stacks.py.
- SES tells nothing of what became of a mail: see ministack_patches/mail_events.py.
- A rule's transformer enters no list: see ministack_patches/transformer_paths.py.
- The batching window of a queue's source is ignored: see ministack_patches/batching_window.py.
- A batch of SQS needs rights that IAM does not know: see ministack_patches/batch_rights.py.
- The name of a distribution leads elsewhere too: see ministack_patches/distribution_first.py.
- Of two cookies of one name a distribution keeps one: see ministack_patches/repeated_cookies.py.
- A distribution asks no second origin: see ministack_patches/origin_groups.py.
- Alarms on metric math and composite alarms cannot be deployed: see ministack_patches/alarms.py.
- Routes of any method and gateway responses are not deployed, and a function that failed or is
  throttled is told in Lambda's words: see ministack_patches/gateway_answers.py.
- Every web page may call it, and so run functions on this machine: see origin_guard.py.

Some of its ways cost processor time and bring nothing. In ministack_patches/: policies and
distributions are read anew at every request (read_once.py), items are copied slowly
(quick_copies.py), functions at the edge get processes of their own (few_viewers.py), and a service
that MiniStack lacks has it read the models of all (service_names.py). Its HTTP server is slow (see
web_server.py), and so is its reading of templates (see libyaml.py).

Its own log keeps warnings only, and none of the mail relay: request paths hold flow ids and
tokens, and the relay names addressees. What functions log is kept in its CloudWatch Logs.
"""

import hashlib
import logging
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

from infra.local import libyaml, rights, web_server, whole_logs
from infra.local.ministack_patches import (
    alarms,
    batch_rights,
    batching_window,
    distribution_first,
    few_viewers,
    gateway_answers,
    mail_events,
    nested_stacks,
    origin_groups,
    pieces_of_objects,
    quick_copies,
    read_once,
    receipt_rules,
    repeated_cookies,
    service_names,
    transformer_paths,
)
from infra.local.origin_guard import Guard, keep_out
from infra.local.paths import Deployed

Headers: TypeAlias = dict[str, str]
Query: TypeAlias = dict[str, str | list[str]]
Answer: TypeAlias = tuple[int, Headers, bytes]
GetObject: TypeAlias = Callable[[str, str, Headers, Query | None], Answer]
# Its body may be MiniStack's StreamingResponse, too.
ReadObject: TypeAlias = Callable[[str, str, Headers, Query | None], tuple[int, Headers, object]]
FindLimit: TypeAlias = Callable[..., int | str]
FindPython: TypeAlias = Callable[[str], tuple[str, str]]

_RELAY_LOGGERS = ("ses", "ses-v2")


def mend_versioned_reads(get_object: GetObject) -> ReadObject:
    """Return a GetObject that honours `Range` and `response-*` for a version too."""
    from ministack.services import s3  # noqa: PLC0415 (its import starts threads)

    def read(
        bucket: str, key: str, headers: Headers, query: Query | None = None
    ) -> tuple[int, Headers, object]:
        status, answered, body = get_object(bucket, key, headers, query)
        versioned = bool(query and query.get("versionId"))
        if not versioned or status != 200:  # noqa: PLR2004
            return status, answered, body
        s3._apply_response_overrides(answered, query)  # noqa: SLF001
        wanted = headers.get("range", "")
        if not wanted or _is_another(headers.get("if-range", ""), answered):
            return status, answered, body
        piece = s3._parse_range(wanted, len(body))  # noqa: SLF001
        if piece is None:
            refusal = s3._xml_body(s3._range_error_xml(bucket, key))  # noqa: SLF001
            return 416, _of_nothing(len(body)), refusal
        start, end = piece
        # A checksum of the whole object can't be held against a piece of it.
        kept = {n: v for n, v in answered.items() if not n.lower().startswith("x-amz-checksum-")}
        kept["Content-Length"] = str(end - start + 1)
        kept["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return 206, kept, pieces_of_objects.sent_in_place(body, start, end + 1)

    return read


def _is_another(had: str, answered: Headers) -> bool:
    """Tell whether a client has a part of something else, so that the rest of this is no use."""
    there = {name.lower(): value for name, value in answered.items()}
    return bool(had) and had not in {there.get("etag"), there.get("last-modified")}


def _of_nothing(size: int) -> Headers:
    return {"Content-Type": "application/xml", "Content-Range": f"bytes */{size}"}


def mend_python(find: FindPython) -> FindPython:
    """Return a look-up that starts functions with the first `python3` on PATH."""

    def find_bare(runtime: str) -> tuple[str, str]:
        binary, script = find(runtime)
        if not runtime.startswith("python"):
            return binary, script
        return "python3", whole_logs.ending(script)

    return find_bare


class UnpackedOnce(zipfile.ZipFile):
    """A zip file that is unpacked once per content; later requests get links to it."""

    _one_at_a_time = threading.Lock()

    def extractall(  # type: ignore[override]
        self,
        path: str,
        members: None = None,  # noqa: ARG002
        pwd: None = None,  # noqa: ARG002
    ) -> None:
        """Put links to the unpacked entries into `path`, and drop the zip file itself."""
        shared = Path(tempfile.gettempdir()) / "unpacked" / self._content()
        with self._one_at_a_time:
            if not shared.exists():
                draft = shared.with_suffix(".draft")
                super().extractall(draft)
                draft.rename(shared)
        for entry in shared.iterdir():
            (Path(path) / entry.name).symlink_to(entry)
        if self.filename:
            Path(self.filename).unlink()

    def _content(self) -> str:
        entries = sorted((one.filename, one.CRC, one.file_size) for one in self.infolist())
        return hashlib.sha256(repr(entries).encode()).hexdigest()[:32]


def mend_concurrency(limit: FindLimit) -> FindLimit:
    """Return a search of a queue's parallelism that takes a number for one, also as text."""

    def find(mapping: dict[str, object], *more: object) -> int:
        return int(limit(mapping, *more))

    return find


def keep_addresses_out_of_the_log() -> None:
    """Silence the mail relay's loggers, which name addressees and subjects."""
    for name in _RELAY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _is_route(api_id: str, stage: str, method: str, path: str) -> bool:
    from ministack.services import apigateway_v1  # noqa: PLC0415

    return apigateway_v1.method_authorization_type(api_id, stage, method, path) is not None


def main() -> None:
    """Run until told to end; refuses to listen anywhere but on loopback."""
    if os.environ.get("BIND_HOST") != "127.0.0.1":
        raise SystemExit("The local AWS listens on loopback only: BIND_HOST must be 127.0.0.1.")
    libyaml.prefer()
    import hypercorn.asyncio  # noqa: PLC0415 (MiniStack looks for its server there)
    from ministack import app  # noqa: PLC0415
    from ministack.core import lambda_runtime  # noqa: PLC0415
    from ministack.services import lambda_svc, s3  # noqa: PLC0415

    lambda_svc._sqs_esm_concurrency = mend_concurrency(lambda_svc._sqs_esm_concurrency)  # noqa: SLF001
    s3._get_object = mend_versioned_reads(s3._get_object)  # noqa: SLF001
    lambda_runtime._detect_runtime_binary = mend_python(lambda_runtime._detect_runtime_binary)  # noqa: SLF001
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": UnpackedOnce})
    worker = lambda_runtime.Worker
    worker._drain_stderr_bounded = whole_logs.to_the_end(worker._drain_stderr_bounded)  # noqa: SLF001
    rights.make_real()
    receipt_rules.add_resource_types()
    alarms.mend()
    nested_stacks.mend()
    mail_events.mend()
    transformer_paths.mend()
    batching_window.mend()
    batch_rights.mend()
    distribution_first.mend()
    repeated_cookies.mend()
    origin_groups.mend()
    gateway_answers.mend()
    read_once.mend()
    quick_copies.mend()
    few_viewers.mend()
    service_names.mend()
    app.app = keep_out(app.app, Guard(Deployed(), _is_route))
    keep_addresses_out_of_the_log()
    hypercorn.asyncio.serve = web_server.serve  # type: ignore[assignment]
    app.main()


if __name__ == "__main__":
    main()
