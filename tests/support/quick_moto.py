"""Has moto answer calls without what only a server needs, in a third of the time.

Between a function and moto's tables botocore has each call resolved, signed, sent as HTTP, routed,
and its answer read member by member from the service's model. Here calls of tables, secrets and
senders of mail are checked by botocore's own rules and go straight to moto; botocore reads answers
that are not plain, and refusals. While a test stands on the wire they go the whole way. Objects go
without signing and routing (quick_objects.py). Rarer operations go moto's own way, which finds the
service's URLs once instead of for each call.
"""

import base64
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from botocore.exceptions import ParamValidationError
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BaseBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import ServiceException
from moto.core.models import (
    DEFAULT_ACCOUNT_ID,
    RESPONSES_METHODS,
    MockAWS,
    botocore_stubber,
    responses_mock,
)
from moto.core.responses import ActionResult
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler
from moto.secretsmanager.models import secretsmanager_backends
from moto.ses.models import ses_backends
from responses import CallbackResponse
from werkzeug.exceptions import HTTPException

from tests.support import quick_expressions, quick_objects, quick_tables

_TABLES = {
    "GetItem": DynamoHandler.get_item,
    "PutItem": DynamoHandler.put_item,
    "UpdateItem": DynamoHandler.update_item,
    "DeleteItem": DynamoHandler.delete_item,
    "Query": DynamoHandler.query,
    "Scan": DynamoHandler.scan,
    "BatchGetItem": DynamoHandler.batch_get_item,
    "BatchWriteItem": DynamoHandler.batch_write_item,
    "TransactWriteItems": DynamoHandler.transact_write_items,
}
_SECRET, _MAIL = "GetSecretValue", "SendRawEmail"
_SERVICES = {"dynamodb", "s3", "secretsmanager", "ses", "sqs", "sts"}
_HOST = re.compile(r"https://[^/]*\.amazonaws\.com$")
_ANYWHERE = re.compile(r"https?://.+\.amazonaws\.com/.*")
_one_at_a_time = threading.RLock()

Answer: TypeAlias = tuple[int, dict[str, str], str]
"""Status, headers and body."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call, checked and written as botocore would send it."""

    operation: str
    region: str
    body: Any


@cache
def install() -> None:
    """Answer so from now on, in this process."""
    _give_whole_answers()
    quick_objects.install()
    _leave_out_botocore()
    _find_urls_once()
    _leave_out_requests()
    quick_expressions.install()
    quick_tables.install()


def _give_whole_answers() -> None:
    """Give moto a property of DynamoDB: each call is one atomic step.

    moto changes an item attribute by attribute and writes its response from the item itself, so
    without the lock a read beside a write may see half of it.
    """
    call = DynamoHandler.call_action

    def alone(self: DynamoHandler) -> Any:
        with _one_at_a_time:
            return call(self)

    DynamoHandler.call_action = alone  # type: ignore[method-assign]


def _leave_out_botocore() -> None:
    call: Any = BaseClient._make_api_call  # type: ignore[attr-defined]
    whole_way = _stations()

    def make(client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> Any:
        # Where a test stands at one of them, it sees all.
        is_quick = _is_quick(client, operation) and _stations() == whole_way
        return (_ask if is_quick else call)(client, operation, parameters)

    BaseClient._make_api_call = make  # type: ignore[attr-defined]


def _stations() -> tuple[Any, ...]:
    """Return what a request goes through on its way, where tests put others in the places."""
    endpoint: Any = Endpoint
    return endpoint._do_get_response, endpoint._send, BotocoreStubber.process_request


def _is_quick(client: BaseClient, operation: str) -> bool:
    if operation not in _TABLES and operation not in {_SECRET, _MAIL}:
        return False
    is_of_aws = _HOST.match(client.meta.endpoint_url)
    is_its = operation not in _TABLES or client.meta.service_model.service_name == "dynamodb"
    return bool(botocore_stubber.enabled and is_of_aws and is_its)


def _ask(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
    """Return the answer of a call, as botocore does."""
    model = client.meta.service_model.operation_model(operation)
    validator = getattr(client._serializer, "_param_validator", None)  # clients may have none
    report = validator and validator.validate(parameters, model.input_shape)
    if report and report.has_errors():
        raise ParamValidationError(report=report.generate_report())
    if operation == _MAIL:
        body = client._serializer.serialize_to_request(parameters, model)["body"]
    else:
        body = json.dumps(parameters, default=_as_base64)
    status, headers, told = _answer(_Asked(operation, client.meta.region_name, body))
    if status == 200 and operation in _TABLES:
        return _plain(model, told)
    return _read(client, model, {"status_code": status, "headers": headers, "body": told.encode()})


def _plain(model: Any, told: str) -> dict[str, Any]:
    """Read an answer that is JSON as the service's model has it, apart from bytes."""
    read = json.loads(told, object_hook=_with_bytes if '"B' in told else None)
    known = model.output_shape.members
    answer = {name: one for name, one in read.items() if name in known and one is not None}
    metadata = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}
    return {**answer, "ResponseMetadata": metadata}


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    match value:
        case {"B": str(text)}:
            return {"B": base64.b64decode(text)}
        case {"BS": [*texts]}:
            return {"BS": [base64.b64decode(text) for text in texts]}
    return value


def _read(client: Any, model: Any, answer: dict[str, Any]) -> Any:
    """Have botocore read an answer, and raise what it would."""
    endpoint = client._endpoint
    protocol = model.service_model.resolved_protocol
    parser = endpoint._response_parser_factory.create_parser(protocol)
    parsed = parser.parse(answer, model.output_shape)
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    if answer["status_code"] == 200:
        return parsed
    endpoint._add_modeled_error_fields(answer, parsed, model, parser)
    raise client.exceptions.from_code(parsed["Error"]["Code"])(parsed, model.name)


def _answer(asked: _Asked) -> Answer:
    if asked.operation == _SECRET:
        return _answer_secret(asked)
    if asked.operation == _MAIL:
        return _answer_mail(asked)
    handler = DynamoHandler()
    handler.region, handler.current_account = asked.region, DEFAULT_ACCOUNT_ID
    handler.headers, handler.response_headers, handler.uri_match = {}, {}, {}
    handler.body = handler.params = json.loads(asked.body)
    with _one_at_a_time:
        try:
            answered = _TABLES[asked.operation](handler)
        except ServiceException as refused:
            return handler.serialized(ActionResult(refused))  # type: ignore[return-value]
        except HTTPException as refused:
            return refused.code or 400, {}, str(refused.description)
        return 200, {}, json.dumps(answered._result, default=_as_json)


def _answer_secret(asked: _Asked) -> Answer:
    wanted = json.loads(asked.body)
    with _one_at_a_time:
        try:
            value = secretsmanager_backends[DEFAULT_ACCOUNT_ID][asked.region].get_secret_value(
                wanted["SecretId"], wanted.get("VersionId"), wanted.get("VersionStage")
            )
        except HTTPException as refused:
            return refused.code or 400, {}, str(refused.description)
    return 200, {}, json.dumps(value)


def _answer_mail(asked: _Asked) -> Answer:
    form: Any = asked.body
    begins = "Destinations.member."
    recipients = [value for name, value in form.items() if name.startswith(begins)]
    raw = base64.b64decode(form["RawMessage.Data"]).decode()
    with _one_at_a_time:
        try:
            mail = ses_backends[DEFAULT_ACCOUNT_ID][asked.region].send_raw_email(
                form.get("Source"), recipients, raw
            )
        except ServiceException as refused:
            told = (
                f"<Code>{escape(refused.code)}</Code><Message>{escape(refused.message)}</Message>"
            )
            return 400, {}, f"<ErrorResponse><Error>{told}</Error></ErrorResponse>"
    result = f"<SendRawEmailResult><MessageId>{mail.id}</MessageId></SendRawEmailResult>"
    return 200, {}, f"<SendRawEmailResponse>{result}</SendRawEmailResponse>"


def _as_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _as_json(value: Any) -> Any:
    """Return a part of moto's own result as DynamoDB's JSON has it."""
    if isinstance(value, bytes):
        return _as_base64(value)
    return {value.type: value.value} if isinstance(value, DynamoType) else value.to_json()


def _find_urls_once() -> None:
    """Keep each service's URLs; for S3, moto executes a module again to find them."""
    found: dict[type, Any] = {}
    find: Any = BaseBackend.urls

    def urls(self: BaseBackend) -> Any:
        if type(self) not in found:
            found[type(self)] = find.fget(self)
        return found[type(self)]

    BaseBackend.urls = property(urls)  # type: ignore[assignment]
    backend_url_patterns.sort(key=lambda one: one[0] not in _SERVICES)


def _leave_out_requests() -> None:
    """Have ``requests``, which no function uses, meet one fence of moto instead of 2,000.

    moto makes one for each kind of address and method, before each test.
    """

    def begin(self: MockAWS, reset: bool = True) -> None:  # noqa: FBT002
        botocore_stubber.enabled = True
        if reset:
            self.reset()
        responses_mock.start()
        for method in RESPONSES_METHODS:
            answer = botocore_stubber.process_prepared_request
            responses_mock.add(CallbackResponse(method, _ANYWHERE, callback=answer))

    MockAWS._enable_patching = begin  # type: ignore[method-assign]
