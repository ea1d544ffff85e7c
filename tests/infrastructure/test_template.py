"""The template as a whole, and the resources that outlive it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from samcli import yamlhelper

from infra.local import libyaml
from infra.local.deployment import SAM
from tests.support.template import ROOT, TEMPLATE, load, resources

TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
BIN = Path(sys.executable).parent
OFFLINE = {
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "HOME": os.environ.get("HOME", "/"),
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "SAM_CLI_TELEMETRY": "0",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_parameter_has_a_default_and_a_description(path: Path) -> None:
    for name, parameter in load(path)["Parameters"].items():
        assert "Default" in parameter, name
        assert len(parameter.get("Description", "")) > 20, name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_output_has_a_description(path: Path) -> None:
    for name, output in load(path).get("Outputs", {}).items():
        assert output.get("Description"), name


def test_templates_have_nothing_that_cfn_lint_objects_to() -> None:
    command = [str(BIN / "cfn-lint"), *map(str, TEMPLATES)]
    done = subprocess.run(command, env=OFFLINE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("options", [[], ["--lint"]], ids=["validate", "validate --lint"])
def test_sam_finds_the_template_valid(options: list[str]) -> None:
    command = [*SAM, "validate", "--template", "template.yaml", *options]
    done = subprocess.run(
        command, env=OFFLINE, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_sam_reads_the_same_of_a_template_by_the_quick_reader(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = path.read_text(encoding="utf-8")
    slowly = yamlhelper.yaml_parse(text)
    assert libyaml.READER is yaml.CSafeLoader
    monkeypatch.setattr(yaml, "SafeLoader", libyaml.READER)
    # As text: SAM writes keys in the order in which it read them.
    assert json.dumps(yamlhelper.yaml_parse(text)) == json.dumps(slowly)


def alias_faults(template: dict[str, Any]) -> list[str]:
    """Return resources where a layer-only change would publish no new version (decision 8)."""
    shared = template.get("Globals", {}).get("Function", {})
    faults = []
    aliased = False
    for name, resource in template["Resources"].items():
        settings = {**shared, **resource.get("Properties", {})}
        if resource["Type"] == "AWS::Serverless::Function" and "AutoPublishAlias" in settings:
            aliased = True
            if settings.get("AutoPublishAliasAllProperties") is not True:
                faults.append(name)
    for name, resource in template["Resources"].items():
        layer = resource["Type"] == "AWS::Serverless::LayerVersion"
        if aliased and layer and resource["Properties"].get("PublishLambdaVersion") is not True:
            faults.append(name)
    return faults


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_alias_has_both_of_its_flags(path: Path) -> None:
    assert alias_faults(load(path)) == []


@pytest.mark.parametrize(
    ("function", "layer", "faults"),
    [
        ({"AutoPublishAlias": "live"}, {}, ["Function", "Layer"]),
        ({"AutoPublishAlias": "live", "AutoPublishAliasAllProperties": True}, {}, ["Layer"]),
        ({"AutoPublishAlias": "live"}, {"PublishLambdaVersion": True}, ["Function"]),
    ],
)
def test_an_alias_without_a_flag_would_be_found(
    function: dict[str, Any], layer: dict[str, Any], faults: list[str]
) -> None:
    sample = {
        "Resources": {
            "Function": {"Type": "AWS::Serverless::Function", "Properties": function},
            "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": layer},
        }
    }
    assert alias_faults(sample) == faults


def test_features_that_only_aws_has_are_off_by_default() -> None:
    settings = resources("AWS::CloudFront::Distribution")["Distribution"]["Properties"]
    distribution = settings["DistributionConfig"]
    assert distribution["WebACLId"]["Fn::If"][0] == "HasWebAcl"
    assert distribution["Aliases"]["Fn::If"][0] == "HasSiteDomain"
    assert distribution["ViewerCertificate"]["Fn::If"][0] == "HasSiteDomain"
    assert resources("AWS::CloudFormation::Stack")["Mail"]["Condition"] == "HasMailDomain"
    for kind in ("AWS::SES::EmailIdentity", "AWS::SES::ConfigurationSet"):
        for one in resources(kind, TEMPLATE).values():
            assert one["Condition"] in {"MakesIdentities", "HasMailDomain"}


def test_tables_and_buckets_outlive_the_stack_but_not_a_failed_start() -> None:
    kept = {**resources("AWS::DynamoDB::Table"), **resources("AWS::S3::Bucket")}
    assert len(kept) == 7
    for name, resource in kept.items():
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_keys_of_what_outlives_the_stack_outlive_it_too() -> None:
    # Of what is named in the mail table, and of links in editions that were mailed.
    made = resources("AWS::SecretsManager::Secret")
    kept = {name for name, one in made.items() if one.get("DeletionPolicy") is not None}
    assert kept == {"TrailKeys", "UnsubscribeKeys"}
    for name in kept:
        assert made[name]["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert made[name]["UpdateReplacePolicy"] == "Retain", name
        # With a name of its own, the next stack could not make another.
        assert "Name" not in made[name]["Properties"], name


def test_tables_can_be_recovered_and_are_encrypted_and_forget() -> None:
    for name, table in resources("AWS::DynamoDB::Table").items():
        settings = table["Properties"]
        recovery = settings["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}, name
        assert settings["SSESpecification"] == {"SSEEnabled": True}, name
        assert settings["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
        assert settings["BillingMode"] == "PAY_PER_REQUEST", name


def test_tables_can_be_protected_once_the_first_creation_succeeded() -> None:
    # RetainExceptOnCreate deletes them when it fails, which protection would refuse.
    assert load()["Parameters"]["Protected"]["Default"] == "no"
    for name, table in resources("AWS::DynamoDB::Table").items():
        protected = table["Properties"]["DeletionProtectionEnabled"]
        assert protected == {"Fn::If": ["IsProtected", True, False]}, name


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"Stage": "dev"}, []),
        ({"Stage": "prod"}, ["ProductionMails"]),
        ({"Stage": "prod", "MailDomain": "mail.example.org"}, []),
        ({"SiteDomain": "media.example.org"}, ["DomainNeedsCertificate"]),
        ({"SiteDomain": "media.example.org", "CertificateArn": "arn:…"}, []),
        ({"InboundMail": "yes"}, ["InboundNeedsDomain"]),
        ({"InboundMail": "yes", "MailDomain": "mail.example.org"}, []),
        ({"InboundAfterRule": "postmaster"}, ["AfterRuleNeedsSet"]),
        ({"InboundAfterRule": "postmaster", "InboundRuleSet": "office"}, []),
        ({"NewsletterDomain": "news.example.org"}, ["NewsletterNeedsDomain"]),
    ],
)
def test_parameters_that_belong_together_are_asked_for(
    given: dict[str, str], broken: list[str]
) -> None:
    defaults = {name: one["Default"] for name, one in load()["Parameters"].items()}
    values = {**defaults, **given}

    def holds(condition: Any) -> bool:
        ((kind, inner),) = condition.items()
        if kind == "Fn::Not":
            return not holds(inner[0])
        assert kind == "Fn::Equals"
        return bool(values[inner[0]["Ref"]] == inner[1])

    found = [
        name
        for name, rule in load()["Rules"].items()
        if holds(rule["RuleCondition"])
        and not all(holds(one["Assert"]) for one in rule["Assertions"])
    ]
    assert found == broken


def test_mail_domains_outlive_the_stack_and_may_be_there_before_it() -> None:
    identities = resources("AWS::SES::EmailIdentity")
    assert len(identities) == 2
    for name, identity in identities.items():
        assert identity["Condition"] == "MakesIdentities", name
        assert identity["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert identity["UpdateReplacePolicy"] == "Retain", name
    outputs = [*load()["Outputs"], *load(ROOT / "infra/mail.yaml")["Outputs"]]
    assert len([name for name in outputs if "Dkim" in name]) == 3 * len(identities)


def test_the_index_projects_what_the_list_reads() -> None:
    from newsreel.catalogue import folder_writes, public_lists  # noqa: PLC0415

    settings = resources("AWS::DynamoDB::Table")["CatalogueTable"]["Properties"]
    by_name = {index["IndexName"]: index for index in settings["GlobalSecondaryIndexes"]}
    projection = by_name[public_lists.INDEX]["Projection"]
    assert sorted(projection["NonKeyAttributes"]) == sorted(folder_writes.PROJECTED)


def test_the_index_of_what_is_due_holds_keys_alone() -> None:
    from newsreel.catalogue import due  # noqa: PLC0415

    settings = resources("AWS::DynamoDB::Table")["CatalogueTable"]["Properties"]
    by_name = {index["IndexName"]: index for index in settings["GlobalSecondaryIndexes"]}
    assert by_name[due.INDEX]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_the_index_of_work_holds_keys_alone() -> None:
    from newsreel.accounts.table import subscribers  # noqa: PLC0415

    settings = resources("AWS::DynamoDB::Table")["AccountsTable"]["Properties"]
    (index,) = settings["GlobalSecondaryIndexes"]
    assert index["IndexName"] == subscribers.INDEX
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_nothing_is_logged_longer_than_promised() -> None:
    groups = resources("AWS::Logs::LogGroup")
    kept = {name: group["Properties"]["RetentionInDays"] for name, group in groups.items()}
    assert set(kept.values()) == {30}, kept


def test_functions_reference_neither_the_api_nor_a_bucket_nor_the_sites_stack() -> None:
    # References in a circle, which only a deployment would find (decision 11).
    for name, resource in resources("AWS::Serverless::Function").items():
        properties = {
            key: value for key, value in resource["Properties"].items() if key != "Events"
        }
        referred = re.findall(r"'Ref': '(\w+)'|GetAtt': \['(\w+)'|\$\{(\w+)", str(properties))
        names = {next(filter(None, found)) for found in referred}
        assert not names & {"Api", "Site", "MediaBucket"}, name
