"""Sees that a deployment works, from outside: `make smoke URL=https://media.example.org`.

It registers, reads the code, resets the password, uploads a folder, follows a link to its bytes,
and takes away what it can. Exit status: 0 if every step that was tried holds, 1 if one does not, 2
if there is nothing to be tried.
"""

import argparse
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "code"))

from newsreel.version import VERSION

from tools.smoke import account, folder, logs, outside
from tools.smoke.deployment import Deployment
from tools.smoke.trial import NotTriedError, StepFailedError, Trial, show
from tools.smoke.web import Visitor


def main() -> int:
    """Try everything, and print what came of it."""
    parser = argparse.ArgumentParser(prog="make smoke URL=…", description=__doc__)
    parser.add_argument("url", help="where people open the site")
    parser.add_argument("--stack", default="", help="its stack, such as newsreel-dev")
    parser.add_argument("--region", default="", help="where the stack is, if not your default")
    asked = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    parts = urlsplit(asked.url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        console.print(f"{asked.url} is no address of a website.", markup=False, style="bold red")
        return 2
    try:
        deployment = Deployment.find(asked.url.rstrip("/"), asked.stack, asked.region)
    except NotTriedError as missing:
        console.print(str(missing), markup=False, style="bold red")
        return 2
    trial = Trial()
    if console.is_terminal:
        trial.watch = lambda step: console.print(f"  {step.state:9} {step.what}", markup=False)
    run(trial, deployment)
    show(console, trial, f"Smoke test of {deployment.site_url}")
    return 1 if trial.failed else 0


def run(trial: Trial, deployment: Deployment) -> None:
    """Try a deployment from the outside in."""
    began = time.time()
    visitor = Visitor(deployment.site_url)
    outside.look(trial, visitor, VERSION)
    person = _enter(trial, visitor, deployment)
    signed_in = person is not None and person.is_signed_in
    _download(trial, visitor, deployment, is_signed_in=signed_in)
    if person:
        account.leave(trial, visitor, person)
    try:
        client = deployment.client("logs")
    except NotTriedError as missing:
        trial.skip(*logs.STEPS, because=str(missing))
    else:
        logs.look(trial, client, deployment.stack, began)


def _enter(trial: Trial, visitor: Visitor, deployment: Deployment) -> account.Person | None:
    try:
        mailbox = deployment.mailbox()
    except NotTriedError as missing:
        trial.skip(*account.STEPS, because=str(missing))
        return None
    return account.register(trial, visitor, mailbox)


def _download(
    trial: Trial, visitor: Visitor, deployment: Deployment, *, is_signed_in: bool
) -> None:
    production = deployment.stage == "prod"
    uploaded = None
    try:
        s3 = deployment.client("s3")
    except NotTriedError as missing:
        trial.skip("Upload", "Receipt", because=str(missing))
    else:
        bucket = deployment.outputs["MediaBucket"]
        uploaded = folder.upload(trial, s3, bucket, is_production=production)
    own = uploaded.video_id if uploaded and uploaded.is_taken_in else ""
    video_id = own if own and not production else _some_video(visitor)
    if not is_signed_in:
        trial.skip(*folder.DOWNLOAD_STEPS, because="nobody is signed in")
    elif not video_id:
        trial.skip(*folder.DOWNLOAD_STEPS, because="there is no video")
    else:
        folder.download(trial, visitor, video_id)
    if uploaded:
        folder.take_away(trial, visitor, uploaded, was_public=bool(own) and not production)


def _some_video(visitor: Visitor) -> str:
    try:
        items = visitor.send("GET", "/api/videos").json().get("items", [])
    except StepFailedError:
        return ""  # told as "Catalogue" already
    return str(items[0]["video_id"]) if items else ""


if __name__ == "__main__":
    sys.exit(main())
