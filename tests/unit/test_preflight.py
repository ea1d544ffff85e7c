"""`make preflight` reads alone, says what to do about each finding, and survives denied rights."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.denying import denying
from tests.support.template import ROOT, functions
from tools.preflight import __main__ as command
from tools.preflight import account, mail, quotas, site, watching
from tools.preflight.asking import (
    Aws,
    NoAnswerError,
    NotAllowedError,
    NotThereError,
    WouldChangeError,
)
from tools.preflight.lines import Check, Line, run
from tools.preflight.mail import NoDnsError
from tools.preflight.stage import Stage, UnknownStageError

REGION = "eu-central-1"
ACCOUNT = {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:role/deployer"}


def in_state(status: str) -> dict[str, Any]:
    return {"DescribeStacks": {"Stacks": [{"StackStatus": status}]}}


THERE = {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}
MISSING = NotThereError("not there")


def stage(**parameters: str) -> Stage:
    return Stage("dev", "newsreel-dev", REGION, {"Stage": "dev", **parameters})


class Answers(Aws):
    """An account that answers what a test says; what it does not mention is not there."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        super().__init__(REGION, boto3.Session(region_name=REGION))
        self._answers = {"GetCallerIdentity": ACCOUNT, **answers}

    def ask(
        self, service: str, operation: str, *, region: str | None = None, **arguments: object
    ) -> Mapping[str, Any]:
        answer = self._answers.get(operation, MISSING)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


def states(check: Check, answers: Mapping[str, Any], of: Stage) -> list[str]:
    return [line.state for line in run([("it", check)], Answers(answers), of)]


def put_on_path(program: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


MAILS = stage(MailDomain="mail.example.org", AlarmEmail="ops@example.org")
EXECUTIONS = {"GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 10}}}
ROLE = {"GetAccount": {"cloudwatchRoleArn": "arn:aws:iam::1:role/other-stack-Role-1"}}
OWN_ROLE = {"GetAccount": {"cloudwatchRoleArn": "arn:aws:iam::1:role/newsreel-dev-Role-1"}}
SANDBOX = {"SendQuota": {"Max24HourSend": 200, "MaxSendRate": 1}, "ProductionAccessEnabled": False}
PROVED = {
    "DkimAttributes": {"Status": "SUCCESS"},
    "MailFromAttributes": {"MailFromDomainStatus": "SUCCESS", "MailFromDomain": "bounce"},
}
FULL = {"Quantity": 20}
USED = {
    "ListDistributions": {"DistributionList": {"Quantity": 3}},
    "ListCachePolicies": {"CachePolicyList": {"Quantity": 18}},
    "ListResponseHeadersPolicies": {"ResponseHeadersPolicyList": {"Quantity": 3}},
    "ListFunctions": {"FunctionList": {"Quantity": 3}},
    "DescribeAlarms": {"MetricAlarms": [{}] * 4_100},
}
RAISED = {"Quotas": [{"QuotaName": "Cache policies per AWS account", "Value": 50.0}]}
SUBSCRIBED = {
    "ListSubscriptions": {
        "Subscriptions": [
            {
                "Protocol": "email",
                "Endpoint": "ops@example.org",
                "SubscriptionArn": "PendingConfirmation",
            },
            {"Protocol": "email", "Endpoint": "phone@example.org", "SubscriptionArn": "arn:aws:…"},
            {"Protocol": "sqs", "Endpoint": "arn:aws:…", "SubscriptionArn": "arn:aws:…"},
        ]
    }
}


def roles(used: int) -> dict[str, Any]:
    return {"SummaryMap": {"Roles": used, "RolesQuota": 1000}}


def stored(gibibytes: int) -> dict[str, Any]:
    used = {"TotalCodeSize": gibibytes * 1024**3}
    return {"AccountUsage": used, "AccountLimit": {"TotalCodeSize": 75 * 1024**3}}


def throttle(rate: float, burst: int) -> dict[str, Any]:
    return {"throttleSettings": {"rateLimit": rate, "burstLimit": burst}}


def sending(rate: float, a_day: float, sent: float) -> dict[str, Any]:
    quota = {"MaxSendRate": rate, "Max24HourSend": a_day, "SentLast24Hours": sent}
    return {"SendQuota": quota, "ProductionAccessEnabled": True}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("check", "answers", "of", "expected"),
    [
        (account.parameters, {}, stage(), ["look", "look"]),
        (account.parameters, {}, stage(SiteDomain="m.example.org", **MAILS.parameters), ["stop"]),
        (account.parameters, {}, MAILS, ["ok"]),
        (account.executions, EXECUTIONS, stage(), ["look"]),
        (account.executions, EXECUTIONS, stage(IngestConcurrency="2"), ["stop"]),
        (account.log_role, {"GetAccount": {}}, stage(), ["ok"]),
        (account.log_role, ROLE, stage(), ["stop"]),
        (account.log_role, OWN_ROLE, stage(), ["ok"]),
        (account.log_role, ROLE, stage(ApiGatewayLogRole="existing"), ["ok"]),
        (account.log_role, {"GetAccount": {}}, stage(ApiGatewayLogRole="existing"), ["stop"]),
        (account.python, {}, stage(PythonRuntime="python3.99"), ["stop"]),
        (account.budget, {}, stage(), ["look"]),
        (account.budget, {"DescribeBudgets": {"Budgets": [{"BudgetName": "b"}]}}, stage(), ["ok"]),
        (site.stack, {}, stage(), ["ok"]),
        (site.stack, {"DescribeStacks": THERE}, stage(), ["ok"]),
        (site.stack, in_state("REVIEW_IN_PROGRESS"), stage(), ["ok"]),
        (site.stack, in_state("UPDATE_ROLLBACK_FAILED"), stage(), ["stop"]),
        (site.stack, in_state("UPDATE_IN_PROGRESS"), stage(), ["stop"]),
        (site.stack, in_state("ROLLBACK_COMPLETE"), stage(), ["stop"]),
        (site.cloudfront, {"ListDistributions": {"DistributionList": {}}}, stage(), ["look"]),
        (site.cloudfront, {"ListDistributions": {"DistributionList": FULL}}, stage(), ["ok"]),
        (quotas.room, USED, stage(), ["ok", "stop", "ok", "ok", "look"]),
        (
            quotas.room,
            {**USED, "DescribeStacks": THERE},
            stage(),
            ["ok", "look", "ok", "ok", "look"],
        ),
        (quotas.room, {**USED, "ListServiceQuotas": RAISED}, stage(), ["ok"] * 4 + ["look"]),
        (
            quotas.room,
            {**USED, "ListServiceQuotas": NotAllowedError("servicequotas:ListServiceQuotas")},
            stage(),
            ["unseen", "ok", "stop", "ok", "ok", "look"],
        ),
        (
            quotas.room,
            {**USED, "ListCachePolicies": NotAllowedError("cloudfront:ListCachePolicies")},
            stage(),
            ["ok", "unseen", "ok", "ok", "look"],
        ),
        (quotas.roles, {"GetAccountSummary": roles(100)}, stage(), ["ok"]),
        (quotas.roles, {"GetAccountSummary": roles(790)}, stage(), ["look"]),
        (quotas.roles, {"GetAccountSummary": roles(995)}, stage(), ["stop"]),
        (
            quotas.roles,
            {"GetAccountSummary": roles(1000), "DescribeStacks": THERE},
            stage(),
            ["look"],
        ),
        (quotas.code, {"GetAccountSettings": stored(10)}, stage(), ["ok"]),
        (quotas.code, {"GetAccountSettings": stored(70)}, stage(), ["look"]),
        (quotas.gateway, {"GetAccount": throttle(10_000, 5_000)}, stage(), ["ok"]),
        (quotas.gateway, {"GetAccount": throttle(2_500, 1_250)}, stage(), ["look"]),
        (quotas.gateway, {"GetAccount": {}}, stage(), ["unseen"]),
        (watching.alarm_mails, SUBSCRIBED, stage(AlarmEmail="ops@example.org"), []),
        (watching.alarm_mails, {**SUBSCRIBED, "DescribeStacks": THERE}, stage(), []),
        (
            watching.alarm_mails,
            {**SUBSCRIBED, "DescribeStacks": THERE},
            stage(AlarmEmail="Ops@example.org", PageEmail="phone@example.org"),
            ["look", "ok"],
        ),
        (
            watching.alarm_mails,
            {"ListSubscriptions": {}, "DescribeStacks": THERE},
            stage(AlarmEmail="ops@example.org"),
            ["look"],
        ),
        (account.parameters, {}, stage(InboundMail="no", **MAILS.parameters), ["ok"]),
        (account.parameters, {}, stage(InboundMail="yes"), ["stop", "look", "look"]),
        (
            account.parameters,
            {},
            stage(InboundAfterRule="postmaster", **MAILS.parameters),
            ["stop"],
        ),
        (site.buckets, {}, stage(), ["ok"] * 3),
        (site.buckets, {"HeadBucket": {}}, stage(), ["stop"] * 3),
        (site.buckets, {"HeadBucket": {}, "DescribeStacks": THERE}, stage(), ["ok"] * 3),
        (site.buckets, {"HeadBucket": NotAllowedError("s3:HeadBucket")}, stage(), ["unseen"] * 3),
        (mail.sandbox, {"GetAccount": SANDBOX}, stage(), []),
        (mail.sandbox, {"GetAccount": SANDBOX}, MAILS, ["look"]),
        (mail.sandbox, {"GetAccount": {**SANDBOX, "SendingEnabled": False}}, MAILS, ["stop"]),
        (mail.sandbox, {"GetAccount": sending(14, 50_000, 100)}, MAILS, ["ok"]),
        (mail.sandbox, {"GetAccount": sending(14, 50_000, 45_000)}, MAILS, ["look"]),
        (mail.sandbox, {"GetAccount": sending(9, 50_000, 100)}, MAILS, ["look"]),
        (mail.identities, {}, MAILS, ["ok", "ok"]),
        (mail.identities, {"GetEmailIdentity": PROVED}, MAILS, ["stop", "stop"]),
        (
            mail.identities,
            {"GetEmailIdentity": PROVED, "DescribeStackResource": {}},
            MAILS,
            ["ok"] * 4,
        ),
        (
            mail.identities,
            {"GetEmailIdentity": {}},
            stage(MailIdentities="existing", **MAILS.parameters),
            ["look"] * 4,
        ),
        (mail.identities, {}, stage(MailIdentities="existing", **MAILS.parameters), ["stop"] * 2),
        (mail.receipt_rules, {}, MAILS, []),
        (
            mail.receipt_rules,
            {"DescribeActiveReceiptRuleSet": {"Metadata": {"Name": "office"}}},
            stage(InboundMail="yes"),
            ["stop"],
        ),
        (
            mail.receipt_rules,
            {"DescribeActiveReceiptRuleSet": {"Metadata": {"Name": "office"}}},
            stage(InboundMail="yes", InboundRuleSet="office"),
            ["ok"],
        ),
        (
            mail.receipt_rules,
            {"DescribeActiveReceiptRuleSet": {}},
            stage(InboundMail="yes"),
            ["look"],
        ),
    ],
)
def test_a_check_finds(
    check: Check, answers: Mapping[str, Any], of: Stage, expected: list[str]
) -> None:
    assert states(check, answers, of) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("echo python3.99", ["ok"], id="the Python itself"),
        pytest.param("echo not installed >&2; exit 127", ["stop"], id="a stand-in of another tool"),
        pytest.param("echo python3.98", ["stop"], id="another Python"),
    ],
)
def test_a_python_on_the_path_counts_if_it_is_the_one_that_its_name_says(
    script: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(tmp_path / "python3.99", script, monkeypatch)
    assert states(account.python, {}, stage(PythonRuntime="python3.99")) == expected


def test_each_function_that_reserves_executions_is_counted() -> None:
    reserving = [
        name
        for name, function in functions().items()
        if "HashingConcurrency" in str(function.properties.get("ReservedConcurrentExecutions"))
    ]
    limit = {"GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 100 + len(reserving)}}}
    assert states(account.executions, limit, stage(HashingConcurrency="1")) == ["ok"]
    assert states(account.executions, limit, stage(HashingConcurrency="2")) == ["stop"]


def test_the_rules_of_the_template_are_looked_at_before_it_is_deployed() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    rules = re.findall(r"AssertDescription: (\w+) needs (\w+)", text)
    assert dict(rules) == {**account.NEEDS, "prod": "MailDomain"}


def test_prod_without_a_mail_domain_is_stopped() -> None:
    prod = Stage("prod", "newsreel-prod", REGION, {})
    assert states(account.parameters, {}, prod) == ["stop", "look"]


def dns_states(records: Mapping[tuple[str, str], list[str]], of: Stage) -> list[tuple[str, str]]:
    found = mail.dns_records(Answers({}), of, look=lambda name, kind: records.get((name, kind), []))
    return [(line.what.split()[0], line.state) for line in found]


def test_a_mail_exchanger_elsewhere_is_refused() -> None:
    inbound = stage(InboundMail="yes", **MAILS.parameters)
    records = {
        ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none"],
        ("mail.example.org", "MX"): ["10 mx.office.example.org"],
        ("bounce.mail.example.org", "MX"): ["10 mx.office.example.org"],
    }
    assert dns_states(records, inbound) == [
        ("DMARC", "ok"),
        ("MX", "stop"),
        ("DMARC", "ok"),
        ("MX", "stop"),
    ]


def test_the_mail_exchangers_of_ses_are_right() -> None:
    inbound = stage(InboundMail="yes", **MAILS.parameters)
    records = {
        ("_dmarc.mail.example.org", "TXT"): ["v=DMARC1; p=none"],
        ("mail.example.org", "MX"): [f"10 inbound-smtp.{REGION}.amazonaws.com"],
        ("bounce.mail.example.org", "MX"): [f"10 feedback-smtp.{REGION}.amazonses.com"],
    }
    assert dns_states(records, inbound) == [("DMARC", "ok"), ("DMARC", "ok"), ("MX", "ok")]


def test_silence_of_dns_is_said() -> None:
    def silent(_name: str, _kind: str) -> list[str]:
        raise NoDnsError

    (line,) = mail.dns_records(Answers({}), MAILS, look=silent)
    assert line.state == "unseen"


def test_an_unknown_stage_names_those_that_there_are() -> None:
    with pytest.raises(UnknownStageError, match="local, dev, prod"):
        Stage.read("production")


@pytest.mark.parametrize(
    "operation", ["CreateStack", "PutBucketPolicy", "DeleteBucket", "SendEmail"]
)
def test_nothing_but_reading_is_ever_asked(operation: str) -> None:
    with pytest.raises(WouldChangeError):
        Aws(REGION).ask("s3", operation)


@pytest.mark.thorough
def test_each_denied_right_is_named_and_ends_no_other_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_on_path(tmp_path / "python3.13", "echo python3.13", monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr("sys.argv", ["preflight", "dev"])
    with denying() as (url, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert command.main() == 0
    printed = capsys.readouterr().out
    rights = set(re.findall(r"may not be read: (\w[\w-]*:\w+(?: on /account)?)", printed))
    assert rights == {
        "sts:GetCallerIdentity",
        "cloudformation:DescribeStacks",
        "lambda:GetAccountSettings",
        "apigateway:GET on /account",
        "cloudfront:ListDistributions",
        "cloudfront:ListCachePolicies",
        "cloudfront:ListResponseHeadersPolicies",
        "cloudfront:ListFunctions",
        "cloudwatch:DescribeAlarms",
        "iam:GetAccountSummary",
        "ce:GetCostAndUsage",
    }
    assert {one.partition(" ")[2] for one in asked} >= {"sts", "lambda", "cloudfront", "ce"}
    assert "Nothing that was seen would stop" in printed


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("no credentials", "There are no credentials."),
        ("ExpiredToken", "AWS refuses your credentials (ExpiredToken)."),
        ("EndpointConnectionError", "AWS does not answer (EndpointConnectionError)."),
    ],
)
def test_without_an_answer_to_who_asks_nothing_else_is_asked(
    kind: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = Answers({"GetCallerIdentity": NoAnswerError(kind)})
    monkeypatch.setattr(command, "Aws", lambda _region: answers)
    monkeypatch.setattr("sys.argv", ["preflight", "dev"])
    assert command.main() == 2
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.startswith(told)
    assert "aws sts get-caller-identity" in printed


def test_a_line_that_is_not_ok_says_what_to_do() -> None:
    everything = stage(
        InboundMail="yes", SiteDomain="m.example.org", IngestConcurrency="2", **MAILS.parameters
    )
    answers = {**EXECUTIONS, **ROLE, "HeadBucket": {}, "GetEmailIdentity": {}}
    checks = [one for one in command.CHECKS if one[0] != "DNS"]
    lines: list[Line] = list(run(checks, Answers(answers), everything))
    assert {line.state for line in lines} >= {"stop", "look", "unseen"}
    for line in lines:
        assert line.state == "ok" or line.to_do, line
