"""Decides who may do what on the local AWS: what the template's policies say, as on AWS.

MiniStack evaluates policies and checks signatures when it is started with `AUTH=true`. Mended in
that, each with a test in tests/local_stack/test_rights_of_the_release.py that fails once it is no
longer needed:

- Whoever names the access key `test`, or any account number, may do everything, and no signature
  of theirs is checked. Here nobody is trusted by name: the administrator is a user with keys.
- `Ref` of a secret gives its name, where AWS gives its ARN
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html),
  so that a policy which names a secret by `Ref` allows nothing.
- Every request over plain HTTP counts as unencrypted, so that a bucket whose policy wants TLS
  refuses everybody. It counts as encrypted: there is no TLS here, and the template is the real one.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeAlias

from infra.local import administrator

Properties: TypeAlias = dict[str, object]
Made: TypeAlias = tuple[str, dict[str, str]]

_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def make_real() -> None:
    """Mend what stands between the template's policies and their effect."""
    trust_nobody_by_name()
    seat_administrator(administrator.keys())
    take_all_for_encrypted()
    refer_to_secrets_by_arn()


def trust_nobody_by_name() -> None:
    """Check everybody's signature; only MiniStack itself, which has no key, is trusted."""
    from ministack.core import iam_evaluator  # noqa: PLC0415 (its import starts threads)
    from ministack.services import sts  # noqa: PLC0415

    def is_ministack_itself(access_key_id: str) -> bool:
        return not access_key_id

    iam_evaluator.is_root_access_key = is_ministack_itself
    sts.is_root_access_key = is_ministack_itself


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
