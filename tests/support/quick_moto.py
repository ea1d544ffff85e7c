"""Has moto answer calls without what only a server needs, in less than half the time.

Between botocore and its tables moto has each call signed, sent as HTTP, routed, and its answer
built member by member from the service's model. Here tables, secrets and senders of mail get the
body that botocore has written and checked, and botocore reads their answer, retries and all. Rarer
operations go moto's own way, which finds the service's URLs once instead of for each call.
"""

import base64
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from botocore.endpoint import Endpoint
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
from moto.dynamodb.responses import DynamoHandler
from moto.secretsmanager.models import secretsmanager_backends
from moto.ses.models import ses_backends
from responses import CallbackResponse
from werkzeug.exceptions import HTTPException

from tests.support import quick_expressions, quick_tables

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
_HOST = re.compile(r"https://[^/]*\.([^./]+)\.amazonaws\.com/")
_ANYWHERE = re.compile(r"https?://.+\.amazonaws\.com/.*")
_one_at_a_time = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Unsent:
    """A request as botocore has written it, before it would be signed and sent."""

    operation: str
    region: str
    url: str
    headers: Mapping[str, str]
    body: Any
    method: str = "POST"

    def reset_stream(self) -> None:
        """Do what botocore asks before it sends a request again: the body is no stream."""


@cache
def install() -> None:
    """Answer so from now on, in this process."""
    _give_whole_answers()
    _leave_out_http()
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


def _leave_out_http() -> None:
    create, process = Endpoint.create_request, BotocoreStubber.process_request

    def create_request(self: Endpoint, params: Any, operation_model: Any = None) -> Any:
        host = _HOST.match(params["url"])
        if (
            not botocore_stubber.enabled
            or host is None
            or operation_model is None
            or not _is_quick(operation_model.service_model.service_name, operation_model.name)
        ):
            return create(self, params, operation_model)
        return _Unsent(
            operation_model.name, host[1], params["url"], params["headers"], params["body"]
        )

    def process_request(self: BotocoreStubber, request: Any) -> Any:
        return _answer(request) if isinstance(request, _Unsent) else process(self, request)

    Endpoint.create_request = create_request  # type: ignore[method-assign]
    BotocoreStubber.process_request = process_request  # type: ignore[method-assign]


def _is_quick(service: str, operation: str) -> bool:
    return (service == "dynamodb" and operation in _TABLES) or operation in {_SECRET, _MAIL}


def _answer(request: _Unsent) -> tuple[int, dict[str, str], str]:
    if request.operation == _SECRET:
        return _answer_secret(request)
    if request.operation == _MAIL:
        return _answer_mail(request)
    handler = DynamoHandler()
    handler.region, handler.current_account = request.region, DEFAULT_ACCOUNT_ID
    handler.headers, handler.response_headers, handler.uri_match = request.headers, {}, {}
    handler.body = handler.params = json.loads(request.body)
    with _one_at_a_time:
        try:
            answered = _TABLES[request.operation](handler)
        except ServiceException as refused:
            return handler.serialized(ActionResult(refused))  # type: ignore[return-value]
        except HTTPException as refused:
            return refused.code or 400, {}, str(refused.description)
        return 200, {}, json.dumps(answered.result, default=_as_base64)


def _answer_secret(request: _Unsent) -> tuple[int, dict[str, str], str]:
    wanted = json.loads(request.body)
    with _one_at_a_time:
        try:
            value = secretsmanager_backends[DEFAULT_ACCOUNT_ID][request.region].get_secret_value(
                wanted["SecretId"], wanted.get("VersionId"), wanted.get("VersionStage")
            )
        except HTTPException as refused:
            return refused.code or 400, {}, str(refused.description)
    return 200, {}, json.dumps(value)


def _answer_mail(request: _Unsent) -> tuple[int, dict[str, str], str]:
    form: Any = request.body
    begins = "Destinations.member."
    recipients = [value for name, value in form.items() if name.startswith(begins)]
    raw = base64.b64decode(form["RawMessage.Data"]).decode()
    with _one_at_a_time:
        try:
            mail = ses_backends[DEFAULT_ACCOUNT_ID][request.region].send_raw_email(
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
