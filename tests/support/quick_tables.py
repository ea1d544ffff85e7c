"""Has moto's DynamoDB tables copy an item only to change it, and measure it once.

moto copies items and tables so that nobody sees them change. Here an item that a table holds never
changes: an update gets a copy and puts that in its place, if it succeeds. So whoever has an item
may keep it, and all copies of tables share their items.
"""

import copy
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.responses import DynamoResult

_size = Item.size
_LARGEST = 405_000
"""The size of an item that moto takes, between what DynamoDB says and what it does."""


def install() -> None:
    """Do so from now on, in this process."""
    _keep_items()
    _measure_items_once()
    _project_by_name()
    _take_strings_as_they_are()
    _give_results_as_they_are()


def copy_items(items: Any) -> Any:
    """Return a copy of what a table holds, by hash key or by both keys, with the same items."""
    made = copy.copy(items)
    for key, held in items.items():
        if not isinstance(held, Item):
            made[key] = copy.copy(held)
    return made


def attributes(item: Item) -> dict[str, Any]:
    """Return an item's attributes in DynamoDB's own JSON; read once, because it never changes."""
    if "read" not in item.__dict__:
        read = {name: value.to_regular_json() for name, value in item.attrs.items()}
        item.__dict__["read"] = read
    return {**item.__dict__["read"]}


def _keep_items() -> None:
    """Have an update change a copy of its item, and nobody else copy one."""
    update = DynamoDBBackend.update_item

    def update_item(self: Any, table_name: str, key: Any, *values: Any, **more: Any) -> Any:
        table = self.get_table(table_name)
        hash_key, range_key = self.get_keys_value(table, key)
        held = table.get_item(hash_key, range_key)
        if held is None:
            return update(self, table_name, key, *values, **more)
        place, name = (table.items[hash_key], range_key) if range_key else (table.items, hash_key)
        place[name] = _copy_item(held)
        try:
            return update(self, table_name, key, *values, **more)
        except Exception:
            place[name] = held
            raise

    def copy_table(table: Table, _memo: Any) -> Table:
        made = copy.copy(table)
        made.items = copy_items(table.items)
        if table.stream_shard is not None:
            made.stream_shard = copy.copy(table.stream_shard)
            made.stream_shard.table = made
            made.stream_shard.items = [*table.stream_shard.items]
        return made

    def keep(self: Item, memo: Any) -> Item:
        return self

    DynamoDBBackend.update_item = update_item  # type: ignore[method-assign]
    Table.__deepcopy__ = copy_table  # type: ignore[attr-defined]
    Item.__deepcopy__ = keep  # type: ignore[method-assign]


def _copy_item(item: Item) -> Item:
    # Nothing changes a plain value; it is replaced.
    copied = {
        name: value if isinstance(value.value, str | bytes | bool) else copy.deepcopy(value)
        for name, value in item.attrs.items()
    }
    return _item(item, copied)


def _measure_items_once() -> None:
    """Measure an item when it is whole; moto measures all that it has for each attribute."""
    execute = UpdateExpressionExecutor.execute
    Item.size = lambda self: self.__dict__.get("measured") or _size(self)  # type: ignore[method-assign]

    def begin(
        self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: Mapping[str, Any]
    ) -> None:
        self.hash_key, self.range_key = hash_key, range_key
        self.attrs = LimitedSizeDict()
        dict.update(self.attrs, {name: DynamoType(value) for name, value in attrs.items()})
        _measure(self)

    def execute_whole(self: UpdateExpressionExecutor, node: Any = None) -> None:
        execute(self, node)
        if node is None:
            _measure(self.item)

    Item.__init__ = begin  # type: ignore[method-assign]
    LimitedSizeDict.__setitem__ = dict.__setitem__  # type: ignore[method-assign]
    UpdateExpressionExecutor.execute = execute_whole  # type: ignore[method-assign]


def _project_by_name() -> None:
    """Have a read of some attributes take these; moto copies the whole item for each of them."""
    project = Item.project

    def take(self: Item, projection_expressions: list[list[str]]) -> Item:
        if any(len(path) > 1 or "[" in path[0] for path in projection_expressions):
            return project(self, projection_expressions)
        wanted = {path[0] for path in projection_expressions}
        return _item(self, {name: value for name, value in self.attrs.items() if name in wanted})

    Item.project = take  # type: ignore[method-assign]


def _item(of: Item, attributes: Mapping[str, DynamoType]) -> Item:
    made: Item = object.__new__(Item)
    made.hash_key, made.range_key, made.attrs = of.hash_key, of.range_key, LimitedSizeDict()
    dict.update(made.attrs, attributes)
    return made


def _measure(item: Item) -> None:
    item.__dict__["measured"] = size = _size(item)
    if size > _LARGEST:
        raise ItemSizeTooLarge


def _take_strings_as_they_are() -> None:
    """Have strings compared and measured without asking what else they might be."""
    cast: Any = DynamoType.cast_value
    measure = DynamoType.size

    def value_of(self: DynamoType) -> Any:
        return self.value if self.type == "S" else cast.fget(self)

    def size(self: DynamoType) -> int:
        return len(self.value.encode()) if self.type == "S" else measure(self)

    DynamoType.cast_value = property(value_of)  # type: ignore[assignment,method-assign]
    DynamoType.size = size  # type: ignore[method-assign]


def _give_results_as_they_are() -> None:
    """Have a result copied only for who asks for a copy; the quick way writes it as JSON itself."""
    DynamoResult.__init__ = ActionResult.__init__  # type: ignore[method-assign]
    whole = property(lambda self: dynamo_to_dict(self._result))
    DynamoResult.result = whole  # type: ignore[assignment,method-assign]
