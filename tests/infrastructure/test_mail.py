"""Promises about mail: what SES tells reaches us, and nothing that a mail holds comes with it."""

import json
import re
from typing import Any, get_args

import pytest
from newsreel.accounts.mails.failures import SendingStoppedError
from newsreel.aws.trusted_roots import UNKNOWN_ROOT
from newsreel.mail.feedback import Metric
from newsreel.policy import POLICY

from tests.support.alarm_evaluator import metrics_of, state_of
from tests.support.ses_events import MAIL_TEMPLATE, transformer
from tests.support.template import ROOT, TEMPLATE, functions, load, resources

IDENTITIES = resources("AWS::SES::EmailIdentity", TEMPLATE, MAIL_TEMPLATE)
SETS = resources("AWS::SES::ConfigurationSet", TEMPLATE, MAIL_TEMPLATE)
DESTINATIONS = resources("AWS::SES::ConfigurationSetEventDestination", MAIL_TEMPLATE)
RULES = resources("AWS::Events::Rule")
# Of an event: what may hold a code, an address, or a text that quotes one.
FORBIDDEN = ("headers", "commonHeaders", "destination", "diagnosticCode", "emailAddress", "source")


def event_types(destination: dict[str, Any]) -> set[str]:
    return set(destination["Properties"]["EventDestination"]["MatchingEventTypes"])


def test_nobodys_reading_is_tracked() -> None:
    # Matching open or click is what switches tracking on.
    for name, destination in DESTINATIONS.items():
        assert not event_types(destination) & {"open", "click", "send", "subscription"}, name
    for name, one in SETS.items():
        assert "TrackingOptions" not in one["Properties"], name


def test_each_set_tells_the_default_bus_what_feedback_knows() -> None:
    told = {
        one["Properties"]["ConfigurationSetName"]["Ref"]: event_types(one)
        for one in DESTINATIONS.values()
    }
    bad = {"bounce", "complaint", "reject"}
    assert told == {
        "CodesConfigurationSet": bad | {"delivery", "deliveryDelay"},
        "NoticesConfigurationSet": bad | {"delivery", "deliveryDelay"},
        "NewsletterConfigurationSet": bad,
    }
    for one in DESTINATIONS.values():
        destination = one["Properties"]["EventDestination"]
        assert destination["Enabled"] is True
        bus = destination["EventBridgeDestination"]["EventBusArn"]["Fn::Sub"]
        assert bus.endswith(":event-bus/default")


def test_no_target_gets_an_event_of_ses_without_the_transformer() -> None:
    (rule,) = [one for one in RULES.values() if "aws.ses" in str(one["Properties"])]
    (target,) = rule["Properties"]["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["MailFeedbackQueue", "Arn"]}
    assert target["InputTransformer"]
    # It might keep the whole event, code and address.
    assert "DeadLetterConfig" not in target
    names = rule["Properties"]["EventPattern"]["detail"]["mail"]["tags"]["ses:configuration-set"]
    made = resources("AWS::SES::ConfigurationSet").values()
    assert names == [one["Properties"]["Name"] for one in made]
    for folder, function in functions().items():
        for event in function.properties["Events"].values():
            assert event["Type"] not in {"EventBridgeRule", "CloudWatchEvent"}, folder


def test_the_transformer_lets_nothing_through_that_may_quote_the_mail() -> None:
    paths = transformer()["InputPathsMap"]
    for name, path in paths.items():
        assert not set(re.split(r"[.\[\]$]+", path)) & set(FORBIDDEN), name
    # A path to an object would bring all of it along; tags hold our own words alone.
    objects = {"$.detail", "$.detail.mail", "$.detail.bounce", "$.detail.complaint", "$"}
    assert not objects & set(paths.values())
    assert [name for name, path in paths.items() if path.endswith("tags")] == ["tags"]


def test_the_transformer_quotes_every_value_but_the_tags() -> None:
    found = transformer()
    template = found["InputTemplate"]
    assert set(re.findall(r"<(\w+)>", template)) == set(found["InputPathsMap"])
    for name in found["InputPathsMap"]:
        quoted = f'"<{name}>"' in template
        assert quoted == (name != "tags"), name
    # Without any of its paths it is valid JSON all the same.
    json.loads(re.sub(r"<\w+>", "", template).replace('"tags":}', '"tags":{}}'))


@pytest.mark.parametrize("name", IDENTITIES)
def test_ses_mails_no_bounce_to_us_and_spf_is_aligned(name: str) -> None:
    settings = IDENTITIES[name]["Properties"]
    assert settings["FeedbackAttributes"] == {"EmailForwardingEnabled": False}
    own = settings["MailFromAttributes"]
    assert own["MailFromDomain"]["Fn::Sub"].startswith("bounce.")
    assert own["BehaviorOnMxFailure"] == "USE_DEFAULT_VALUE"


def test_ses_gives_up_a_code_when_it_is_dead_and_no_other_mail() -> None:
    limits = {
        name: one["Properties"].get("DeliveryOptions", {}).get("MaxDeliverySeconds")
        for name, one in SETS.items()
    }
    assert limits == {
        "CodesConfigurationSet": POLICY.code.life,
        "NoticesConfigurationSet": None,
        "NewsletterConfigurationSet": None,
    }


def test_our_own_suppression_decides_for_codes() -> None:
    reasons = {
        name: one["Properties"]["SuppressionOptions"]["SuppressedReasons"]
        for name, one in SETS.items()
    }
    assert reasons == {
        "CodesConfigurationSet": [],
        "NoticesConfigurationSet": ["BOUNCE"],
        "NewsletterConfigurationSet": ["BOUNCE", "COMPLAINT"],
    }


def test_functions_name_the_sets_that_are_made() -> None:
    made = [one["Properties"]["Name"] for one in resources("AWS::SES::ConfigurationSet").values()]
    for folder in ("code_issuance", "notices"):
        chosen = functions()[folder].environment["CONFIGURATION_SET"]["Fn::If"]
        assert chosen[0] == "HasMailDomain"
        assert chosen[1] in made


def test_the_queue_takes_messages_of_the_rule_alone() -> None:
    policy = resources("AWS::SQS::QueuePolicy", MAIL_TEMPLATE)["FeedbackQueuePolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert source == {"Fn::GetAtt": ["MailEvents", "Arn"]}


def test_feedback_may_write_of_a_flow_its_delivery_alone_and_reads_consents_alone() -> None:
    statements = functions()["mail_feedback"].statements
    actions = {
        action
        for statement in statements
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
        if statement["Resource"] == {"Fn::GetAtt": ["AccountsTable", "Arn"]}
    }
    assert actions == {"dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"}
    (flows,) = [one for one in statements if one["Sid"] == "TellFlows"]
    allowed = flows["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert set(allowed) == {"pk", "sk", "issue", "delivery"}
    (whose,) = [one for one in statements if one["Sid"] == "WhoseFlow"]
    read = whose["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert set(read) == {"pk", "sk", "account_id"}


def test_the_mail_table_has_no_stream() -> None:
    # A million marks of an edition would run through the stream that codes wait in.
    assert "StreamSpecification" not in load()["Resources"]["MailTable"]["Properties"]


def test_alarms_count_what_the_functions_log() -> None:
    filters = resources("AWS::Logs::MetricFilter")
    said = {
        name: dict(re.findall(r'\$\.(\w+) = "([^"]+)"', one["Properties"]["FilterPattern"]))
        for name, one in filters.items()
    }
    stopped = {"message": "mail not sent", "error_type": SendingStoppedError.__name__}
    assert said.pop("CountSendingStopped") == stopped
    assert said.pop("CountUnknownRoots") == {"message": UNKNOWN_ROOT}
    # These two are held by tests/functions/test_mail_rates.py.
    assert said.pop("CountMailsSent") == {"message": "mail", "outcome": "sent"}
    assert said.pop("CountEditionMailsSent") == {"message": "newsletter mails"}
    for words in said.values():
        assert words.keys() == {"message", "outcome"}
        assert words["message"] == "mail feedback"
        assert words["outcome"] in get_args(Metric)


def test_every_metric_of_ours_that_an_alarm_looks_at_is_counted() -> None:
    counted = {
        one["Properties"]["MetricTransformations"][0]["MetricName"]
        for one in resources("AWS::Logs::MetricFilter").values()
    }
    looked_at = set()
    for alarm in resources("AWS::CloudWatch::Alarm").values():
        settings = alarm["Properties"]
        for metric in metrics_of(settings):
            if metric["Namespace"] == {"Ref": "AWS::StackName"}:
                looked_at.add(metric["MetricName"])
    assert looked_at == counted


ALARMS = resources("AWS::CloudWatch::Alarm", ROOT / "infra/alarms.yaml")
# Mails in an hour, what came back of them (None: nothing was counted), whether that rings.
RECORDED: dict[str, list[tuple[float | None, float | None, bool]]] = {
    "HardBounces": [
        (None, None, False),  # a quiet night
        (None, 7, False),  # bounces of mails that left before
        (0, 7, False),
        (99, 99, False),  # a test of somebody's
        (100, None, False),
        (100, 0, False),
        (100, 3, False),  # 3 % are allowed
        (100, 4, True),
        (101, 4, True),
        (133, 4, True),  # 3.008 %
        (134, 4, False),
        (250_000, 7_500, False),  # an edition
        (250_000, 7_501, True),
    ],
    "Complaints": [
        (None, None, False),
        (None, 1, False),
        (99, 1, False),
        (100, None, False),
        (100, 1, True),
        (999, 1, True),
        (1_000, 1, False),  # 0.1 % are allowed
        (1_999, 2, True),
        (2_000, 2, False),
        (250_000, 250, False),
        (250_000, 251, True),
    ],
}


@pytest.mark.parametrize(
    ("name", "sent", "back", "expected"),
    [(name, *numbers) for name, rows in RECORDED.items() for numbers in rows],
)
def test_too_many_that_come_back_ring_once_mails_are_enough(
    name: str, sent: float | None, back: float | None, expected: bool
) -> None:
    state = state_of(ALARMS[name]["Properties"], {"MailsSent": [sent], name: [back]})
    assert state == ("ALARM" if expected else "OK")


@pytest.mark.parametrize("name", RECORDED)
def test_an_hour_is_reckoned_with_and_one_number_alone_is_returned(name: str) -> None:
    settings = ALARMS[name]["Properties"]
    returned = [one for one in settings["Metrics"] if one.get("ReturnData", True)]
    assert [list(one) for one in returned] == [["Id", "Label", "Expression"]]
    periods = {one["MetricStat"]["Period"] for one in settings["Metrics"] if "MetricStat" in one}
    assert (periods, settings["EvaluationPeriods"]) == ({3600}, 1)
    # A line that does not fit says 0, so that a metric is missing only when nothing is logged.
    filters = resources("AWS::Logs::MetricFilter", ROOT / "infra/alarms.yaml")
    counts = [one["Properties"]["MetricTransformations"][0] for one in filters.values()]
    for metric in ("MailsSent", name):
        assert 0 in [one.get("DefaultValue") for one in counts if one["MetricName"] == metric]
