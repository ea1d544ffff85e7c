"""Has moto read each expression of DynamoDB once, and compute an update without walks.

moto reads every condition up to three times a call, and walks a copy of every update ten times.
"""

import copy
from collections.abc import Sequence
from functools import cache
from typing import Any

from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser, OpDefault
from moto.dynamodb.exceptions import InvalidUpdateExpressionInvalidDocumentPath
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import (  # type: ignore[attr-defined]
    ExpressionAttributeValue,
    ExpressionValueOperator,
    Node,
    NoneExistingPath,
    UpdateExpression,
    UpdateExpressionAddAction,
    UpdateExpressionDeleteAction,
    UpdateExpressionFunction,
    UpdateExpressionPath,
    UpdateExpressionRemoveAction,
    UpdateExpressionSetAction,
    UpdateExpressionValue,
)
from moto.dynamodb.parsing.expressions import (  # type: ignore[attr-defined]
    UpdateExpressionParser,
)
from moto.dynamodb.parsing.validators import (
    ActionCountValidator,
    EmptyStringKeyValueValidator,
    ExecuteOperations,
    ExpressionAttributeValueProcessor,
    ExpressionPathResolver,
    NoneExistingPathChecker,
    OverlappingPathsValidator,
    TypeMismatchValidator,
    UpdateExpressionFunctionEvaluator,
    UpdateExpressionValidator,
    UpdateHashRangeKeyValidator,
    Validator,
)

_ACTIONS = (
    UpdateExpressionAddAction,
    UpdateExpressionDeleteAction,
    UpdateExpressionRemoveAction,
    UpdateExpressionSetAction,
)


def install() -> None:
    """Do so from now on, in this process."""
    _read_conditions_once()
    _read_updates_once()
    _update_without_walks()


def _read_conditions_once() -> None:
    parse, make_operand = ConditionExpressionParser.parse, ConditionExpressionParser._make_operand

    class Reader(ConditionExpressionParser):
        """Reads a condition without its values, and keeps the tree instead of making operators."""

        tree: Any

        def _lookup_expression_attribute_value(self, name: str) -> Any:
            return name

        def _make_op_condition(self, node: Any) -> Any:
            self.tree = node

    @cache
    def read(condition: str, names: tuple[tuple[str, str], ...]) -> Reader:
        reader = Reader(condition, dict(names), None)
        parse(reader)
        return reader

    def parse_once(self: ConditionExpressionParser) -> Any:
        if not self.condition_expression:
            return OpDefault(None, None)  # type: ignore[arg-type]
        names = tuple((self.expression_attribute_names or {}).items())
        known = read(self.condition_expression, names)
        self.expr_attr_names_found.extend(known.expr_attr_names_found)
        self.expr_attr_values_found.extend(known.expr_attr_values_found)
        return self._make_op_condition(known.tree)

    def operand(self: ConditionExpressionParser, node: Any) -> Any:
        if node.kind == self.Kind.EXPRESSION_ATTRIBUTE_VALUE:
            return AttributeValue(self.expression_attribute_values[node.text])  # type: ignore[index]
        return make_operand(self, node)

    ConditionExpressionParser.parse = parse_once  # type: ignore[method-assign]
    ConditionExpressionParser._make_operand = operand  # type: ignore[method-assign]


def _read_updates_once() -> None:
    """Keep what moto reads of an update, and which names and values stand in it."""
    make, find = UpdateExpressionParser.make, Node.find_clauses

    @cache
    def make_once(update: str) -> Any:
        made = make(update)
        made.found = {}
        return made

    def find_once(self: Any, kinds: Sequence[type]) -> list[Any]:
        found = self.__dict__.get("found")
        if found is None:
            return list(find(self, kinds))
        wanted = tuple(kinds)
        if wanted not in found:
            found[wanted] = find(self, kinds)
        return [*found[wanted]]

    UpdateExpressionParser.make = make_once
    UpdateExpression.find_clauses = find_once


def _update_without_walks() -> None:
    """Have moto's steps look at the nodes that they are for, and at no other.

    If one refuses, moto's own validation says why.
    """
    begin, validate = Validator.__init__, Validator.validate

    def keep(self: Any, *given: Any, **named: Any) -> None:
        self.given = given, named

    def validate_quickly(self: Any) -> Any:
        given, named = self.given
        try:
            return _Update(*given, **named).result()
        except Exception:  # noqa: BLE001 - whatever it was, moto itself tells it
            begin(self, *given, **named)
            self.node_to_validate.__dict__.pop("found", None)
            return validate(self)

    UpdateExpressionValidator.__init__ = keep  # type: ignore[method-assign]
    UpdateExpressionValidator.validate = validate_quickly  # type: ignore[method-assign]


@cache
def _sound_actions(update: Any, names: tuple[tuple[str, str], ...], keys: tuple[str, ...]) -> Any:
    """Return the actions of an update, checked for what its words alone tell."""
    named, root = dict(names), copy.deepcopy(update)
    for step in (
        ActionCountValidator(),
        OverlappingPathsValidator(named),
        UpdateHashRangeKeyValidator([*keys], named),
    ):
        step.traverse(root)
    resolver, nothing = ExpressionPathResolver(named), Item(DynamoType({"S": ""}), None, {})
    actions = update.find_clauses([*_ACTIONS])
    for action in actions:
        resolver.resolve_expression_path_nodes(nothing, action.children[0].children[:1])
    return actions


class _Update:
    """One update of one item: moto's steps, each for the nodes of its kind."""

    def __init__(
        self,
        expression: Any,
        expression_attribute_names: dict[str, str] | None,
        expression_attribute_values: dict[str, dict[str, Any]],
        item: Item,
        table: Table,
    ) -> None:
        self.item = item
        names = tuple((expression_attribute_names or {}).items())
        self.actions = _sound_actions(expression, names, tuple(table.table_key_attrs))
        self.paths = ExpressionPathResolver(dict(names))
        self.values = ExpressionAttributeValueProcessor(expression_attribute_values)
        self.types = TypeMismatchValidator(table.attr)
        self.keys = EmptyStringKeyValueValidator(table.attribute_keys)

    def result(self) -> Any:
        """Return the update with each value computed, as moto executes it."""
        return UpdateExpression([self._computed(action) for action in self.actions])

    def _computed(self, action: Any) -> Any:
        path, *value = action.children
        if len(path.children) > 1:
            held = self.paths.resolve_expression_path(self.item, path)
            if isinstance(held, NoneExistingPath) and not held.is_creatable():
                raise InvalidUpdateExpressionInvalidDocumentPath
        made = type(action)([path, *map(self._value, value)])
        if isinstance(made, UpdateExpressionSetAction):
            self.types.check_for_type_mismatch(made)
            self.keys.check_for_empty_string_key_value(made)
        return made

    def _value(self, node: Any) -> Any:
        found = self._operand(node)
        if isinstance(found, NoneExistingPath):
            NoneExistingPathChecker().raise_none_existing_path(found)
        return found

    def _operand(self, node: Any) -> Any:
        if isinstance(node, ExpressionAttributeValue):
            return self.values.replace_expression_attribute_value_with_value(node)
        if isinstance(node, UpdateExpressionPath):
            return self.paths.resolve_expression_path(self.item, node)
        if isinstance(node, UpdateExpressionFunction):
            name, *arguments = node.children
            made = UpdateExpressionFunction([name, *map(self._operand, arguments)])
            return UpdateExpressionFunctionEvaluator().process_function(made)
        if isinstance(node, UpdateExpressionValue):
            made = UpdateExpressionValue([*map(self._value, node.children)])
            return ExecuteOperations().process_update_expression_value(made)
        if isinstance(node, ExpressionValueOperator):
            return node
        raise NotImplementedError(type(node))
