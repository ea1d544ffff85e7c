"""Does the main job in a terminal, over real HTTP: ``make demo``.

Registers, reads the code from the local mailbox, logs in, downloads a broadcast file, breaks off
half-way, resumes and verifies the checksum. Every answer comes from the running stack; a step that
does not hold ends the demonstration with one sentence and exit status 1.
"""

import hashlib
import http.client
import json
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from infra.local.api_client import (
    ApiClient,
    Json,
    Link,
    RefusedError,
    Rendition,
    UnreachableError,
    Video,
)
from infra.local.paths import LOCAL, PROJECT, Stack

LARGE = 64 * 1024 * 1024
"""Bytes: the file that is downloaded has at least as many."""

_FOLDER = LOCAL / "demo"
_PIECE = 256 * 1024
_MAIL_TAKES = 60.0
_CHECKSUM_TAKES = 60.0
_INDENT = " " * 19
_PAUSE = 0.8
"""Seconds that a broken-off download stays visible to a person; a fast disk shows nothing else."""
_CODE = re.compile(r"\b(\d{3})[ \u00a0]?(\d{3})\b")

console = Console(highlight=False, soft_wrap=True)


class DemoFailedError(Exception):
    """A step does not hold; the message is the sentence for the person."""


def main() -> int:
    """Run the demonstration; return the exit status."""
    began = time.monotonic()
    try:
        stack = _bring_up()
        visitor = ApiClient(stack.site_url)
        console.print(f"\n[bold]Newsreel[/] at {stack.site_url}, as a newsroom sees it\n")
        email, password = f"demo-{secrets.token_hex(4)}@newsroom.example", _password()
        open_account(visitor, stack.mailbox_url, email, password)
        log_out_and_in(visitor, email, password)
        video, rendition = choose(visitor, show_catalogue(visitor))
        download(visitor, video, rendition)
    except (DemoFailedError, RefusedError, UnreachableError) as failed:
        console.print(f"\n[bold red]✗[/] {escape(str(failed))}")
        return 1
    except KeyboardInterrupt:
        console.print("\nBroken off.")
        return 130
    console.print(f"\n[bold green]All of it held[/], in {time.monotonic() - began:.0f} s.\n")
    return 0


def _bring_up() -> Stack:
    if not _answers():
        console.print("The local stack is not up yet: bringing it up first.\n")
        ended = subprocess.run(
            [sys.executable, "-m", "infra.local", "up"], cwd=PROJECT, check=False
        )
        if ended.returncode:
            raise DemoFailedError("The stack did not come up; what stopped it stands above.")
    return Stack.read()


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"{Stack.read().api_url}/health", timeout=30) as answer:  # noqa: S310 - our own file's address
            return cast("int", answer.status) == http.client.OK
    except (OSError, ValueError, TypeError):
        return False


def _password() -> str:
    # By the page's rule: twelve or more characters, both cases, numbers and symbols.
    return f"{secrets.token_urlsafe(12)}-Aa7"


def open_account(visitor: ApiClient, mailbox_url: str, email: str, password: str) -> None:
    """Register an address, read the code that was mailed to it, and confirm."""
    flow = _object(visitor.ask("POST", "/registrations", {"email": email, "password": password})[1])
    _done("Register", f"{email}; the code is on its way, reference {flow['reference']}")
    subject, code = _await_code(mailbox_url, email)
    _done("Mail", f"“{subject}”")
    status, _ = visitor.ask(
        "POST", f"/registrations/{flow['registration_id']}/confirm", {"code": code}
    )
    _require(status == http.client.CREATED, "The code was accepted, but no account came of it.")
    account = _object(visitor.ask("GET", "/account")[1])
    _require(account["email"] == email, "The account that was opened is somebody else's.")
    _done("Verify", "the account is open, and signed in")


def log_out_and_in(visitor: ApiClient, email: str, password: str) -> None:
    """Log out, see that the account is closed to this browser, and log in again."""
    visitor.ask("DELETE", "/sessions/current")
    try:
        visitor.ask("GET", "/account")
    except RefusedError as refused:
        if refused.status != http.client.UNAUTHORIZED:
            raise
    else:
        raise DemoFailedError("The account still answered after logging out.")
    _done("Log out", "the account no longer answers")
    visitor.ask("POST", "/sessions", {"email": email, "password": password})
    visitor.ask("GET", "/account")
    _done("Log in", "with the password")


def show_catalogue(visitor: ApiClient) -> list[Video]:
    """List the videos, newest first."""
    videos = cast("list[Video]", _object(visitor.ask("GET", "/videos")[1])["items"])
    _require(bool(videos), "There is no video in the catalogue; `make up` uploads the samples.")
    _done("Catalogue", f"{len(videos)} videos")
    for video in videos:
        words = "with transcript" if video["transcript"] else "no transcript"
        facts = " · ".join([*video["formats"], words])
        console.print(
            f"{_INDENT}[cyan]{video['duration'] or 0:3.0f} s[/]  {escape(video['title'])}"
        )
        console.print(f"{_INDENT}       [dim]{escape(facts)}[/]")
    return videos


def choose(visitor: ApiClient, videos: list[Video]) -> tuple[Video, Rendition]:
    """Return the smallest file of at least ``LARGE`` bytes, once its checksum is known."""
    last = time.monotonic() + _CHECKSUM_TAKES
    while True:
        read = [_read_video(visitor, video["video_id"]) for video in videos]
        files = [(v, r) for v in read for r in v.get("renditions", []) if r["size_bytes"] >= LARGE]
        _require(bool(files), f"No file in the catalogue has {LARGE >> 20} MiB or more.")
        video, rendition = min(files, key=lambda file: file[1]["size_bytes"])
        if _sha256(rendition) is not None:
            return video, rendition
        _require(time.monotonic() < last, f"{rendition['file_name']} has no SHA-256 yet.")
        time.sleep(1)


def download(visitor: ApiClient, video: Video, rendition: Rendition) -> None:
    """Download a file, break off half-way, resume, and compare its checksum."""
    link = _make_link(visitor, video, rendition)
    size = link["size_bytes"]
    _done("Download link", f"{rendition['label']}, {size / 1e6:.0f} MB, until {link['expires_at']}")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    target = _FOLDER / Path(link["file_name"]).name
    target.unlink(missing_ok=True)
    columns = (TextColumn(" " * 18), BarColumn(32), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=size)
        _append(visitor, link, target, size // 2, (progress, bar))
        half = target.stat().st_size
        progress.console.print(
            f"[yellow]  ✂[/] [bold]Broken off[/]     at byte {half:,}, on purpose"
        )
        time.sleep(_PAUSE if console.is_terminal else 0)
        _append(visitor, link, target, size, (progress, bar))
    _done("Resumed", f"from byte {half:,}: the same link, and a fresh address behind it")
    _require(target.stat().st_size == size, "The file is not as long as the catalogue says.")
    with target.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    expected = _sha256(rendition)
    if found != expected:
        raise DemoFailedError(f"The checksum is {found}; the catalogue says {expected}.")
    _done("Checksum", f"SHA-256 {found[:16]}…{found[-8:]} is the catalogue's")
    console.print(f"{_INDENT}[dim]{target.relative_to(PROJECT)}[/]")


def _make_link(visitor: ApiClient, video: Video, rendition: Rendition) -> Link:
    path = f"/videos/{video['video_id']}/downloads"
    wanted: dict[str, str | bool] = {"rendition": rendition["rendition_id"]}
    try:
        answer = visitor.ask("POST", path, wanted)[1]
    except RefusedError as refused:
        version = refused.problem.get("terms_version")
        if refused.problem.get("code") != "terms_not_accepted" or version is None:
            raise
        _done("Terms of use", f"version {version}, accepted with the first download")
        answer = visitor.ask("POST", path, {**wanted, "terms_version": version})[1]
    return cast("Link", answer)


def _append(
    visitor: ApiClient, link: Link, target: Path, until: int, shown: tuple[Progress, TaskID]
) -> None:
    """Ask the link again where the bytes are, and go on where the file ends."""
    have = target.stat().st_size if target.exists() else 0
    with (
        visitor.fetch(visitor.follow(link["download_url"]), have) as answer,
        target.open("ab") as file,
    ):
        while have < until and (piece := answer.read(min(_PIECE, until - have))):
            file.write(piece)
            have += len(piece)
            shown[0].update(shown[1], completed=have)
    _require(have == until, f"The download ended by itself at byte {have:,}.")


def _await_code(mailbox_url: str, email: str) -> tuple[str, str]:
    last = time.monotonic() + _MAIL_TAKES
    with console.status("Waiting for the mail"):
        while time.monotonic() < last:
            for mail in _mails(mailbox_url):
                if mail["to"] == email and (found := _CODE.search(mail["subject"])):
                    return mail["subject"], found[1] + found[2]
            time.sleep(0.3)
    raise DemoFailedError(
        f"No code arrived in {mailbox_url} within {_MAIL_TAKES:.0f} s; `make logs` shows why."
    )


def _mails(mailbox_url: str) -> list[dict[str, str]]:
    try:
        with urllib.request.urlopen(f"{mailbox_url}/messages.json", timeout=30) as answer:  # noqa: S310 - our own file's address
            return cast("list[dict[str, str]]", json.load(answer))
    except (OSError, ValueError) as error:
        raise DemoFailedError(f"The mailbox at {mailbox_url} does not answer.") from error


def _read_video(visitor: ApiClient, video_id: str) -> Video:
    return cast("Video", visitor.ask("GET", f"/videos/{video_id}")[1])


def _sha256(rendition: Rendition) -> str | None:
    for checksum in rendition["checksums"]:
        if checksum["algorithm"] == "SHA256" and checksum["type"] == "FULL_OBJECT":
            return checksum["value"]
    return None


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise DemoFailedError("The service answered with something that is not an object.")
    return value


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001 - a condition and its sentence
    if not holds:
        raise DemoFailedError(sentence)


def _done(step: str, what: str) -> None:
    console.print(f"[green]  ✓[/] [bold]{step:<14}[/] {escape(what)}")


if __name__ == "__main__":
    sys.exit(main())
