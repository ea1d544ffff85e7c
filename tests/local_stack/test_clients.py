"""Clients that generators make of the API's document work, and so does the page's own program."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from infra.local.node import NODE
from infra.local.paths import PROJECT, Stack
from tests.local_stack.client import PASSWORD, TERMS, Client, Person

_PROGRAM = Path(__file__).with_name("programs") / "newsroom.ts"
_PACKAGE = PROJECT / "tools" / "javascript"
_PAGE = PROJECT / "docs" / "api.md"
# As docs/api.md says: the generator knows JSON and types of text.
_CONFIG = "content_type_overrides:\n  application/x-subrip: text/plain\npost_hooks: []\n"


@pytest.fixture(scope="module")
def document(visitor_document: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document that the service gives to programs."""
    file = tmp_path_factory.mktemp("clients") / "openapi.json"
    file.write_bytes(visitor_document)
    return file


@pytest.fixture(scope="module")
def visitor_document(stack: Stack) -> bytes:
    return Client(stack).get("/api/openapi.json").content


def _run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _leads_to_a_file(link: str) -> bool:
    answer = requests.head(link, allow_redirects=True, timeout=60)
    return answer.status_code == 200 and len(answer.history) == 1


# ------------------------------------------------------------------ openapi-typescript


def test_a_client_by_openapi_typescript_registers_lists_reads_and_links(
    stack: Stack, document: Path
) -> None:
    folder = document.parent
    (folder / "node_modules").symlink_to(_PACKAGE / "node_modules")
    (folder / "newsroom.ts").write_bytes(_PROGRAM.read_bytes())
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    tools = folder / "node_modules"
    types = folder / "newsreel-api.d.ts"
    _run(NODE, tools / "openapi-typescript/bin/cli.js", document, "-o", types, folder=folder)
    strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"]
    strict += ["--module", "nodenext", "--target", "es2024", "--types", "node", "--skipLibCheck"]
    strict += ["--allowImportingTsExtensions"]
    _run(NODE, tools / "typescript/bin/tsc", *strict, "newsroom.ts", folder=folder)
    person = Person.new(stack)
    told = (stack.site_url, stack.mailbox_url, person.email, PASSWORD)
    assert _leads_to_a_file(_run(NODE, "newsroom.ts", *told, folder=folder).strip())


# ------------------------------------------------------------------ openapi-python-client


class Generated:
    """A client that openapi-python-client made, with the cookies of its session."""

    def __init__(self, package: str, stack: Stack) -> None:
        self._package = package
        self.models: Any = importlib.import_module(f"{package}.models")
        made: Any = importlib.import_module(f"{package}.client")
        site = f"{stack.site_url}/api"
        headers = {"Origin": stack.site_url}
        self.http = httpx.Client(base_url=site, headers=headers, trust_env=False, timeout=60)
        self._client = made.Client(base_url=site).set_httpx_client(self.http)

    def ask(self, route: str, **values: Any) -> Any:
        """Return what a route answers, as its model; keep the cookies that it sets."""
        module: Any = importlib.import_module(f"{self._package}.api.{route}")
        answer = module.sync_detailed(client=self._client, **values)
        if "set-cookie" in answer.headers:
            lines = answer.headers.get_list("set-cookie")
            self.http.headers["Cookie"] = "; ".join(line.partition(";")[0] for line in lines)
        assert answer.parsed is not None, f"{route}: {answer.status_code}"
        return answer.parsed


@pytest.fixture(scope="module")
def generated(stack: Stack, document: Path) -> Iterator[Generated]:
    """The client of the running service."""
    config = document.with_name("config.yaml")
    config.write_text(_CONFIG, encoding="utf-8")
    folder = document.parent / "newsreel_api"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    command += ["--path", str(document), "--config", str(config), "--meta", "none"]
    _run(*command, "--output-path", folder, folder=document.parent)
    sys.path.insert(0, str(document.parent))
    client = Generated("newsreel_api", stack)
    yield client
    client.http.close()
    sys.path.remove(str(document.parent))


def test_a_client_by_openapi_python_client_registers_lists_reads_and_links(
    stack: Stack, generated: Generated
) -> None:
    person, models = Person.new(stack), generated.models
    wish = models.StartRegistration(email=person.email, password=PASSWORD)
    flow = generated.ask("registration.post_registrations", body=wish).registration_id
    entered = models.EnterCode(code=person.inbox.code())
    confirm = "registration.post_registrations_registration_id_confirm"
    account = generated.ask(confirm, registration_id=flow, body=entered).account
    assert account.email == person.email
    (listed, *_) = generated.ask("catalogue.get_videos", limit=100).items
    video = generated.ask("catalogue.get_videos_video_id", video_id=listed.video_id)
    body = models.LinkRequest(rendition=video.renditions[0].rendition_id, terms_version=TERMS)
    link = generated.ask(
        "downloads.post_videos_video_id_downloads", video_id=video.video_id, body=body
    )
    assert _leads_to_a_file(link.download_url)


def test_each_form_of_a_transcript_is_what_a_generated_client_expects(
    generated: Generated,
) -> None:
    listed = generated.ask("catalogue.get_videos", limit=100).items
    timed = next(item.video_id for item in listed if item.transcript and item.transcript.timed)
    read = "catalogue.get_videos_video_id_transcript"
    assert generated.ask(read, video_id=timed).turns[0].text
    assert generated.ask(f"{read}_vtt", video_id=timed).startswith("WEBVTT")
    assert generated.ask(f"{read}_srt", video_id=timed).startswith("1\n")
    assert generated.ask(f"{read}_txt", video_id=timed)


# ------------------------------------------------------------------ the page


def test_the_pages_own_program_logs_in_and_makes_a_link(
    stack: Stack, member: Person, tmp_path: Path
) -> None:
    (program,) = re.findall(r"```python\n(.+?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for shown, true in (
        ("http://localhost:8080", stack.site_url),
        ("desk@newsroom.example", member.email),
        ("Quiet-Otter-42-Maps", PASSWORD),
    ):
        assert shown in program
        program = program.replace(shown, true)
    file = tmp_path / "newsroom.py"
    file.write_text(program, encoding="utf-8")
    printed = _run(sys.executable, "-I", file, folder=tmp_path)
    assert _leads_to_a_file(printed.split()[-1])
