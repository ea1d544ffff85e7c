"""Runs the shell commands of a document: AWS CLI against moto, programs as far as their options.

`aws` is the real CLI in this process, because a process for each command takes seconds. A program
of ours ends once it has understood its options; `make` only says what it would run.
"""

import atexit
import contextlib
import io
import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal
from unittest.mock import patch

import awscli  # type: ignore[import-untyped]
import boto3
from awscli.clidriver import create_clidriver  # type: ignore[import-untyped]
from moto import mock_aws

from tests.support import quick_models, quick_moto, understanding
from tests.support.template import ROOT, load
from tests.support.understanding import ASK

quick_models.install()
quick_moto.install()

STACKS = ("newsreel-dev", "newsreel-prod")
REGION: Literal["eu-central-1"] = "eu-central-1"
FOLDER = "2026-02-14-munich-doorstep"
_SENT = "has not been implemented"
"""moto's word for an operation that the CLI understood and sent, and moto does not know."""
_ASK = """#!{python} -S
import json, os, socket, sys
asked = socket.create_connection(("127.0.0.1", {port}))
asked.sendall(json.dumps([os.getcwd(), *sys.argv[1:]]).encode() + b"\\n")
answer = json.loads(asked.makefile().readline())
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["status"])
"""
_MAKE = '#!/bin/sh\nexec /usr/bin/make -n -C {root} "$@"\n'


def blocks(document: Path) -> list[str]:
    """Return the blocks of shell commands of a document."""
    text = document.read_text(encoding="utf-8")
    found = re.findall(r"^( *)```sh\n(.*?)^\1```", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


class Shell:
    """A shell in which a document's commands run, one block after the other."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        shims = folder / ".venv/bin"
        shims.mkdir(parents=True)
        root, python, programs = str(ROOT), sys.executable, _programs()
        for name, text in {
            "aws": _ASK.format(python=python, port=port),
            "python": ASK.format(python=python, path=programs, before=[]),
            "sam": ASK.format(python=python, path=programs, before=["-m", "samcli"]),
            "make": _MAKE.format(root=root),
        }.items():
            (shims / name).write_text(text, encoding="utf-8")
            (shims / name).chmod(0o755)
        for name in ("infra", "tools", "Makefile"):
            (folder / name).symlink_to(ROOT / name)
        samples = folder / ".local/media" / FOLDER
        samples.mkdir(parents=True)
        (samples / "metadata.json").write_text("{}", encoding="utf-8")
        (folder / ".local/public").mkdir()
        self._environment = {
            "PATH": f"{shims}:/usr/bin:/bin",
            "HOME": str(folder),
            "SAM_CLI_TELEMETRY": "0",
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, block: str) -> subprocess.CompletedProcess[str]:
        """Run a block; it ends at the first command that fails."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )


@contextlib.contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """An account on this machine with two stages of ours, and a shell that reaches it."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            folder, *words = json.loads(self.rfile.readline())
            with contextlib.chdir(folder):
                self.wfile.write(json.dumps(_aws(words)).encode() + b"\n")

    # The CLI sets this when it is imported; a test before may have cleared it.
    data = str(Path(awscli.__file__).parent / "data")
    environment = {"AWS_DEFAULT_REGION": REGION, "AWS_DATA_PATH": data}
    with mock_aws(), patch.dict(os.environ, environment):
        _fill()
        server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Shell(folder, server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()


@cache
def _programs() -> str:
    """Start what runs programs of ours, once for all shells; return the path of its socket."""
    path = str(Path(tempfile.mkdtemp()) / "programs")
    process = subprocess.Popen(
        [sys.executable, understanding.__file__, path],
        env={"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(_end, process, Path(path))
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return path


def _end(process: "subprocess.Popen[bytes]", path: Path) -> None:
    process.communicate()  # closes its input
    shutil.rmtree(path.parent)


def _fill() -> None:
    outputs = {name: {"Value": f"the-{name.lower()}"} for name in load()["Outputs"]}
    for stack in STACKS:
        outputs["MediaBucket"] = {"Value": f"{stack}-media"}
        resources = {"Alarms": {"Type": "AWS::SNS::Topic"}}
        boto3.client("cloudformation", region_name=REGION).create_stack(
            StackName=stack, TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs})
        )
        _fill_buckets(stack)
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName="the-accountstable",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )


def _fill_buckets(stack: str) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    for name in ("media", "public", "site"):
        s3.create_bucket(
            Bucket=f"{stack}-{name}", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    media = f"{stack}-media"
    s3.put_bucket_versioning(Bucket=media, VersioningConfiguration={"Status": "Enabled"})
    for key in (f"receipts/{FOLDER}.json", f"incoming/{FOLDER}/metadata.json"):
        s3.put_object(Bucket=media, Key=key, Body=b"{}")


def _aws(words: list[str]) -> dict[str, str | int]:
    """Run the AWS CLI in this process, which is the one that moto stands in for AWS in."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = create_clidriver().main(words)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        out.flush()
    told = err.getvalue()
    text = out.buffer.getvalue().decode()
    return {"status": 0 if _SENT in told else status, "out": text, "err": told}
