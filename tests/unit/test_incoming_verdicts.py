"""The local listener judges mails by real checks, and runs receipt rules as SES does."""

import json
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from infra.local.incoming.rules import Arrived, Receiving
from infra.local.incoming.verdicts import EICAR, GTUBE, Handover, judge
from infra.local.incoming.zone import EVERY_DOMAIN, Zone
from tests.support.incoming import raw_mail
from tests.support.senders import (
    LOOPBACK_SENDS,
    NOBODY_SENDS,
    REJECT,
    add_records,
    domain_records,
    signed,
)


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    made = Zone(tmp_path / "dns.json")
    made.path.write_text("{}", encoding="utf-8")
    for records in (
        domain_records("signs.example", spf=NOBODY_SENDS, dmarc=REJECT, keys=True),
        domain_records("sends.example", spf=LOOPBACK_SENDS, dmarc=REJECT),
        domain_records("with-hyphen.example", spf=LOOPBACK_SENDS, dmarc=REJECT),
        domain_records("plain.example"),
        domain_records("evil.example", spf=LOOPBACK_SENDS, keys=True),
    ):
        add_records(made.path, records)
    return made


def verdicts(zone: Zone, raw: bytes, sender: str) -> tuple[str, str, str]:
    found = judge(raw, Handover("127.0.0.1", "client.example", sender), zone)
    return found["spf"], found["dkim"], found["dmarc"]


def by(domain: str) -> bytes:
    return raw_mail(sender=f"ada@{domain}")


def test_a_mail_signed_by_its_own_domain_passes(zone: Zone) -> None:
    raw = signed(by("signs.example"), "signs.example")
    assert verdicts(zone, raw, "ada@signs.example") == ("FAIL", "PASS", "PASS")


def test_a_mail_from_the_domains_own_server_passes(zone: Zone) -> None:
    assert verdicts(zone, by("sends.example"), "ada@sends.example") == ("PASS", "GRAY", "PASS")


def test_a_hyphen_in_the_domain_changes_nothing(zone: Zone) -> None:
    found = verdicts(zone, by("with-hyphen.example"), "ada@with-hyphen.example")
    assert found == ("PASS", "GRAY", "PASS")


def test_a_subdomain_of_the_author_is_aligned(zone: Zone) -> None:
    add_records(zone.path, domain_records("bounce.sends.example", spf=LOOPBACK_SENDS))
    assert verdicts(zone, by("sends.example"), "x@bounce.sends.example")[2] == "PASS"


def test_a_forged_author_fails(zone: Zone) -> None:
    assert verdicts(zone, by("sends.example"), "eve@plain.example") == ("GRAY", "GRAY", "FAIL")


def test_a_forged_author_with_a_foreign_spf_pass_fails(zone: Zone) -> None:
    assert verdicts(zone, by("sends.example"), "eve@evil.example") == ("PASS", "GRAY", "FAIL")


@pytest.mark.thorough
def test_a_domain_without_records_is_gray(zone: Zone) -> None:
    assert verdicts(zone, by("plain.example"), "ada@plain.example") == ("GRAY", "GRAY", "GRAY")


def test_a_mail_changed_after_signing_fails(zone: Zone) -> None:
    raw = signed(by("signs.example"), "signs.example").replace(b"Hello", b"Other")
    assert verdicts(zone, raw, "ada@signs.example") == ("FAIL", "FAIL", "FAIL")


def test_two_authors_fail(zone: Zone) -> None:
    raw = b"From: eve@evil.example\r\n" + by("sends.example")
    assert verdicts(zone, raw, "ada@sends.example")[2] == "FAIL"


def test_a_foreign_signature_and_spf_pass_leave_an_author_without_dmarc_gray(zone: Zone) -> None:
    raw = signed(by("plain.example"), "evil.example")
    assert verdicts(zone, raw, "eve@evil.example") == ("PASS", "PASS", "GRAY")


@pytest.mark.thorough
def test_this_machine_sends_for_every_domain_until_the_file_says_otherwise(tmp_path: Path) -> None:
    zone = Zone(tmp_path / "dns.json")
    zone.write_unless_there()
    assert json.loads(zone.path.read_text()) == EVERY_DOMAIN
    assert verdicts(zone, by("any.test"), "ada@any.test") == ("PASS", "GRAY", "PASS")
    assert verdicts(zone, by("any.test"), "eve@other.test") == ("PASS", "GRAY", "FAIL")


def test_a_signature_whose_key_is_not_there_fails(tmp_path: Path) -> None:
    zone = Zone(tmp_path / "dns.json")
    zone.write_unless_there()
    raw = signed(by("any.test"), "any.test")
    assert verdicts(zone, raw, "ada@any.test") == ("PASS", "FAIL", "PASS")


def test_the_scanners_know_their_test_mails(zone: Zone) -> None:
    handover = Handover("127.0.0.1", "x", "ada@sends.example")
    spam = judge(raw_mail(body=GTUBE.decode()), handover, zone)
    virus = judge(raw_mail(body=EICAR.decode()), handover, zone)
    assert (spam["spam"], spam["virus"]) == ("FAIL", "PASS")
    assert (virus["spam"], virus["virus"]) == ("PASS", "FAIL")


def rule(
    name: str, *recipients: str, stop: bool = False, enabled: bool = True
) -> dict[str, object]:
    store = {"BucketName": name, "ObjectKeyPrefix": "inbound/", "TopicArn": f"topic-{name}"}
    ending = [{"StopAction": {"Scope": "RuleSet"}}] if stop else []
    return {
        "Name": name,
        "Enabled": enabled,
        "Recipients": list(recipients),
        "Actions": [{"S3Action": store}, *ending],
    }


def receiving(*rules: dict[str, object]) -> Receiving:
    ses = MagicMock()
    ses.describe_active_receipt_rule_set.return_value = {"Rules": list(rules)} if rules else {}
    return Receiving(ses=ses, s3=MagicMock(), sns=MagicMock())


def told(aws: Receiving, *recipients: str, raw: bytes | None = None) -> list[dict[str, object]]:
    grades = judge(b"", Handover("127.0.0.1", "x", ""), _nothing_known())
    aws.receive(Arrived(raw or raw_mail(), "ada@example.org", recipients, grades))
    publish: MagicMock = aws.sns.publish  # type: ignore[assignment]
    return [json.loads(call.kwargs["Message"]) for call in publish.call_args_list]


def _nothing_known() -> Zone:
    zone = MagicMock(spec=Zone)
    zone.records.return_value = []
    zone.text.return_value = None
    return zone


def test_without_an_active_set_nobody_is_here() -> None:
    assert not receiving().takes("codes@newsreel.test")


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("newsreel.test", True),
        (".newsreel.test", False),
        ("codes@newsreel.test", True),
        ("help@newsreel.test", False),
        ("reel.test", False),
    ],
)
def test_a_rule_is_for_an_address_a_domain_or_all_below_one(wanted: str, taken: bool) -> None:
    assert receiving(rule("a", wanted)).takes("Codes@Newsreel.test") is taken


def test_a_rule_that_is_not_enabled_takes_nothing() -> None:
    assert not receiving(rule("a", "newsreel.test", enabled=False)).takes("codes@newsreel.test")


def test_a_rule_is_told_its_own_recipients_with_their_labels() -> None:
    aws = receiving(rule("a", "newsreel.test"))
    (one,) = told(aws, "unsubscribe+dG9r@newsreel.test", "x@elsewhere.test")
    receipt = one["receipt"]
    assert isinstance(receipt, dict)
    assert receipt["recipients"] == ["unsubscribe+dG9r@newsreel.test"]


def test_a_stop_ends_the_set_for_the_rules_behind_it() -> None:
    first, second = rule("a", "newsreel.test", stop=True), rule("b", "newsreel.test")
    assert len(told(receiving(first, second), "codes@newsreel.test")) == 1
    assert len(told(receiving(second, first), "codes@newsreel.test")) == 2


def test_more_than_10_kb_of_headers_are_cut_in_the_notification_alone() -> None:
    raw = raw_mail(*(f"X-{number}: {'y' * 60}" for number in range(1000)))
    aws = receiving(rule("a", "newsreel.test"))
    (one,) = told(aws, "codes@newsreel.test", raw=raw)
    mail = one["mail"]
    assert isinstance(mail, dict)
    assert mail["headersTruncated"] is True
    put: MagicMock = aws.s3.put_object  # type: ignore[assignment]
    assert put.call_args.kwargs["Body"].endswith(raw)
