"""Promises about incoming mail: who may store it, how long it is kept, and what is told to whom."""

import json
from pathlib import Path
from typing import Any

import pytest
from newsreel.accounts.table import accounts
from newsreel.mail.received import read_notification
from newsreel.policy import DAY, POLICY

from tests.support.template import ROOT, functions, load, resources

INBOUND = ROOT / "infra" / "inbound_mail.yaml"
MADE: dict[str, dict[str, Any]] = {
    name: one["Properties"] for name, one in load(INBOUND)["Resources"].items()
}
EVENTS = ROOT / "functions" / "inbound_mail" / "events"


def test_without_the_parameter_nothing_of_it_is_made() -> None:
    root = load()
    assert root["Parameters"]["InboundMail"]["Default"] == "no"
    assert root["Resources"]["InboundMailStack"]["Condition"] == "TakesMail"
    assert functions()["inbound_mail"].stack == "InboundMailStack"
    assert {"InboundMailFunction", "InboundQueue", "InboundMailFailures"} <= MADE.keys()


def test_the_rule_scans_stores_tells_and_ends() -> None:
    rule = MADE["ReceiptRule"]["Rule"]
    store, stop = rule["Actions"]
    assert rule["Enabled"] is True
    assert rule["ScanEnabled"] is True
    assert store["S3Action"]["ObjectKeyPrefix"] == "inbound/"
    assert store["S3Action"]["TopicArn"] == {"Ref": "InboundTopic"}
    assert stop == {"StopAction": {"Scope": "RuleSet"}}


def test_the_rule_takes_whole_domains_because_tokens_stand_in_addresses() -> None:
    wanted = [{"Ref": "MailDomain"}, {"Ref": "NewsletterDomain"}]
    assert MADE["ReceiptRule"]["Rule"]["Recipients"] == wanted


def test_no_key_of_kms_is_in_the_way() -> None:
    # SES would encrypt on the client's side; a topic with a key needs a policy for SES.
    assert "KmsKeyArn" not in MADE["ReceiptRule"]["Rule"]["Actions"][0]["S3Action"]
    assert "KmsMasterKeyId" not in MADE["InboundTopic"]


def test_the_rule_waits_for_whom_it_needs() -> None:
    rule = load(INBOUND)["Resources"]["ReceiptRule"]
    assert set(rule["DependsOn"]) == {"InboundBucketPolicy", "InboundQueuePolicy"}


def test_only_this_rule_of_this_account_may_store_a_mail() -> None:
    denial, allowed = MADE["InboundBucketPolicy"]["PolicyDocument"]["Statement"]
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed["Principal"] == {"Service": "ses.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Resource"] == {"Fn::Sub": "${InboundBucket.Arn}/inbound/*"}
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    arn, _ = allowed["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    rule = MADE["ReceiptRule"]["Rule"]["Name"]["Fn::Sub"]
    assert arn.endswith(f":receipt-rule/{rule}")


def test_only_the_topic_may_write_to_the_queue_and_hands_over_what_ses_said() -> None:
    (statement,) = MADE["InboundQueuePolicy"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "InboundTopic"}}}
    assert MADE["InboundSubscription"]["RawMessageDelivery"] is True


def test_raw_mails_are_private_and_go_after_a_week() -> None:
    bucket = MADE["InboundBucket"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert "VersioningConfiguration" not in bucket  # an expired version would stay
    assert "ObjectLockConfiguration" not in bucket  # SES refuses such a bucket
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == POLICY.incoming_mail.kept // DAY


def test_notifications_hold_headers_and_are_kept_no_longer() -> None:
    for name in ("InboundQueue", "InboundMailFailures"):
        queue = resources("AWS::SQS::Queue")[name]["Properties"]
        assert queue["MessageRetentionPeriod"] == POLICY.incoming_mail.kept


def test_a_set_of_ones_own_is_made_only_where_none_is_named() -> None:
    assert load(INBOUND)["Resources"]["ReceiptRuleSet"]["Condition"] == "MakesRuleSet"
    after = MADE["ReceiptRule"]["After"]
    assert after == {"Fn::If": ["HasAfterRule", {"Ref": "AfterRule"}, {"Ref": "AWS::NoValue"}]}


@pytest.mark.parametrize("folder", ["inbound_mail", "mail_feedback"])
def test_who_ends_the_newsletter_reads_of_an_account_what_it_agreed_to_and_no_hash(
    folder: str,
) -> None:
    (reading,) = [one for one in functions()[folder].statements if one["Sid"] == "SeeConsents"]
    attributes = reading["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert set(attributes) == set(accounts.CONSENT_STATE)
    assert reading["Condition"]["StringEqualsIfExists"] == {
        "dynamodb:Select": "SPECIFIC_ATTRIBUTES"
    }


def test_the_mail_table_has_no_stream() -> None:
    # A million marks would run through the stream that codes wait in.
    assert "StreamSpecification" not in resources("AWS::DynamoDB::Table")["MailTable"]["Properties"]


def events() -> list[Path]:
    return sorted(EVENTS.glob("*.json"))


def test_the_event_files_have_the_shape_that_is_read() -> None:
    assert len(events()) == 3
    for path in events():
        (record,) = json.loads(path.read_text(encoding="utf-8"))["Records"]
        assert record["eventSource"] == "aws:sqs"
        assert read_notification(record["body"]) is not None
