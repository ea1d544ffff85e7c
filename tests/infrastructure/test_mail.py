"""Promises about mail: what SES tells reaches us, and nothing that a mail holds comes with it."""

import json
import re
from typing import Any, get_args

import pytest
from newsreel.accounts.mails.failures import SendingStoppedError
from newsreel.aws.trusted_roots import UNKNOWN_ROOT
from newsreel.mail.feedback import Metric
from newsreel.policy import POLICY

from tests.support.ses_events import MAIL_TEMPLATE, transformer
from tests.support.template import functions, load, resources

IDENTITIES = resources("AWS::SES::EmailIdentity", MAIL_TEMPLATE)
SETS = resources("AWS::SES::ConfigurationSet", MAIL_TEMPLATE)
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
    patterns = {
        one["Properties"]["MetricTransformations"][0]["MetricName"]: re.findall(
            r'\$\.(\w+) = "([^"]+)"', one["Properties"]["FilterPattern"]
        )
        for one in filters.values()
    }
    stopped = [("message", "mail not sent"), ("error_type", SendingStoppedError.__name__)]
    counted = {"SendingStopped": stopped, "UnknownRoots": [("message", UNKNOWN_ROOT)]}
    assert {name: patterns.pop(name) for name in counted} == counted
    for outcome in patterns.values():
        (message, word) = outcome
        assert message == ("message", "mail feedback")
        assert word[0] == "outcome"
        assert word[1] in get_args(Metric)
    for name, alarm in resources("AWS::CloudWatch::Alarm").items():
        settings = alarm["Properties"]
        if settings["Namespace"] == {"Ref": "AWS::StackName"}:
            assert settings["MetricName"] in {*patterns, *counted}, name
