"""Brings the whole service up on this machine, changes parts of it, and takes it down again."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict

from infra.local import deployment, samples, services
from infra.local.node import NotFetchedError
from infra.local.paths import LOCAL, PROJECT, SCRATCH, STACK_FILE, Ports, Stack
from infra.local.processes import NotStartedError, recorded, stop
from infra.local.progress import StepFailedError, console, run, step
from tools import website_bundles

_COST = (
    "Takes 1 to 3 minutes the first time, then half a minute, 2 GB of disk (.venv, .local),\n"
    "1 to 2 GB of memory, and the ports {site}, {aws}, {mail} and {inbound} of this machine alone."
)

_STARTED = (samples.MAKER, services.EXCHANGE, services.DOOR, services.AWS)


def up(ports: Ports, fetching: Mapping[str, str]) -> None:
    """Build, start, deploy, publish, upload; a second time, update what is there."""
    _refuse_other_ports(ports)
    services.refuse_taken_ports(ports)
    console.print(_COST.format(**asdict(ports)), markup=False)
    with step("Preparing the functions' Python"):
        deployment.make_bare_runtime(fetching)
    door = services.start_front_door(ports)
    aws = services.start_local_aws(ports)
    exchange = services.start_exchange(ports)
    with step("Building functions and layers"):
        deployment.build(ports, fetching)
    maker = samples.start_making(ports)
    with step("Starting the local AWS and the mailbox"):
        services.await_ready(ports, aws, door, exchange)
    with step("Deploying template.yaml to it"):
        stack = deployment.deploy(ports)
        deployment.activate_receipt_rules(stack)
        stack.write()
    site(stack, fetching)
    samples.await_made(maker)
    samples.await_catalogue(stack, samples.upload(stack))
    _print_addresses(stack)


def down() -> None:
    """End all that runs, and forget what it held."""
    ended = [name for name in _STARTED if stop(name)]
    STACK_FILE.unlink(missing_ok=True)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    console.print(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.", markup=False)


def site(stack: Stack, fetching: Mapping[str, str]) -> None:
    """Publish the website as it is in the work tree."""
    with step("Publishing the website"):
        try:
            website_bundles.fetch(fetching)
        except NotFetchedError as missing:
            raise StepFailedError(str(missing)) from missing
        command = [sys.executable, str(PROJECT / "tools" / "publish_website.py")]
        command += ["--bucket", stack.outputs["SiteBucket"], "--site-url", stack.site_url]
        command += ["--organisation", stack.outputs["Organisation"]]
        command += ["--contact-email", stack.outputs.get("ContactEmail", "")]
        command += ["--endpoint-url", stack.aws_endpoint_url]
        run("website", command, os.environ)


def functions(ports: Ports, fetching: Mapping[str, str]) -> None:
    """Build what changed of functions and layers and deploy it."""
    running()
    with step("Building what changed"):
        deployment.build(ports, fetching)
    with step("Deploying it"):
        deployment.deploy(ports).write()


def running() -> Stack:
    """Return the stack that is up; NotStartedError with what to do when there is none."""
    if not STACK_FILE.exists() or not recorded(services.AWS) or not recorded(services.DOOR):
        raise NotStartedError("The local stack is not up; `make up` starts it.")
    return Stack.read()


def _refuse_other_ports(ports: Ports) -> None:
    if STACK_FILE.exists() and recorded(services.AWS):
        there = Stack.read()
        if (there.site_url, there.aws_endpoint_url) != (ports.site_url, ports.aws_url):
            raise NotStartedError(
                f"The local stack is already up on {there.site_url}; `make down` ends it first."
            )


def _print_addresses(stack: Stack) -> None:
    console.print(
        f"\n  Site     {stack.site_url}\n"
        f"  API      {stack.api_url}\n"
        f"  Mailbox  {stack.mailbox_url}\n"
        f"  Mail in  {stack.smtp_url}\n"
        f"  Uploads  s3://{stack.media_bucket}/incoming/<video id>/\n"
        f"  AWS      {stack.aws_endpoint_url} ({stack.region})\n\n"
        "  `make demo` does the main job in this terminal; `make down` ends everything.\n"
        f"  The same for programs: {(LOCAL / 'stack.json').relative_to(PROJECT)}",
        markup=False,
    )
