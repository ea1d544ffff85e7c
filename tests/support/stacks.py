"""Joins the templates of all nested stacks into one, in which each name means what root means.

A parameter of a nested stack becomes what its parent passes, an output becomes what it gives. So a
rule about the deployment can be tested without knowing in which of its files something stands.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml  # type: ignore[import-untyped]

from infra.local.libyaml import READER

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"

Meaning: TypeAlias = Callable[[str], Any]
"""What a name (`Stage`, `Site.Outputs.SiteUrl`) stands for; None for one that needs no change."""


class _Loader(READER):  # type: ignore[misc] # PyYAML has no types
    """Turns the short forms of CloudFormation's functions into their long ones."""


def _intrinsic(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def load(path: Path = TEMPLATE) -> dict[str, Any]:
    """Return a template; the object is shared, so callers must not change it."""
    loaded: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)
    return loaded


def _nested() -> dict[str, dict[str, Any]]:
    """Return the nested stacks by logical id."""
    kind = "AWS::CloudFormation::Stack"
    return {name: one for name, one in load()["Resources"].items() if one["Type"] == kind}


def nested() -> list[Path]:
    """Return the templates of the nested stacks."""
    return [_template_of(name) for name in _nested()]


def _template_of(stack: str) -> Path:
    return ROOT / str(_nested()[stack]["Properties"]["TemplateURL"])


@dataclass(frozen=True)
class Joined:
    """One template, in the terms of the root; ``stack`` is its logical id there, or empty."""

    stack: str
    resources: Mapping[str, dict[str, Any]]
    globals: Mapping[str, Any]


@cache
def joined() -> list[Joined]:
    """Return every template of the deployment in the root's terms."""
    return [_joined("", load(), _in_root)] + [
        _joined(stack, load(_template_of(stack)), _in_stack(stack)) for stack in _nested()
    ]


def _joined(stack: str, template: Mapping[str, Any], meaning: Meaning) -> Joined:
    resources = {name: rewrite(one, meaning) for name, one in template["Resources"].items()}
    shared = template.get("Globals", {}).get("Function", {})
    return Joined(stack, resources, rewrite(shared, meaning))


def _in_root(name: str) -> Any:
    stack, _, output = name.partition(".Outputs.")
    if not output:
        return None
    value = load(_template_of(stack))["Outputs"][output]["Value"]
    return rewrite(value, _in_stack(stack))


def _in_stack(stack: str) -> Meaning:
    passed = _nested()[stack]["Properties"]["Parameters"]
    return lambda name: rewrite(passed[name], _in_root) if name in passed else None


def rewrite(value: Any, meaning: Meaning) -> Any:
    """Return a part of a template with every name replaced by what it stands for."""
    if isinstance(value, list):
        return [rewrite(one, meaning) for one in value]
    if not isinstance(value, dict):
        return value
    found = None
    match value:
        case {"Ref": name}:
            found = meaning(name)
        case {"Fn::GetAtt": [one, attribute]}:
            found = meaning(f"{one}.{attribute}")
        case {"Fn::Sub": text}:
            found = _rewrite_text(text, meaning)
    if found is not None:
        return found
    return {key: rewrite(one, meaning) for key, one in value.items()}


def _rewrite_text(sub: Any, meaning: Meaning) -> Any:
    text, own = sub if isinstance(sub, list) else (sub, {})
    variables = {name: rewrite(one, meaning) for name, one in own.items()}

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        found = None if name in own else meaning(name)
        match found:
            case None:
                return match[0]
            case str():
                return found
            case {"Ref": other}:
                return f"${{{other}}}"
            case {"Fn::GetAtt": [one, attribute]}:
                return f"${{{one}.{attribute}}}"
            case {"Fn::Sub": str(inner)}:
                return inner
        variables[name] = found
        return match[0]

    text = re.sub(r"\$\{([^!}]+)\}", replaced, text)
    return {"Fn::Sub": [text, variables] if variables else text}
