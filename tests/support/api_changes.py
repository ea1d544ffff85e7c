"""What a newer description of the API takes away from programs that were written for an older one.

They go on if every route is there, nothing more is asked of them, and every field that they were
promised still comes, with the same type.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Part: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Descriptions:
    """An older and a newer description (OpenAPI 3.1)."""

    old: Part
    new: Part

    def breaks(self) -> list[str]:
        """Return one line for each thing that is taken away."""
        return sorted(line for path in self.old["paths"] for line in self._of_path(path))

    def _of_path(self, path: str) -> Iterator[str]:
        there = self.new["paths"].get(path, {})
        for method, old in self.old["paths"][path].items():
            name = f"{method.upper()} {path}"
            if method not in there:
                yield f"{name}: no such route"
            else:
                yield from self._asks(name, old, there[method])
                yield from self._answers(name, old, there[method])

    def _asks(self, name: str, old: Part, new: Part) -> Iterator[str]:
        if "requestBody" not in new:
            return
        before, after = (
            _resolved(whole, _resolved(whole, one.get("requestBody", {})))
            for whole, one in ((self.old, old), (self.new, new))
        )
        given, taken = (
            _resolved(whole, one.get("content", {}).get("application/json", {}).get("schema", {}))
            for whole, one in ((self.old, before), (self.new, after))
        )
        for field in taken.get("required", ()):
            if field not in given.get("required", ()):
                yield f"{name}: asks for {field}"
        for field in given.get("properties", {}):
            if field not in taken.get("properties", {}):
                yield f"{name}: takes no {field}"

    def _answers(self, name: str, old: Part, new: Part) -> Iterator[str]:
        for status, answer in old["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in new["responses"]:
                yield f"{name}: no {status}"
                continue
            there = _resolved(self.new, new["responses"][status]).get("content", {})
            for form, content in _resolved(self.old, answer).get("content", {}).items():
                if form not in there:
                    yield f"{name}: no {form}"
                else:
                    yield from self._fields(name, content["schema"], there[form]["schema"])

    def _fields(self, name: str, old: Part, new: Part) -> Iterator[str]:
        before, after = _resolved(self.old, old), _resolved(self.new, new)
        if before.get("type") != after.get("type"):
            yield f"{name}: another type"
        for field, own in before.get("properties", {}).items():
            there = after.get("properties", {})
            if field not in there:
                yield f"{name}: no {field}"
                continue
            if field in before.get("required", ()) and field not in after.get("required", ()):
                yield f"{name}: {field} may be missing"
            yield from self._fields(f"{name}: {field}", own, there[field])
        if "items" in before:
            yield from self._fields(f"{name}[]", before["items"], after.get("items", {}))


def _resolved(whole: Part, part: Part) -> Part:
    while "$ref" in part:
        found: Any = whole
        for name in str(part["$ref"]).removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part
