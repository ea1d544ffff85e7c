"""Canaries: values that must never be written, the places to put them, and the search for them.

A canary is a mark with a number, so that one search finds all of them, and the number tells where
it was put. The search covers every encoding in use: plain, quoted, escaped, hexadecimal, and base64
at each of its three offsets within a longer text.
"""

import base64
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from tests.support.description import resolved

MARK = "zqcanary"
_NUMBERED = re.compile(rf"{MARK}(\d{{5}})")
_SIX_DIGITS = re.compile(r"\d{6}")

# Public values. Every other value of a request or an answer is searched for.
PUBLIC = {
    "place",
    "file_name",
    "format",
    "keep",
    "language",
    "mute",
    "page",
    "rendition",
    "scopes",
    "terms_version",
    "text_version",
    "version",
    "video_id",
}
SECRET = {
    "change_id",
    "code",
    "current_password",
    "email",
    "key_id",
    "name",
    "new_email",
    "new_password",
    "password",
    "registration_id",
    "reset_id",
    "reset_token",
    "session_id",
    "token",
}


def spellings(value: str) -> set[str]:
    """Return the encodings of a value, in lower case."""
    raw = value.encode()
    forms = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], raw.hex()}
    for before in range(3):
        # The first and last letter also depend on neighbouring bytes: only those between are
        # stable.
        text = base64.b64encode(bytes(before) + raw + bytes(2)).decode()
        within = text[math.ceil(before * 8 / 6) : (before + len(raw)) * 8 // 6]
        forms |= {within, within.replace("+", "-").replace("/", "_")}
    return {form.lower() for form in forms}


def told(texts: Iterable[str], secrets: Mapping[str, str]) -> set[str]:
    """Return the names of the secrets that occur in a text."""
    # Six digits may be part of a longer number; only alone, or as the mail groups them, they count.
    codes = {
        name: re.compile(rf"(?<![0-9A-Za-z]){value[:3]} ?{value[3:]}(?![0-9A-Za-z])")
        for name, value in secrets.items()
        if _SIX_DIGITS.fullmatch(value)
    }
    needles = {name: spellings(value) for name, value in secrets.items() if name not in codes}
    names = set()
    for text in texts:
        lower = text.lower()
        names |= {name for name, forms in needles.items() if any(form in lower for form in forms)}
        names |= {name for name, code in codes.items() if code.search(text)}
    return names


@dataclass
class Canaries:
    """The canaries given out, each with the place where it was put."""

    places: list[str] = field(default_factory=list)

    def at(self, place: str) -> str:
        """Return a new one."""
        self.places.append(place)
        return f"{MARK}{len(self.places) - 1:05}"

    def told(self, texts: Iterable[str]) -> set[str]:
        """Return the places whose canaries occur in a text."""
        places: set[str] = set()
        for text in texts:
            if told([text], {"mark": MARK}):
                numbers = _NUMBERED.findall(text.lower())
                places |= {self.places[int(number)] for number in numbers} or {f"hidden: {text}"}
        return places


@dataclass(frozen=True)
class Attempt:
    """One request full of canaries."""

    method: str
    path: str
    """Quoted."""
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Loader:
    """Fills requests to one operation with canaries, wherever a caller can put a value."""

    canaries: Canaries
    method: str
    path: str
    operation: Mapping[str, Any]

    def attempts(self, known: Mapping[str, str], cookie: str) -> Iterator[Attempt]:
        """Yield requests; ``known`` holds valid ids and codes, ``cookie`` opens a session."""
        signed_in = {"Cookie": f"{cookie}; other={self._at('cookie')}"}
        own = signed_in | {"Sec-Fetch-Site": "same-origin"}
        fields = dict(self._fields())
        fitting = {name: self._fitting(name, shape) for name, shape in fields.items()}
        bodies: list[object] = [
            {name: self._text(name) for name in fields},
            fitting,
            fitting | {name: value for name, value in known.items() if name in fields},
            {
                name: {self._at(f"name within {name}"): [self._at(f"{name} as list")]}
                for name in fields
            },
            {
                **{name: known.get(name, "x") for name in fields},
                self._at("name of an unknown field"): self._at("unknown field"),
            },
            self._at("whole body"),
        ]
        if not fields:
            bodies = [{}, self._at("body where none is read")]
        for body in bodies:
            yield self._attempt(own, json.dumps(body).encode(), known)
        yield self._attempt(own, f'{{"{self._at("broken body")}": '.encode(), {})
        yield self._attempt(signed_in, json.dumps(bodies[0]).encode(), known)
        yield self._attempt(self._foreign(), json.dumps(bodies[0]).encode(), {})
        if any(resolved(rule)["in"] == "query" for rule in self.operation["parameters"]):
            # Most refuse a canary in their query, and answer without one.
            yield self._attempt(own, json.dumps(bodies[0]).encode(), known, filtered=False)
        if any("accessKey" in way for way in self.operation.get("security", ())):
            # In an attempt of its own: a key that opens nothing is all that such a route looks at.
            bearer = {"Authorization": f"Bearer {self._at('access key')}"}
            yield self._attempt(bearer, json.dumps(bodies[0]).encode(), known)
        kind = {"Content-Type": f"text/{self._at('type of the body')}"}
        yield self._attempt(own | kind, self._at("body of another type").encode(), known)

    def _fields(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        content = self.operation.get("requestBody", {}).get("content", {})
        for media in content.values():
            yield from resolved(media["schema"])["properties"].items()

    def _attempt(
        self,
        headers: Mapping[str, str],
        body: bytes,
        known: Mapping[str, str],
        *,
        filtered: bool = True,
    ) -> Attempt:
        path = self.path
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", quote(known.get(name) or self._at(name), safe=""))
        rules = [resolved(rule) for rule in self.operation["parameters"]]
        asked = {rule["name"]: self._at(rule["name"]) for rule in rules if rule["in"] == "query"}
        query = asked if filtered else {}
        if not known or not asked:
            query[self._at("name in the query")] = self._at("unknown in the query")
        return Attempt(self.method, path, query, self.headers() | dict(headers), body)

    def headers(self) -> dict[str, str]:
        """Return the headers that a caller controls, filled with canaries."""
        return {
            "Accept": f"text/{self._at('Accept')}",
            "Accept-Language": f"fr, {self._at('Accept-Language')};q=0.1",
            "Authorization": f"Basic {self._at('Authorization')}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{self._at('Idempotency-Key')}-{self._at('Idempotency-Key')}",
            "Origin": f"https://{self._at('Origin')}.example",
            "Referer": f"https://{self._at('Referer')}.example/",
            "User-Agent": f"Firefox {self._at('User-Agent')}",
            "X-Forwarded-For": self._at("X-Forwarded-For"),
            "X-Origin-Secret": self._at("X-Origin-Secret"),
            "X-Viewer-Address": self._at("X-Viewer-Address"),
        }

    def _foreign(self) -> dict[str, str]:
        names = ("__Host-session", "__Host-device", "signed_in")
        cookies = "; ".join(f"{name}={self._at(name)}.{self._at(name)}" for name in names)
        return {"Cookie": cookies, "Sec-Fetch-Site": "same-origin"}

    def _text(self, name: str) -> str:
        """Return a canary that a field accepts."""
        value = self._at(name)
        if "email" in name:
            return f"{value}@newsroom.example"
        return f"{value}-Quiet-Otter" if name.endswith("password") else value

    def _fitting(self, name: str, shape: Mapping[str, Any]) -> object:
        """Return a value that a field accepts: a canary, unless only a few values are allowed."""
        if "enum" in shape:
            return shape["enum"][0]
        if shape.get("type") == "array":
            return [self._fitting(name, shape["items"])]
        return False if shape.get("type") == "boolean" else self._text(name)

    def _at(self, place: str) -> str:
        return self.canaries.at(f"{self.method} {self.path}: {place}")
