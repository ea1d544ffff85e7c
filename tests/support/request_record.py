"""Keeps what the tests of functions ask of AWS, for all that judges rights without running them.

One line of `tests/functions/recorded_requests.jsonl` is one kind of request of a function: which
permissions its parts need, and what these name. Ids are left out of keys, names of objects and
addresses; the attributes of requests that are alike otherwise stand together. A request that is
part of another one of its kind has no line.

A test whose function needs a permission that is in no line fails, and says so:
`NEWSREEL_RECORD_REQUESTS=1` before the same pytest command adds its requests. What a request names
besides, or together, is judged at once in each reading (readings.py), recorded or not. To drop what
no test asks for any more, delete the file and run `NEWSREEL_RECORD_REQUESTS=1 .venv/bin/pytest
tests/functions`.
"""

import fcntl
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from tests.support.needs import Call, needed
from tests.support.permissions import Seen
from tests.support.template import ROOT

FILE = ROOT / "tests" / "functions" / "recorded_requests.jsonl"
_FOLDERS = {"newsletter"}
"""Names within a bucket that a policy may name after the first one."""


@dataclass(frozen=True)
class Request:
    """A kind of request: who asks for what, and the permissions that it needs together."""

    folder: str
    operation: str
    calls: tuple[Call, ...]

    def holds(self, other: "Request") -> bool:
        """Tell whether another request asks for a part of this one."""
        if (self.folder, self.operation) != (other.folder, other.operation):
            return False
        own = {_bare(call): set(call.attributes) for call in self.calls}
        return all(
            _bare(one) in own and set(one.attributes) <= own[_bare(one)] for one in other.calls
        )

    def joined(self, other: "Request") -> "Request":
        """Return both as one: they differ in attributes at most."""
        calls = zip(self.calls, other.calls, strict=True)
        both = [
            replace(one, attributes=_sorted(one.attributes + more.attributes))
            for one, more in calls
        ]
        return replace(self, calls=tuple(both))


def _bare(call: Call) -> Call:
    return replace(call, attributes=())


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def request_of(seen: Seen) -> Request:
    """Return the kind of a call."""
    folder, _, operation, _ = seen
    alike: dict[Call, set[str]] = {}
    for call in needed(*seen):
        kind = replace(
            call,
            resource=_without_ids(call.resource),
            keys=_sorted(_without_id(key) for key in call.keys),
            attributes=(),
            prefix=_path(call.prefix.split("/")) if call.prefix else "",
        )
        alike.setdefault(kind, set()).update(call.attributes)
    calls = [replace(call, attributes=_sorted(named)) for call, named in alike.items()]
    return Request(folder, operation, tuple(sorted(calls, key=repr)))


def _without_id(key: str) -> str:
    entity, divider, _ = key.partition("#")
    return f"{entity}#x" if divider else entity


def _without_ids(arn: str) -> str:
    if ":s3:::" in arn:
        return _path(arn.split("/"), first=2)
    before, at, domain = arn.rpartition("@")
    return f"{before.rpartition('/')[0]}/someone@{domain}" if at else arn


def _path(parts: Sequence[str], first: int = 1) -> str:
    kept = [
        part if place < first or part in _FOLDERS or not part else "x"
        for place, part in enumerate(parts)
    ]
    # How deep it lies says nothing: policies end with a star.
    while len(kept) > first + 1 and kept[-2:] == ["x", "x"]:
        kept.pop()
    return "/".join(kept)


@cache
def recorded_requests() -> list[Request]:
    """Return the record."""
    return list(_read(FILE.read_text(encoding="utf-8"))) if FILE.exists() else []


def _read(text: str) -> Iterator[Request]:
    for line in text.splitlines():
        written: dict[str, Any] = json.loads(line)
        folder = written["folder"]
        calls = [
            Call(folder, **{name: _frozen(value) for name, value in call.items()})
            for call in written["calls"]
        ]
        yield Request(folder, written["operation"], tuple(calls))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _line(request: Request) -> str:
    calls = [
        {name: value for name, value in asdict(call).items() if value and name != "folder"}
        for call in request.calls
    ]
    written = {"folder": request.folder, "operation": request.operation, "calls": calls}
    return json.dumps(written, sort_keys=False)


@cache
def _permissions() -> dict[Call, list[set[str]]]:
    """Return the permissions of the record without their keys, and which keys came together."""
    keys: dict[Call, list[set[str]]] = {}
    for one in recorded_requests():
        for call in one.calls:
            keys.setdefault(replace(_bare(call), keys=()), []).append(set(call.keys))
    return keys


def unrecorded(requests: Iterable[Request]) -> list[Call]:
    """Return the permissions that requests need and that are in no line of the record.

    A read of fewer items at once needs no more: which of them there are is a matter of the data.
    """
    return [call for one in requests for call in one.calls if not _is_recorded(call)]


def _is_recorded(call: Call) -> bool:
    together = _permissions().get(replace(_bare(call), keys=()), [])
    return any(
        keys == set(call.keys) or (call.keys and keys >= set(call.keys)) for keys in together
    )


def requests_of(seen: Sequence[Seen]) -> list[Request]:
    """Return the kinds of some calls, each once, but for those that need no permission."""
    return [one for one in dict.fromkeys(map(request_of, seen)) if one.calls]


def add(requests: Iterable[Request]) -> None:
    """Write further requests into the record; several processes may do so at once."""
    kept = recorded_requests()
    further = [one for one in requests if not any(other.holds(one) for other in kept)]
    if not further:
        return
    with FILE.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        kept = together([*_read(file.read()), *further])
        file.seek(0)
        file.truncate()
        file.writelines(f"{_line(one)}\n" for one in kept)
    recorded_requests.cache_clear()
    _permissions.cache_clear()


def together(requests: Iterable[Request]) -> list[Request]:
    """Return requests in order, those alike as one, without those that another one holds."""
    alike: dict[tuple[Any, ...], Request] = {}
    for one in requests:
        kind = (one.folder, one.operation, *map(_bare, one.calls))
        alike[kind] = alike[kind].joined(one) if kind in alike else one
    found = sorted(alike.values(), key=lambda one: (one.folder, one.operation, repr(one.calls)))
    return [
        one for one in found if not any(other.holds(one) for other in found if other is not one)
    ]
