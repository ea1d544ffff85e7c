"""Decides who may do what on the local AWS: what the template's policies say, as on AWS.

MiniStack evaluates policies and checks signatures when it is started with `AUTH=true`. Mended in
that, each with a test in tests/local_stack/test_rights_of_the_release.py that fails once it is no
longer needed:

- A caller that names the access key `test`, or any account number, may do everything, without a
  check of the signature. Here nobody is trusted by name: the administrator is a user with keys.
- So may a caller whose `Authorization` names no key at all, like `Bearer x`. On AWS that is a
  request without credentials, and so it is here.
- `Ref` of a secret gives its name, where AWS gives its ARN
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html),
  so that a policy which names a secret by `Ref` allows nothing.
- Every request over plain HTTP counts as unencrypted, so that a bucket whose policy wants TLS
  refuses everybody. It counts as encrypted: there is no TLS here, and the template is the real one.
- Whom a role's trust policy names must have `sts:AssumeRole` of its own besides; on AWS the name is
  enough within one account
  (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
- Conditions on `dynamodb:LeadingKeys`, on the attributes of a write and on a mail's sender get no
  value to look at: see condition_keys.py.
"""

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TypeAlias

from infra.local import administrator, condition_keys
from infra.local.condition_keys import ItemAction, Resources

Properties: TypeAlias = dict[str, object]
Made: TypeAlias = tuple[str, dict[str, str]]
Params: TypeAlias = Mapping[str, list[str] | str]
Asked: TypeAlias = tuple[str, str, dict[str, str], bytes, Params, str, str]
"""Method, path, headers, body, parameters, region and account of a request."""

# Until the table that is asked for is known, what each is named with; no condition asks for this.
_BY_TABLE = "newsreel:by-table"
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def make_real() -> None:
    """Mend what stands between the template's policies and their effect."""
    trust_nobody_by_name()
    trust_nobody_without_a_key()
    seat_administrator(administrator.keys())
    take_all_for_encrypted()
    refer_to_secrets_by_arn()
    let_roles_trust_by_name()
    tell_conditions_of_items()
    tell_conditions_of_mails()
    ask_for_each_item_and_resource()


def trust_nobody_by_name() -> None:
    """Check everybody's signature; only MiniStack itself, which has no key, is trusted."""
    from ministack.core import iam_evaluator  # noqa: PLC0415 (its import starts threads)
    from ministack.services import sts  # noqa: PLC0415

    def is_ministack_itself(access_key_id: str) -> bool:
        return not access_key_id

    iam_evaluator.is_root_access_key = is_ministack_itself
    sts.is_root_access_key = is_ministack_itself


def trust_nobody_without_a_key() -> None:
    """Take a request that names no key for one without credentials, whatever else it says."""
    from ministack import app  # noqa: PLC0415
    from ministack.core import iam_evaluator, router  # noqa: PLC0415

    pin: Callable[..., None] = iam_evaluator.pin_signed_request
    check: Callable[[str, str | None], object] = iam_evaluator.check_credentials

    def pin_and_look(
        method: str, path: str, query: Params, headers: list[tuple[bytes, bytes]]
    ) -> None:
        pin(method, path, query, headers)
        named = {name.decode("latin-1").lower(): v.decode("latin-1") for name, v in headers}
        signed = iam_evaluator._signed_request.get() is not None  # noqa: SLF001
        if not signed and not router.extract_access_key_id(named, query):
            iam_evaluator._anonymous.set(True)  # noqa: SLF001

    def check_and_look(access_key_id: str, service: str | None = None) -> object:
        if iam_evaluator._anonymous.get():  # noqa: SLF001
            missing = "Request is missing Authentication Token"
            return iam_evaluator.AuthError("MissingAuthenticationToken", missing)
        return check(access_key_id, service)

    app.pin_signed_request = pin_and_look
    iam_evaluator.pin_signed_request = pin_and_look
    iam_evaluator.check_credentials = check_and_look


def seat_administrator(keys: administrator.Keys) -> None:
    """Make the one user who may do everything."""
    from ministack.services import iam  # noqa: PLC0415

    name = administrator.NAME
    made = iam._now()  # noqa: SLF001
    iam._users[name] = {  # noqa: SLF001
        "UserName": name,
        "Arn": f"arn:aws:iam::{iam.get_account_id()}:user/{name}",
        "UserId": "AIDALOCALADMINISTRATOR",
        "CreateDate": made,
        "Path": "/",
        "AttachedPolicies": [],
        "Tags": [],
    }
    iam._user_inline_policies[name] = {"Everything": json.dumps(_EVERYTHING)}  # noqa: SLF001
    iam._access_keys[keys.access_key_id] = {  # noqa: SLF001
        "UserName": name,
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key,
        "Status": "Active",
        "CreateDate": made,
    }


def take_all_for_encrypted() -> None:
    """Take every request for one over TLS, as on AWS; only policies ask."""
    from ministack import app  # noqa: PLC0415
    from ministack.core import iam_evaluator  # noqa: PLC0415

    origin = ContextVar("request_origin", default=("127.0.0.1", True))

    def pin(source_ip: str, secure_transport: bool) -> None:  # noqa: ARG001, FBT001 (its signature)
        origin.set((source_ip, True))

    iam_evaluator._request_origin = origin  # noqa: SLF001
    iam_evaluator.pin_request_origin = pin
    app.pin_request_origin = pin


def refer_to_secrets_by_arn() -> None:
    """Let CloudFormation know a secret by its ARN, and Secrets Manager by its name, as before."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]  # noqa: SLF001
    create: Callable[[str, Properties, str], Made] = handlers["create"]
    update: Callable[[str, Properties, Properties, str, str], Made] = handlers["update"]
    delete: Callable[[str, Properties], None] = handlers["delete"]

    def create_known_by_arn(logical_id: str, wanted: Properties, stack: str) -> Made:
        _, told = create(logical_id, wanted, stack)
        return told["Arn"], told

    def update_known_by_arn(
        arn: str, before: Properties, wanted: Properties, stack: str, logical_id: str
    ) -> Made:
        _, told = update(_name_in(arn), before, wanted, stack, logical_id)
        return told["Arn"], told

    def delete_known_by_arn(arn: str, wanted: Properties) -> None:
        delete(_name_in(arn), wanted)

    handlers["create"] = create_known_by_arn
    handlers["update"] = update_known_by_arn
    handlers["delete"] = delete_known_by_arn


def _name_in(arn: str) -> str:
    """Return a secret's name; its ARN ends with a hyphen and six letters."""
    return arn.partition(":secret:")[2][: -len("-012345")]


def let_roles_trust_by_name() -> None:
    """Take a role's trust policy for its resource policy, which it is."""
    from ministack.core import iam_evaluator  # noqa: PLC0415
    from ministack.services import iam, sts  # noqa: PLC0415

    def trust_policy(arn: str) -> tuple[str, str] | None:
        role = iam._roles.get(arn.rpartition("/")[2])  # noqa: SLF001
        return (role["AssumeRolePolicyDocument"], iam.get_account_id()) if role else None

    sts.trust_policy_for_arn = trust_policy
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["sts"] = ("sts", "trust_policy_for_arn")  # noqa: SLF001


def tell_conditions_of_items() -> None:
    """Let conditions see which items a request to DynamoDB names, in a transaction item by item."""
    from ministack.core import iam_actions  # noqa: PLC0415

    told: Callable[[bytes], dict[str, object]] = iam_actions.dynamodb_service_context
    arn: Callable[[str, str, str], str] = iam_actions._dynamodb_table_arn  # noqa: SLF001

    def context(body: bytes) -> dict[str, object]:
        named = condition_keys.of_tables(condition_keys.read(body), _partition_key)
        return {**told(body), _BY_TABLE: named}

    def checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        if not action.startswith("dynamodb:Transact"):
            return []
        found: list[tuple[str, str]] = []
        request = condition_keys.read(body)
        for one, table, named in condition_keys.of_transaction(request, _partition_key):
            item = ItemAction(one)
            item.context = named
            found.append((item, arn(table, region, account)))
        return found

    iam_actions.dynamodb_service_context = context
    iam_actions.dynamodb_transaction_checks = checks


def tell_conditions_of_mails() -> None:
    """Let policies see a mail's sender, the identity it needs, and its configuration set."""
    from ministack.core import iam_actions  # noqa: PLC0415

    tags: Callable[..., dict[str, object]] = iam_actions.request_tag_context
    resource: Callable[..., str] = iam_actions.extract_resource_arn

    def context(service: str, action: str, body: bytes, params: Params) -> dict[str, object]:
        named = tags(service, action, body, params)
        if action not in condition_keys.SENDING:
            return named
        return {**named, "ses:FromAddress": condition_keys.sender(_first(params, "Source"))}

    def resources(service: str, *asked: *Asked) -> str:
        *_, params, region, account = asked
        if service != "ses" or f"ses:{_first(params, 'Action')}" not in condition_keys.SENDING:
            return resource(service, *asked)
        address = condition_keys.sender(_first(params, "Source"))
        here = f"arn:aws:ses:{region}:{account}"
        found = Resources(f"{here}:identity/{_identity_of(address)}")
        chosen = _first(params, "ConfigurationSetName")
        found.further = (f"{here}:configuration-set/{chosen}",) if chosen else ()
        return found

    iam_actions.request_tag_context = context
    iam_actions.extract_resource_arn = resources


def ask_for_each_item_and_resource() -> None:
    """Let one request be refused for any of its items and resources."""
    from ministack.core import iam_evaluator  # noqa: PLC0415

    ask = iam_evaluator.enforce

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Mapping[str, object] | None = None,
    ) -> object:
        context = {**(service_context or {})}
        tables = context.pop(_BY_TABLE, {})
        if isinstance(iam_action, ItemAction):
            context |= iam_action.context
        elif isinstance(tables, dict):
            context |= tables.get(_table_in(resource_arn), {})
        further = resource_arn.further if isinstance(resource_arn, Resources) else ()
        for resource in (resource_arn, *further):
            denied = ask(access_key_id, iam_action, service, region, resource, context)
            if denied is not None:
                return denied
        return None

    iam_evaluator.enforce = enforce


def _partition_key(name: str, index: str) -> str:
    """Return the name of the partition key of a table, or of an index of it."""
    from ministack.services import dynamodb  # noqa: PLC0415

    table = dynamodb._tables.get(name) or {"KeySchema": []}  # noqa: SLF001
    indexes = table.get("GlobalSecondaryIndexes") or []
    schemas = {one["IndexName"]: one["KeySchema"] for one in indexes}
    schema = schemas.get(index, table["KeySchema"])
    return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), "")


def _table_in(arn: str) -> str:
    return arn.partition(":table/")[2].partition("/")[0]


def _identity_of(address: str) -> str:
    """Return the identity that SES would send for: the address itself, or else its domain."""
    from ministack.services import ses  # noqa: PLC0415

    return address if address in ses._identities else address.rpartition("@")[2]  # noqa: SLF001


def _first(params: Params, name: str) -> str:
    found = params.get(name, "")
    return found if isinstance(found, str) else found[0]
