"""The permissions: written out, per access pattern, and no wider than their reason."""

from collections.abc import Iterator
from typing import Any

import pytest
from newsreel.accounts.table import access_keys, subscribers

from tests.support.permissions import refused
from tests.support.stacks import joined
from tests.support.template import functions, resources

ACCOUNT_KEY = {"pk": {"S": "ACCOUNT#1"}, "sk": {"S": "ACCOUNT"}}
NEW_HASH = {
    "TableName": "accounts",
    "UpdateExpression": "SET #hash = :hash",
    "ExpressionAttributeNames": {"#hash": "password_hash"},
}
FORGED_SESSION = {"pk": {"S": "ACCOUNT#1"}, "sk": {"S": "SESSION#1"}, "epoch": {"N": "1"}}
FORGED_KEY = {"pk": {"S": "ACCOUNT#1"}, "sk": {"S": "KEY#1"}, "made_under": {"N": "1"}}
RECEIPT_KEY = {"pk": {"S": "RECEIPT#1"}, "sk": {"S": "RECEIPT"}}
ENVIRONMENT = {
    "STAGE": "test",
    "ACCOUNTS_TABLE": "accounts",
    "CATALOGUE_TABLE": "catalogue",
    "MAIL_TABLE": "mail",
    "MEDIA_BUCKET": "newsreel-test-media",
    "PUBLIC_BUCKET": "newsreel-test-public",
    "SITE_BUCKET": "newsreel-test-site",
    "FLOW_KEYS_SECRET": "newsreel/test/flow-keys",
    "LINK_KEYS_SECRET": "newsreel/test/link-keys",
    "TRAIL_KEYS_SECRET": "newsreel/test/trail-keys",
    "ORIGIN_SECRET": "newsreel/test/origin",
    "UNSUBSCRIBE_KEYS_SECRET": "newsreel/test/unsubscribe-keys",
    "ADDRESSES_SECRET": "newsreel/test/addresses",
    "DOWNLOAD_SIGNER_ROLE": "arn:aws:iam::123456789012:role/download-signer",
    "MAIL_DOMAIN": "mail.example.org",
    "NEWSLETTER_DOMAIN": "news.mail.example.org",
    "WALK_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/walk",
    "SEND_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/send",
    "HASH_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/hashes",
    "INGEST_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/ingest",
}
WHOLE_ACCOUNT = {"accounts": {"Keys": [ACCOUNT_KEY]}}
ONE_ACCOUNT = {
    "TableName": "accounts",
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "ACCOUNT#1"}},
}
APPROVED_BY_ITSELF = {"Bucket": "newsreel-test-media", "Key": "newsletter/2026-02-12-0700/approve"}
FUNCTIONS = functions()
ACCOUNTS = {"Fn::GetAtt": ["AccountsTable", "Arn"]}
CATALOGUE = {"Fn::GetAtt": ["CatalogueTable", "Arn"]}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def every_statement() -> Iterator[tuple[str, dict[str, Any]]]:
    for folder, function in FUNCTIONS.items():
        for statement in function.statements:
            yield folder, statement
    own = [function.role for function in FUNCTIONS.values()]
    for name, role in resources("AWS::IAM::Role").items():
        if role["Properties"] in own:
            continue
        for policy in role["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def touching(folder: str, resource: dict[str, Any]) -> list[dict[str, Any]]:
    statements = FUNCTIONS[folder].statements
    return [one for one in statements if resource in listed(one["Resource"])]


def object_keys(statement: dict[str, Any]) -> list[str]:
    """Return what a statement is about; others may stand in the same transaction (decision 37)."""
    condition = statement["Condition"]
    own = condition.get("ForAnyValue:StringLike", condition["ForAllValues:StringLike"])
    keys: list[str] = own["dynamodb:LeadingKeys"]
    return keys


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_a_function_has_one_policy_of_named_statements(folder: str) -> None:
    # No SAM policy templates (DynamoDBCrudPolicy and the like) and no managed ones.
    assert set(FUNCTIONS[folder].policy) == {"Version", "Statement"}
    names = [statement["Sid"] for statement in FUNCTIONS[folder].statements]
    assert len(names) == len(set(names))


def test_no_connector_grants_permissions_that_are_not_written_out() -> None:
    # A connector to a table grants Scan and PartiQL.
    assert not resources("AWS::Serverless::Connector")
    for template in joined():
        assert not [name for name, one in template.resources.items() if "Connectors" in one]


def test_no_statement_allows_everything_of_anything() -> None:
    for owner, statement in every_statement():
        assert statement["Effect"] == "Allow", owner
        for resource in listed(statement["Resource"]):
            # SES's quota is the account's, and traces are: these actions know no resource.
            without = {"ses:GetSendQuota", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
            assert resource != "*" or {*listed(statement["Action"])} <= without, owner
        for action in listed(statement["Action"]):
            assert "*" not in action, (owner, action)


def test_no_function_scans_a_table() -> None:
    for owner, statement in every_statement():
        assert "dynamodb:Scan" not in listed(statement["Action"]), owner


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_access_to_accounts_is_limited_by_keys(folder: str) -> None:
    for statement in touching(folder, ACCOUNTS):
        keys = object_keys(statement)
        assert keys
        assert all(key.split("#")[0].isupper() and key.endswith("#*") for key in keys)


def test_the_public_catalogue_sees_of_accounts_only_what_an_access_key_needs() -> None:
    allowed = {
        action: set(statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"])
        for statement in touching("catalogue", ACCOUNTS)
        for action in listed(statement["Action"])
    }
    assert allowed == {
        "dynamodb:BatchGetItem": set(access_keys.CHECKED),
        "dynamodb:UpdateItem": {"pk", "sk", "last_used_at"},
    }
    assert touching("ingest", ACCOUNTS) == []


def test_the_public_catalogue_reads_videos_and_no_receipt_or_folder() -> None:
    allowed = {
        keys: set(listed(statement["Action"]))
        for statement in touching("catalogue", CATALOGUE)
        for keys in object_keys(statement)
    }
    assert allowed == {
        "VIDEO#*": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
        "CHANGES#*": {"dynamodb:Query"},
    }
    effects = {statement["Effect"] for statement in touching("catalogue", CATALOGUE)}
    assert effects == {"Allow"}


def test_registration_writes_accounts_and_never_reads_one() -> None:
    readers = [
        statement
        for statement in touching("registration", ACCOUNTS)
        if {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
        & set(listed(statement["Action"]))
    ]
    for statement in readers:
        assert not any(key.startswith(("ACCOUNT#", "EMAIL#")) for key in object_keys(statement))


@pytest.mark.parametrize(
    "folder",
    sorted(
        set(FUNCTIONS)
        - {"registration", "password_reset", "sessions", "credentials", "account_care"}
    ),
)
def test_attributes_that_decide_an_accounts_owner_are_written_by_few_functions(folder: str) -> None:
    for statement in touching(folder, ACCOUNTS):
        writes = {"PutItem", "UpdateItem", "BatchWriteItem"} & {
            action.removeprefix("dynamodb:") for action in listed(statement["Action"])
        }
        if writes and any(key.startswith("ACCOUNT#") for key in object_keys(statement)):
            # Sessions and known browsers count under an epoch, access keys under what made them.
            makers = {"password_hash", "epoch", "email", "key_epoch", "email_change"}
            makers |= {"flows_void_until", "session_key", "made_under", "scopes", "role"}
            only = statement["Condition"].get("ForAllValues:StringEquals")
            if only:
                assert not makers & set(only["dynamodb:Attributes"])
                continue
            forbidden = statement["Condition"]["ForAllValues:StringNotEquals"]
            assert makers <= set(forbidden["dynamodb:Attributes"])


@pytest.mark.parametrize("folder", ["newsletter", "inbound_mail", "mail_feedback", "mail_redrive"])
def test_what_a_right_code_leads_to_is_written_by_functions_of_flows_alone(folder: str) -> None:
    # A reset's token, and whose password it sets: with both, somebody owns the account.
    for name in ("token_until", "account_id", "account_epoch", "verified_issue"):
        proved = {
            "TableName": "accounts",
            "Key": {"pk": {"S": "PASSWORD_RESET#1"}, "sk": {"S": "PASSWORD_RESET"}},
            "UpdateExpression": "SET #name = :value",
            "ExpressionAttributeNames": {"#name": name},
        }
        [refused_call] = refused([(folder, "dynamodb", "UpdateItem", proved)], ENVIRONMENT)
        assert refused_call.attributes == tuple(sorted(("pk", "sk", name)))
        assert refused([("password_reset", "dynamodb", "UpdateItem", proved)], ENVIRONMENT) == []


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_who_may_not_name_an_attribute_is_not_given_it_with_the_whole_item(folder: str) -> None:
    # ReturnValues=ALL_OLD would answer an update of one attribute with all of them.
    for statement in touching(folder, ACCOUNTS):
        condition = statement.get("Condition", {})
        named = [one for key, one in condition.items() if key.startswith("ForAllValues:String")]
        changes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
        if changes & {*listed(statement["Action"])} and any(
            "dynamodb:Attributes" in o for o in named
        ):
            given = condition["StringEqualsIfExists"]["dynamodb:ReturnValues"]
            assert set(given) == {"NONE", "UPDATED_OLD", "UPDATED_NEW"}, statement["Sid"]


def test_the_daily_care_of_accounts_neither_reads_nor_writes_a_password() -> None:
    for statement in touching("account_care", ACCOUNTS):
        # Who deletes an item neither reads nor writes what stands in it.
        deletes_only = {*listed(statement["Action"])} == {"dynamodb:DeleteItem"}
        if not deletes_only and any(key.startswith("ACCOUNT#") for key in object_keys(statement)):
            forbidden = statement["Condition"]["ForAllValues:StringNotEquals"]
            assert "password_hash" in forbidden["dynamodb:Attributes"]


def test_only_functions_of_flows_know_the_keys_of_codes() -> None:
    holders = {
        folder
        for folder, function in FUNCTIONS.items()
        for statement in function.statements
        if {"Ref": "FlowKeys"} in listed(statement["Resource"])
    }
    # notices derives the link that undoes a change of address.
    flows = {"registration", "password_reset", "credentials"}
    assert holders == flows | {"code_issuance", "notices"}


def test_only_downloads_knows_the_keys_of_links() -> None:
    holders = {
        folder
        for folder, function in FUNCTIONS.items()
        for statement in function.statements
        if {"Ref": "LinkKeys"} in listed(statement["Resource"])
    }
    assert holders == {"downloads"}


def test_mail_is_sent_by_few_functions_and_each_from_one_address() -> None:
    senders = {
        folder: statement["Condition"]["StringEquals"]["ses:FromAddress"]["Fn::Sub"]
        for folder, statement in every_statement()
        if "ses:SendRawEmail" in listed(statement["Action"])
    }
    desks = {"code_issuance": "codes", "notices": "codes", "inbound_mail": "help"}
    single = {folder: f"{desk}@${{MailDomain}}" for folder, desk in desks.items()}
    assert {folder: sender for folder, sender in senders.items() if folder in single} == single
    others = {folder: sender[0] for folder, sender in senders.items() if folder not in single}
    assert others == dict.fromkeys(
        ("newsletter_editions", "newsletter_send"), "newsletter@${NewsletterDomain}"
    )


def test_the_signer_may_read_versions_of_what_came_in_and_serves_downloads_alone() -> None:
    signer = resources("AWS::IAM::Role")["DownloadSigner"]["Properties"]
    (trust,) = signer["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": {"Fn::GetAtt": ["DownloadsFunctionRole", "Arn"]}}
    (policy,) = signer["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "s3:GetObjectVersion"
    assert statement["Resource"]["Fn::Sub"].endswith("/incoming/*")


def test_no_function_but_ingest_and_hashes_reads_the_media_bucket() -> None:
    for folder, statement in every_statement():
        named = [
            resource for resource in listed(statement["Resource"]) if "-media-" in str(resource)
        ]
        reports = [name for name in named if "/receipts/newsletter/*" in str(name)]
        assert not named or folder in {"ingest", "hashes", "DownloadSigner"} or named == reports


def test_ingest_writes_nothing_that_would_call_it_again() -> None:
    for statement in FUNCTIONS["ingest"].statements:
        writes = {"s3:PutObject", "s3:DeleteObject"} & set(listed(statement["Action"]))
        assert not writes or "incoming" not in str(statement["Resource"])


@pytest.mark.parametrize(
    ("folder", "service", "operation", "parameters"),
    [
        ("catalogue", "dynamodb", "GetItem", {"TableName": "accounts", "Key": ACCOUNT_KEY}),
        ("catalogue", "dynamodb", "GetItem", {"TableName": "catalogue", "Key": RECEIPT_KEY}),
        ("registration", "dynamodb", "GetItem", {"TableName": "accounts", "Key": ACCOUNT_KEY}),
        ("account", "dynamodb", "Scan", {"TableName": "accounts", "Key": ACCOUNT_KEY}),
        ("account", "dynamodb", "UpdateItem", {**NEW_HASH, "Key": ACCOUNT_KEY}),
        ("newsletter", "dynamodb", "UpdateItem", {**NEW_HASH, "Key": ACCOUNT_KEY}),
        ("notices", "dynamodb", "UpdateItem", {**NEW_HASH, "Key": ACCOUNT_KEY}),
        ("downloads", "dynamodb", "PutItem", {"TableName": "accounts", "Item": FORGED_SESSION}),
        ("account", "dynamodb", "PutItem", {"TableName": "accounts", "Item": FORGED_KEY}),
        ("newsletter", "dynamodb", "PutItem", {"TableName": "accounts", "Item": FORGED_KEY}),
        ("downloads", "dynamodb", "PutItem", {"TableName": "accounts", "Item": FORGED_KEY}),
        ("mail_feedback", "dynamodb", "PutItem", {"TableName": "accounts", "Item": FORGED_KEY}),
        ("inbound_mail", "dynamodb", "PutItem", {"TableName": "accounts", "Item": FORGED_KEY}),
        ("sessions", "ses", "SendRawEmail", {"Source": "codes@mail.example.org"}),
        ("code_issuance", "ses", "SendRawEmail", {"Source": "director@mail.example.org"}),
        ("inbound_mail", "ses", "SendRawEmail", {"Source": "codes@mail.example.org"}),
        ("inbound_mail", "dynamodb", "UpdateItem", {**NEW_HASH, "Key": ACCOUNT_KEY}),
        (
            "inbound_mail",
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "newsreel/test/flow-keys"},
        ),
        ("ingest", "s3", "PutObject", {"Bucket": "newsreel-test-media", "Key": "incoming/x/a.mp4"}),
        ("downloads", "s3", "GetObject", {"Bucket": "newsreel-test-media", "Key": "incoming/x/a"}),
        ("account", "secretsmanager", "GetSecretValue", {"SecretId": "newsreel/test/link-keys"}),
        ("newsletter_send", "dynamodb", "BatchGetItem", {"RequestItems": WHOLE_ACCOUNT}),
        ("newsletter_send", "dynamodb", "GetItem", {"TableName": "accounts", "Key": ACCOUNT_KEY}),
        ("newsletter_send", "ses", "SendRawEmail", {"Source": "codes@mail.example.org"}),
        ("newsletter_walk", "dynamodb", "Query", ONE_ACCOUNT),
        ("newsletter_editions", "s3", "PutObject", APPROVED_BY_ITSELF),
    ],
)
def test_a_call_beyond_the_policy_is_found(
    folder: str, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    (refused_call,) = refused([(folder, service, operation, parameters)], ENVIRONMENT)
    assert (refused_call.folder, refused_call.action) == (folder, f"{service}:{operation}")


def test_a_write_within_a_transaction_is_judged_like_one_alone() -> None:
    parameters = {"TransactItems": [{"Update": {**NEW_HASH, "Key": ACCOUNT_KEY}}]}
    [refused_call] = refused(
        [("newsletter", "dynamodb", "TransactWriteItems", parameters)], ENVIRONMENT
    )
    assert refused_call.action == "dynamodb:UpdateItem"
    assert (
        refused([("password_reset", "dynamodb", "TransactWriteItems", parameters)], ENVIRONMENT)
        == []
    )


def test_who_sends_editions_may_read_exactly_what_it_reads_of_an_account() -> None:
    (statement,) = touching("newsletter_send", ACCOUNTS)
    allowed = statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert sorted(allowed) == sorted(subscribers.READ)
    assert "password_hash" not in allowed


def test_a_call_within_the_policy_is_let_through() -> None:
    parameters = {"TableName": "catalogue", "Key": {"pk": {"S": "VIDEO#x"}}}
    assert refused([("catalogue", "dynamodb", "GetItem", parameters)], ENVIRONMENT) == []


MAIL = {
    "Source": "codes@mail.example.org",
    "Destinations": ["reporter@newsroom.example"],
    "ConfigurationSetName": "test-codes",
}


SENDERS = {
    "code_issuance": ("codes@mail.example.org", "test-codes"),
    "notices": ("codes@mail.example.org", "test-notices"),
    "inbound_mail": ("help@mail.example.org", "test-notices"),
    "newsletter_editions": ("newsletter@news.mail.example.org", "test-newsletter"),
    "newsletter_send": ("newsletter@news.mail.example.org", "test-newsletter"),
}


def test_every_function_that_sends_mail_is_tried() -> None:
    sending = [
        folder
        for folder, statement in every_statement()
        if "ses:SendRawEmail" in listed(statement["Action"])
    ]
    assert sorted(sending) == sorted(SENDERS)


def mail_of(folder: str) -> dict[str, Any]:
    sender, configuration_set = SENDERS[folder]
    own = {"Source": sender, "ConfigurationSetName": configuration_set}
    return {**MAIL, **own}


@pytest.mark.parametrize("folder", SENDERS)
def test_mail_may_go_to_anybody_even_while_ses_is_in_its_sandbox(folder: str) -> None:
    assert refused([(folder, "ses", "SendRawEmail", mail_of(folder))], ENVIRONMENT) == []


@pytest.mark.parametrize("folder", SENDERS)
@pytest.mark.parametrize(
    "changed",
    [
        {"Source": "director@mail.example.org"},
        {"Source": "codes@elsewhere.example"},
        {"ConfigurationSetName": "another-stack-codes"},
    ],
)
def test_mail_leaves_from_one_address_and_by_one_configuration_set(
    folder: str, changed: dict[str, str]
) -> None:
    mail = {**mail_of(folder), **changed}
    refused_call = refused([(folder, "ses", "SendRawEmail", mail)], ENVIRONMENT)
    assert refused_call


def test_the_press_office_may_upload_and_read_receipts_and_nothing_else() -> None:
    policy = resources("AWS::IAM::ManagedPolicy")["PressOfficePolicy"]
    allowed = {
        (action, str(one["Resource"]["Fn::Sub"]).partition("${AWS::Region}")[2])
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in listed(one["Action"])
    }
    assert allowed == {
        ("s3:PutObject", "/incoming/*"),
        ("s3:DeleteObject", "/incoming/*"),
        ("s3:AbortMultipartUpload", "/incoming/*"),
        ("s3:ListMultipartUploadParts", "/incoming/*"),
        ("s3:GetObject", "/receipts/*"),
        ("s3:ListBucket", ""),
    }
    (listing,) = [
        one["Condition"]
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
        if one["Action"] == "s3:ListBucket"
    ]
    prefixes = listing["StringLike"]["s3:prefix"]
    assert prefixes == ["", "incoming/", "incoming/*", "receipts/", "receipts/*"]
