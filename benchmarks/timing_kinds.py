"""Prepares the answers whose times are compared: the same requests for addresses of every kind.

Each address of a comparison was sent as many mails, in the same windows, as the unknown one: who
counts mails (an answer of DynamoDB holds the counts of an address) learns how many were sent there,
which anybody can learn by having them spent, and never whether there is an account.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple
from unittest.mock import patch

from argon2.exceptions import VerificationError
from newsreel import clock
from newsreel.accounts import passwords
from newsreel.budgets import subjects

from benchmarks.warm_requests import NoHash, Recording, keep_secrets_until, listening
from benchmarks.world import ask
from tests.support import accounts
from tests.support.cloud import Cloud, FakeClock, empty_account
from tests.support.resets import networks

# isort: split

from functions.credentials import app as credentials
from functions.password_reset import app as password_reset
from functions.registration import app as registration
from functions.sessions import app as sessions

UNKNOWN, UNKNOWN_SPENT, UNKNOWN_TOO = "unknown", "unknown, spent", "unknown too"
_WRONG = "Wrong-Otter-42-Maps"
_BEGAN = FakeClock().time
_NO_CODE = "0000000000"
"""A long code where six digits were mailed: never right by chance."""


class Case(NamedTuple):
    """One route's answers for one kind of address, against those for an unknown one."""

    route: str
    kind: str
    unknown: str = UNKNOWN


STARTS = ("POST /registrations", "POST /password-resets", "POST /sessions")
_ID_NAMES = {"registrations": "registration_id", "password-resets": "reset_id"}
_STEPS = {
    f"POST /registrations/{{{_ID_NAMES['registrations']}}}/confirm": (422, {"code": _NO_CODE}),
    f"POST /registrations/{{{_ID_NAMES['registrations']}}}/code": (202, None),
    f"GET /registrations/{{{_ID_NAMES['registrations']}}}": (200, None),
    f"POST /password-resets/{{{_ID_NAMES['password-resets']}}}/verify": (422, {"code": _NO_CODE}),
    f"POST /password-resets/{{{_ID_NAMES['password-resets']}}}/code": (202, None),
    f"GET /password-resets/{{{_ID_NAMES['password-resets']}}}": (200, None),
}
CASES = (
    *(Case(route, kind) for route in STARTS for kind in ("known", "pending", "deleted")),
    *(Case(route, "known, spent", UNKNOWN_SPENT) for route in STARTS),
    *(Case(route, "known") for route in _STEPS),
)
LOG_IN = Case("POST /sessions", "known")
NOTHING = Case("POST /sessions", UNKNOWN_TOO)
"""Two addresses that nobody has used: whatever is found between them is false."""


class _OnlyRight(NoHash):
    """Hashes in no time, and accepts the usual password alone."""

    def verify(self, _hash: str, password: str) -> bool:
        if password != accounts.PASSWORD:
            raise VerificationError
        return True


@contextmanager
def without_hash() -> Iterator[FakeClock]:
    """Stop the clock, and take the password's hash away: it would hide everything else."""
    fake_clock = FakeClock()
    with (
        patch.object(clock, "now", lambda: fake_clock.time),
        patch.object(passwords, "_hasher", _OnlyRight()),
        # One of ten items counts for the service, by chance, and a fuller one takes longer to read.
        patch.object(subjects, "_SERVICE_SHARDS", 1),
    ):
        yield fake_clock


def record(fake_clock: FakeClock, cases: tuple[Case, ...]) -> dict[tuple[str, str], Recording]:
    """Answer each route once for each kind of address on moto, and keep what AWS said.

    Each kind has an AWS account of its own, so no other address was counted for its network.
    """
    wanted = dict.fromkeys(
        (case.route, kind) for case in cases for kind in (case.kind, case.unknown)
    )
    recordings = {}
    for route, kind in wanted:
        fake_clock.time = _BEGAN
        with empty_account() as cloud:
            recordings[route, kind] = _record_one(cloud, fake_clock, route, kind)
    return recordings


def _record_one(cloud: Cloud, fake_clock: FakeClock, route: str, kind: str) -> Recording:
    address = f"{kind.replace(', ', '-').replace(' ', '-'):-<20}@example.org"
    _FIRST[kind.removesuffix(", spent").removesuffix(" too")](cloud, address)
    fake_clock.forward(hours=25)  # the flow of an unknown address is over, its mail is counted
    if kind == "pending":
        # Instead of the mail of yesterday, one of a flow that is open.
        address = f"still-{address[6:]}"
        accounts.register(address)
    if kind.endswith("spent"):
        _spend(route, address)
    resource, status, more = _request(cloud, fake_clock, route, address)
    if kind.endswith("spent"):
        status = 429
    request = ask(_app(route), route.partition(" ")[0], resource, status, **more)
    # The environment reads its keys before anything is recorded, and again after five minutes.
    accounts.log_in("warm@example.org", _WRONG)
    keep_secrets_until(fake_clock.time)
    recording = Recording(request, fake_clock.time)
    with listening(recording):
        request.send()
    return recording


def _open_and_delete(cloud: Cloud, address: str) -> None:
    cookie = accounts.open_account(cloud.dynamodb, address).cookie
    body = {"current_password": accounts.PASSWORD}
    accounts.call(credentials, "POST", "/account/deletion", cookie=cookie, body=body)


_FIRST: Mapping[str, Callable[[Cloud, str], object]] = {
    "known": lambda cloud, address: accounts.open_account(cloud.dynamodb, address),
    "deleted": _open_and_delete,
    "pending": lambda _cloud, address: accounts.register(address),
    "unknown": lambda _cloud, address: accounts.register(address),
}
"""What happens to an address of each kind, a day before; each is sent one code."""


def _app(route: str) -> Any:
    if "password-resets" in route:
        return password_reset
    return registration if "registrations" in route else sessions


def _spend(route: str, address: str) -> None:
    if route == "POST /sessions":
        for _ in range(7):
            accounts.log_in(address, _WRONG)
        return
    for network in islice(networks(), 30):
        body = {"email": address}
        accounts.call(password_reset, "POST", "/password-resets", body=body, source_ip=network)


def _request(
    cloud: Cloud, fake_clock: FakeClock, route: str, address: str
) -> tuple[str, int, dict[str, Any]]:
    """Return resource, status and the rest of a request about an address; begin its flow."""
    resource = route.partition(" ")[2]
    if route == "POST /sessions":
        return resource, 401, {"body": {"email": address, "password": _WRONG}}
    collection = resource.split("/")[1]
    body = {"email": address}
    if collection == "registrations":
        body["password"] = accounts.PASSWORD
    if route in STARTS:
        return resource, 202, {"body": body}
    begun = accounts.call(_app(route), "POST", f"/{collection}", body=body)
    accounts.deliver(cloud.dynamodb)
    fake_clock.forward(minutes=2)
    status, typed = _STEPS[route]
    name = _ID_NAMES[collection]
    return resource, status, {"path": {name: begun.json[name]}, "body": typed}
