"""Has moto answer calls without what only a server needs, in less than half the time.

Between botocore and its tables moto has each call signed, sent as HTTP, routed, and its answer
built member by member from the service's model. Here DynamoDB's tables get the body that botocore
has written and checked, and botocore reads their answer, retries and all. Rarer operations and
other services go moto's own way, which finds the service's URLs once instead of for each call.
"""

import base64
import copy
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.endpoint import Endpoint
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BaseBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import (  # type: ignore[attr-defined]
    DepthFirstTraverser,
    Node,
)
from moto.dynamodb.parsing.expressions import (  # type: ignore[attr-defined]
    UpdateExpressionParser,
)
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

_METHODS = {
    "GetItem": DynamoHandler.get_item,
    "PutItem": DynamoHandler.put_item,
    "UpdateItem": DynamoHandler.update_item,
    "DeleteItem": DynamoHandler.delete_item,
    "Query": DynamoHandler.query,
    "BatchGetItem": DynamoHandler.batch_get_item,
    "BatchWriteItem": DynamoHandler.batch_write_item,
    "TransactWriteItems": DynamoHandler.transact_write_items,
}
_SERVICES = {"dynamodb", "s3", "secretsmanager", "ses", "sqs", "sts"}
_HOST = re.compile(r"https://[^/]*\.([^./]+)\.amazonaws\.com/")
_one_at_a_time = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Unsent:
    """A request as botocore has written it, before it would be signed and sent."""

    operation: str
    region: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    def reset_stream(self) -> None:
        """Do what botocore asks before it sends a request again: the body is no stream."""


def install() -> None:
    """Answer so from now on, in this process."""
    _give_whole_answers()
    _leave_out_http()
    _find_urls_once()
    _read_expressions_once()
    _copy_items_alone()


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
            or operation_model.service_model.service_name != "dynamodb"
            or operation_model.name not in _METHODS
        ):
            return create(self, params, operation_model)
        return _Unsent(
            operation_model.name, host[1], params["url"], params["headers"], params["body"]
        )

    def process_request(self: BotocoreStubber, request: Any) -> Any:
        return _answer(request) if isinstance(request, _Unsent) else process(self, request)

    Endpoint.create_request = create_request  # type: ignore[method-assign]
    BotocoreStubber.process_request = process_request  # type: ignore[method-assign]


def _answer(request: _Unsent) -> tuple[int, dict[str, str], str]:
    handler = DynamoHandler()
    handler.region, handler.current_account = request.region, DEFAULT_ACCOUNT_ID
    handler.headers, handler.response_headers, handler.uri_match = request.headers, {}, {}
    handler.body = handler.params = json.loads(request.body)
    with _one_at_a_time:
        try:
            answered = _METHODS[request.operation](handler)
        except ServiceException as refused:
            return handler.serialized(ActionResult(refused))  # type: ignore[return-value]
        except HTTPException as refused:
            return refused.code or 400, {}, str(refused.description)
        return 200, {}, json.dumps(answered.result, default=_as_base64)


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


def _read_expressions_once() -> None:
    """Keep what moto reads of an update expression; it validates a copy for each call."""
    make = UpdateExpressionParser.make
    UpdateExpressionParser.make = cache(make)
    Node.__deepcopy__ = _copy_node

    DepthFirstTraverser.traverse_node_recursively = _traverse


def _traverse(step: Any, node: Any, place: int = -1) -> Any:
    """Do what moto's own does, without building the step's processors anew for each node."""
    if not _is_kind(type(node), Node):
        return node
    parent = node.parent
    for number, child in enumerate(node.children or ()):
        step.pre_processing_of_child(node, number)
        _traverse(step, child, number)
    if "processors" not in step.__dict__:
        step.processors = step._processing_map()
    for kind, process in step.processors.items():
        if _is_kind(type(node), kind):
            node = process(node)
            node.parent = parent
            if parent:
                parent.children[place] = node
            break
    return node


# isinstance of abstract classes is slow, and this is asked for each node ten times a call.
_is_kind: Any = cache(issubclass)


def _copy_node(node: Any, memo: dict[int, Any]) -> Any:
    made = object.__new__(type(node))
    made.__dict__.update(node.__dict__)
    if node.children is not None:
        made.children = [copy.deepcopy(child, memo) for child in node.children]
        for child in made.children:
            if isinstance(child, Node):
                child.set_parent(made)
    return made


def _copy_items_alone() -> None:
    """Have a transaction put back a table's items without having copied all of them.

    moto changes an item in place only in an update; there it gets a copy to change.
    """
    update = DynamoDBBackend.update_item

    def update_item(self: Any, table_name: str, key: Any, *values: Any, **more: Any) -> Any:
        table = self.get_table(table_name)
        hash_key, range_key = self.get_keys_value(table, key)
        held = table.get_item(hash_key, range_key)
        if held is not None and range_key is not None:
            table.items[hash_key][range_key] = copy.deepcopy(held)
        elif held is not None:
            table.items[hash_key] = copy.deepcopy(held)
        return update(self, table_name, key, *values, **more)

    def copy_table(table: Table, _memo: dict[int, Any]) -> Table:
        made = copy.copy(table)
        made.items = copy.copy(table.items)
        if table.has_range_key:
            for hash_key, held in table.items.items():
                made.items[hash_key] = copy.copy(held)
        if table.stream_shard is not None:
            made.stream_shard = copy.copy(table.stream_shard)
            made.stream_shard.table = made
            made.stream_shard.items = [*table.stream_shard.items]
        return made

    DynamoDBBackend.update_item = update_item  # type: ignore[method-assign]
    Table.__deepcopy__ = copy_table  # type: ignore[attr-defined]
