"""Decides what of the account itself stands in the way: who asks, executions, log role, money."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tools.preflight.asking import Aws, NotThereError
from tools.preflight.lines import Line, State
from tools.preflight.stage import PROJECT, Stage

ENOUGH_EXECUTIONS = 100
"""Below, people wait for mails and uploads that run; AWS keeps 100 of them from being reserved."""
_UNRESERVED = 100
NEEDS = {
    "SiteDomain": "CertificateArn",
    "InboundMail": "MailDomain",
    "NewsletterDomain": "MailDomain",
    "InboundAfterRule": "InboundRuleSet",
}
"""Parameters that belong together, as the template's Rules have it."""
_TO_DO = {
    "SiteDomain": "Deploy infra/edge.yaml in us-east-1, and give its output CertificateArn.",
    "InboundMail": "Set MailDomain: docs/mail.md#domains.",
    "NewsletterDomain": "Set MailDomain: docs/mail.md#domains.",
    "InboundAfterRule": "Name the set that has this rule in InboundRuleSet, or leave out both.",
}
_UV = Path(sys.executable).with_name("uv")
_QUOTA_PAGE = "https://console.aws.amazon.com/servicequotas"


def identity(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say who asks, of which account, and which region is deployed to."""
    caller = aws.ask("sts", "GetCallerIdentity")
    who = str(caller["Arn"]).rpartition(":")[2]
    found = f"{who} of account {caller['Account']}, region {stage.region}"
    if who == "root":
        yield Line("Identity", "look", found, "Deploy with a role, not as the account's root.")
    else:
        yield Line("Identity", "ok", found)


def parameters(_aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say which parameters belong together and are not."""
    lacking = False
    for name, needs in NEEDS.items():
        if stage.of(name) not in {"", "no"} and not stage.of(needs):
            lacking = True
            yield Line(
                name, "stop", f"set without {needs}: the deployment is refused", _TO_DO[name]
            )
    asked: list[tuple[str, str, State]] = [
        (
            "MailDomain",
            "nobody can register without it",
            "stop" if stage.of("Stage", stage.name) == "prod" else "look",
        ),
        ("AlarmEmail", "alarms only change state without it", "look"),
    ]
    for name, why, state in asked:
        if not stage.of(name):
            lacking = True
            to_do = f"Set it in samconfig.toml, under {stage.name}."
            yield Line(name, state, f"not set: {why}", to_do)
    if not lacking:
        yield Line("Parameters", "ok", "those that belong together are set")


def executions(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say how many functions may run at once, and whether what is reserved leaves enough."""
    limit = int(aws.ask("lambda", "GetAccountSettings")["AccountLimit"]["ConcurrentExecutions"])
    reserved = int(stage.of("HashingConcurrency", "0")) * _hashing_functions()
    reserved += int(stage.of("IngestConcurrency", "0"))
    ask_for = f"Ask for 1,000 in Service Quotas (Lambda, L-B99A9384): {_QUOTA_PAGE}"
    if reserved and limit - reserved < _UNRESERVED:
        found = f"{limit} at once, and {reserved} are to be reserved; {_UNRESERVED} must stay free"
        to_do = f"Set HashingConcurrency and IngestConcurrency to 0. {ask_for}"
        yield Line("Functions at once", "stop", found, to_do)
    elif limit < ENOUGH_EXECUTIONS:
        found = f"{limit} at once, for people, mails and uploads together"
        yield Line("Functions at once", "look", found, ask_for)
    else:
        yield Line("Functions at once", "ok", f"{limit}")


def _hashing_functions() -> int:
    """Return how many functions reserve as many executions as HashingConcurrency says."""
    template = (PROJECT / "template.yaml").read_text(encoding="utf-8")
    return template.count("!If [HasHashingConcurrency, !Ref HashingConcurrency,")


def log_role(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether the account's one log role of API Gateway is there, and whose it is."""
    arn = str(aws.ask("apigateway", "GetAccount").get("cloudwatchRoleArn") or "")
    creates = stage.of("ApiGatewayLogRole", "create") == "create"
    what = "API Gateway's log role"
    if not arn and not creates:
        to_do = "Deploy infra/account.yaml first, or set ApiGatewayLogRole to create."
        yield Line(what, "stop", "there is none, and the stage expects one", to_do)
    elif arn and creates and f"/{stage.stack}-" not in arn:
        to_do = f'Set ApiGatewayLogRole = "existing" under {stage.name}: there is one per region.'
        yield Line(what, "stop", f"there is one already: {arn.rpartition('/')[2]}", to_do)
    else:
        yield Line(what, "ok", "this stack makes it" if creates else "there is one")


def python(_aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether the Python that writes the layers' bytecode is there: without it, no deployment.

    The local stack is built with this machine's own Python.
    """
    if stage.name == "local":
        return
    wanted = stage.of("PythonRuntime", "python3.13")
    if _is_found_by_the_build(wanted):
        yield Line("Bytecode", "ok", f"{wanted} is there to write it")
    else:
        to_do = f".venv/bin/uv python install {wanted.removeprefix('python')}"
        yield Line("Bytecode", "stop", f"no {wanted}: make deploy stops without bytecode", to_do)


def _is_found_by_the_build(wanted: str) -> bool:
    """Tell whether layers/layer.mk finds this Python: one that uv brought, or one on the PATH."""
    find = ["python", "find", "--no-project", "--managed-python", "--no-python-downloads"]
    by_uv = _said(str(_UV), *find, wanted.removeprefix("python"))
    interpreter = by_uv or shutil.which(wanted)
    # A name on the PATH may be another tool's stand-in, which only says that there is none.
    version = 'import sys; print("python%d.%d" % sys.version_info[:2])'
    return bool(interpreter) and _said(str(interpreter), "-S", "-c", version) == wanted


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def budget(aws: Aws, _stage: Stage) -> Iterator[Line]:
    """Say whether somebody is told when costs rise."""
    account = str(aws.ask("sts", "GetCallerIdentity")["Account"])
    try:
        budgets = aws.ask("budgets", "DescribeBudgets", region="us-east-1", AccountId=account)
    except NotThereError:
        budgets = {}
    names = [str(one["BudgetName"]) for one in budgets.get("Budgets", ())]
    if names:
        yield Line("Budget", "ok", ", ".join(sorted(names)))
    else:
        to_do = "Deploy infra/account.yaml with BudgetEmail: it mails at 80 % and before 100 %."
        yield Line("Budget", "look", "none: nobody is told when costs rise", to_do)


def cost(aws: Aws, _stage: Stage) -> Iterator[Line]:
    """Say what this month cost so far; the question itself costs 0.01 USD."""
    today = datetime.now(UTC).date()
    answer = aws.ask(
        "ce",
        "GetCostAndUsage",
        region="us-east-1",
        TimePeriod={"Start": f"{today:%Y-%m}-01", "End": _after(today).isoformat()},
        Granularity="MONTHLY",
        Metrics=["UnblendedCost"],
    )
    (month,) = answer["ResultsByTime"]
    amount = month["Total"]["UnblendedCost"]
    so_far = float(amount["Amount"])
    days = today.day
    estimated = so_far / days * _days_in(today)
    found = f"{so_far:.2f} {amount['Unit']} so far, some {estimated:.0f} by its end at this pace"
    yield Line("Cost this month", "ok", f"{found} (whole account)", "What to expect: docs/cost.md")


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _days_in(day: date) -> int:
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first_of_next - timedelta(days=1)).day
