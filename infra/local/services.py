"""Starts the two programs that run behind the local stack: the local AWS and the front door."""

import sys
import urllib.error
import urllib.request

from infra.local import clean_environment
from infra.local.paths import HOME, REGION, SCRATCH, Ports
from infra.local.processes import Recorded, recorded, refuse_taken_port, start, wait_for

AWS = "local-aws"
DOOR = "front-door"

_CONCURRENCY = 32


def refuse_taken_ports(ports: Ports) -> None:
    """Raise NotStartedError when a port that we need belongs to another program."""
    if not recorded(AWS):
        refuse_taken_port(ports.aws, "NEWSREEL_AWS_PORT", "the local AWS")
    if not recorded(DOOR):
        refuse_taken_port(ports.site, "NEWSREEL_PORT", "the site")
        refuse_taken_port(ports.mail, "NEWSREEL_MAIL_PORT", "mail")


def start_local_aws(ports: Ports, name: str = AWS) -> Recorded:
    """Start a local AWS under a name, or return the one that runs."""
    environment = {
        **clean_environment.for_functions(ports),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(ports.aws),
        "MINISTACK_REGION": REGION,
        # Policies are evaluated and signatures checked; what that takes stands in rights.py.
        "AUTH": "true",
        # Its listener for devices takes every interface; nothing here speaks MQTT or SFTP.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # One worker process per parallel request: unbounded, 200 at once take 12 GB.
        "LAMBDA_ACCOUNT_CONCURRENCY": str(_CONCURRENCY),
        # A worker that nobody needs gives its memory back after a minute, not after five.
        "LAMBDA_WARM_TTL_SECONDS": "60",
        # At start it would remove the containers of another MiniStack on this machine.
        "DOCKER_HOST": f"unix://{HOME}/no-docker.sock",
        "LOG_LEVEL": "WARNING",
        "SMTP_HOST": f"127.0.0.1:{ports.mail}",
        "S3_DATA_DIR": str(SCRATCH / "s3"),
        "PYTHONPATH": "",
    }
    command = [sys.executable, "-m", "infra.local.patched_ministack"]
    return recorded(name) or start(name, command, environment)


def start_front_door(ports: Ports) -> Recorded:
    """Start front door and mailbox, or return the ones that run."""
    command = [sys.executable, "-m", "infra.local.front_door"]
    environment = {
        **clean_environment.closed(ports),
        "NEWSREEL_PORT": str(ports.site),
        "NEWSREEL_AWS_PORT": str(ports.aws),
        "NEWSREEL_MAIL_PORT": str(ports.mail),
    }
    return recorded(DOOR) or start(DOOR, command, environment)


def await_ready(ports: Ports, aws: Recorded, door: Recorded) -> None:
    """Wait until both answer."""
    wait_for(aws, lambda: aws_answers(ports), within=60)
    wait_for(door, lambda: _answers(f"{ports.site_url}/mailbox/messages.json"), within=20)


def aws_answers(ports: Ports) -> bool:
    """Tell whether the local AWS is ready."""
    return _answers(f"{ports.aws_url}/_ministack/ready")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(clean_environment.assert_loopback(url), timeout=5) as answer:  # noqa: S310
            status: int = answer.status
            return status == 200  # noqa: PLR2004
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
