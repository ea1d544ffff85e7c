"""What the business does is counted, once each, and no line says of whom."""

from collections.abc import Mapping
from typing import get_args

import pytest
from newsreel.lambda_runtime.gauges import Measured
from newsreel.lambda_runtime.metrics import NAMESPACE, Counted
from newsreel.synthetic import registration as canary_rule
from newsreel.synthetic.registration import CanaryFailedError, try_registration
from werkzeug.test import Client

from functions.canary import app as canary_app
from functions.mail_redrive import app as mail_redrive_app
from tests.support import uploads
from tests.support.accounts import (
    confirm,
    deliver,
    log_in,
    newest_code,
    open_account,
    register,
    send_new_code,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.counted import Written, metrics_in
from tests.support.gateway import STAGE, gateway
from tests.support.log_capture import CapturedOutput
from tests.support.scenarios import publish
from tests.support.told_mails import mail_of, tell

ADDRESS = "jane@example.org"
OF_ALL = {("Stage", "test"), ("service", "newsreel")}


def counted(captured: CapturedOutput, name: str) -> list[float]:
    return [one.value for one in metrics_in(captured.texts()) if one.name == name]


def written(captured: CapturedOutput) -> list[Written]:
    return metrics_in(captured.texts())


class InProcessSite:
    """The API in this process, with a stream and an SES that act whenever the canary waits."""

    def __init__(self, cloud: Cloud, *, delivers: bool = True) -> None:
        self._client, self._cloud, self._delivers = Client(gateway), cloud, delivers
        self.time = 0.0

    def ask(
        self, method: str, path: str, body: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, object]]:
        reply = self._client.open(f"{STAGE}{path}", method=method, json=body)
        return reply.status_code, dict(reply.get_json())

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        deliver(self._cloud.dynamodb)
        if self._delivers:
            tell("delivery", mail=mail_of("success@simulator.amazonses.com"))


def test_a_code_is_counted_when_asked_for_sent_delivered_and_confirmed(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    flow_id = register(ADDRESS).json["registration_id"]
    deliver(cloud.dynamodb)
    tell("delivery")
    confirm(flow_id, newest_code(ADDRESS))
    values = {one.name: (one.value, one.unit, set(one.dimensions)) for one in written(captured)}
    for name in ("Requested", "Handled", "Sent", "Delivered", "Confirmed"):
        assert values[f"Codes{name}"] == (1.0, "Count", OF_ALL), name


def test_a_repeated_start_and_a_wrong_code_count_no_code(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    key = {"Idempotency-Key": "8d2f1d0e-0000-4000-8000-000000000001"}
    flow_id = register(ADDRESS, headers=key).json["registration_id"]
    register(ADDRESS, headers=key)
    deliver(cloud.dynamodb)
    wrong = "000000" if newest_code(ADDRESS) != "000000" else "111111"
    assert confirm(flow_id, wrong).code == "code_wrong"
    names = [one.name for one in written(captured)]
    assert names.count("CodesRequested") == 1
    assert "CodesConfirmed" not in names


def test_another_code_is_counted_as_asked_for(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    flow_id = register(ADDRESS).json["registration_id"]
    fake_clock.forward(minutes=1)
    send_new_code(flow_id)
    assert counted(captured, "CodesRequested") == [1, 1]


def test_a_refusal_is_counted_by_its_code(cloud: Cloud, captured: CapturedOutput) -> None:
    log_in(ADDRESS, "not the password")
    (refusal,) = [one for one in written(captured) if one.name == "Refusals"]
    assert refusal.dimensions == OF_ALL | {("Code", "wrong_credentials")}


def test_a_link_is_counted_with_the_bytes_that_it_promises(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    publish()
    link = uploads.make_link(open_account(cloud.dynamodb, ADDRESS).cookie).json
    values = {one.name: (one.value, one.unit) for one in written(captured)}
    assert values["LinksMade"] == (1, "Count")
    assert values["BytesPromised"] == (link["size_bytes"], "Bytes")


def test_the_redrive_measures_what_waits_and_how_much_of_the_quota_is_used(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    mail_redrive_app.handler({}, None)  # type: ignore[arg-type]
    values = {one.name: (one.value, one.unit) for one in written(captured)}
    assert values["WaitingMails"] == (0, "Count")
    assert values["OldestWaitingMail"] == (0, "Seconds")
    assert values["MailQuotaUsed"][1] == "Percent"


def test_the_minutes_look_measures_the_folders_that_are_due(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    uploads.tick()
    assert counted(captured, "FoldersDue") == [0]


def test_a_trial_registration_ends_when_its_mail_was_delivered(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    site = InProcessSite(cloud)
    took = try_registration(site, now=site.now, sleep=site.sleep)
    assert took == canary_rule.EVERY


@pytest.mark.thorough
def test_a_trial_registration_whose_mail_never_arrives_fails(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    site = InProcessSite(cloud, delivers=False)
    with pytest.raises(CanaryFailedError, match="not delivered in time"):
        try_registration(site, now=site.now, sleep=site.sleep)


def test_the_canary_measures_success_and_failure(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, captured: CapturedOutput
) -> None:
    monkeypatch.setattr(canary_app, "try_registration", lambda *_, **__: 4.5)
    canary_app.handler({}, None)  # type: ignore[arg-type]

    def fails(*_: object, **__: object) -> float:
        raise CanaryFailedError("start answered 503")

    monkeypatch.setattr(canary_app, "try_registration", fails)
    canary_app.handler({}, None)  # type: ignore[arg-type]
    found = written(captured)
    assert [one.value for one in found if one.name == "CanaryDelivered"] == [1, 0]
    assert [(one.value, one.unit) for one in found if one.name == "CanaryTime"] == [
        (4.5, "Seconds")
    ]


def test_every_metric_has_a_place_of_its_own() -> None:
    assert not {*get_args(Counted)} & {*get_args(Measured)}
    assert NAMESPACE == "Newsreel"
