"""Looks at what may end a deployment: `make preflight STAGE=dev`. It reads, and changes nothing.

Exit status: 0 if nothing that was seen would stop the deployment, 1 if something would, 2 if nobody
could be asked: the stage is unknown or, for `local`, not up, or AWS takes no credentials of yours.
"""

import argparse
import os
import sys

from rich.console import Console

from infra.local import administrator
from infra.local.paths import Stack as LocalStack
from tools.preflight import account, mail, quotas, site, watching
from tools.preflight.asking import NO_CREDENTIALS, Aws, NoAnswerError, NotAllowedError
from tools.preflight.lines import Check, run, show
from tools.preflight.stage import Stage, UnknownStageError

_REFUSED = frozenset(
    {"ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "TokenRefreshRequired"}
    | {"UnauthorizedSSOTokenError", "SSOTokenLoadError"}
)
CHECKS: list[tuple[str, Check]] = [
    ("Identity", account.identity),
    ("Parameters", account.parameters),
    ("Stack", site.stack),
    ("Functions at once", account.executions),
    ("API Gateway's log role", account.log_role),
    ("CloudFront", site.cloudfront),
    ("Quotas", quotas.room),
    ("Roles", quotas.roles),
    ("Code of functions", quotas.code),
    ("API Gateway", quotas.gateway),
    ("Buckets", site.buckets),
    ("SES", mail.sandbox),
    ("Mail domains", mail.identities),
    ("DNS", mail.dns_records),
    ("Receipt rule set", mail.receipt_rules),
    ("Bytecode", account.python),
    ("Alarm mails", watching.alarm_mails),
    ("Budget", account.budget),
    ("Cost this month", account.cost),
]


def main() -> int:
    """Look, and print what was found."""
    parser = argparse.ArgumentParser(prog="make preflight STAGE=…", description=__doc__)
    parser.add_argument("stage", help="a section of samconfig.toml, such as dev")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    try:
        stage = Stage.read(parser.parse_args().stage)
    except UnknownStageError as unknown:
        console.print(str(unknown), markup=False, style="bold red")
        return 2
    try:
        aws, where = _aws(stage)
    except FileNotFoundError:
        console.print("The local stack is not up; `make up` starts it.", style="bold red")
        return 2
    silence = _silence(aws)
    if silence:
        console.print(silence, markup=False, style="bold red")
        return 2
    lines = list(run(CHECKS, aws, stage))
    show(console, lines, f"Before deploying {stage.stack} to {stage.region}{where}")
    return 1 if any(line.state == "stop" for line in lines) else 0


def _aws(stage: Stage) -> tuple[Aws, str]:
    """Return whom to ask, and where that is if it is not AWS itself."""
    if stage.name == "local":
        url = LocalStack.read().aws_endpoint_url
        return Aws(stage.region, administrator.session(), url), f" at {url}"
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return Aws(stage.region), f" at {endpoint}" if endpoint else ""


def _silence(aws: Aws) -> str:
    """Return why AWS would answer nothing at all, and what to do; empty if it answers."""
    try:
        aws.ask("sts", "GetCallerIdentity")
    except NoAnswerError as failed:
        kind = str(failed)
        if kind == NO_CREDENTIALS:
            why = "There are no credentials. `aws configure sso` makes some; or set AWS_PROFILE."
        elif kind in _REFUSED:
            why = f"AWS refuses your credentials ({kind}). Log in again: `aws sso login`."
        else:
            why = f"AWS does not answer ({kind}). Is there a network, and is the region right?"
        return f"{why} `aws sts get-caller-identity` has to answer first."
    except NotAllowedError:
        return ""  # told as a line of its own
    return ""


if __name__ == "__main__":
    sys.exit(main())
