"""Drives all account flows in any order, with time, duplicates and faults of AWS between them.

After each step: an account exists only after a right code, the table is whole, and no session that
ended is alive. Whoever wants in gets in at the end, by doing what each refusal says.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from newsreel import clock
from newsreel.accounts import passwords

from functions.credentials import app as credentials_app
from tests.support.account_person import Flow, People, Strike
from tests.support.accounts import read_account
from tests.support.cloud import FakeClock, empty_account
from tests.support.fault_injection import FAULTS
from tests.support.invariants import memory, redrive, stored

ADDRESSES = ("jane@example.org", "joe@example.org", "jane.doe@newsroom.example")
STRANGERS_PASSWORD = "Their-Heron-45-Maps"
addresses = st.sampled_from(ADDRESSES)
strikes: st.SearchStrategy[Strike] = st.none() | st.tuples(
    st.sampled_from(FAULTS), st.integers(0, 6), st.booleans()
)


class World:
    """What all runs share: the empty tables, and the clock that is put back for each."""

    clock = FakeClock()
    begin: Callable[[], None]


@contextmanager
def world() -> Iterator[None]:
    """Make the tables once; hash with little memory, and retry without pauses."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with (
        empty_account(),
        patch.object(passwords, "_hasher", quick),
        patch("newsreel.aws.transactions.time.sleep", lambda _seconds: None),
        patch.object(clock, "now", lambda: World.clock.time),
    ):
        World.begin = staticmethod(memory())
        yield


class AccountLife(RuleBasedStateMachine):
    """The owners of three addresses, and strangers who begin flows for them and guess."""

    @initialize()
    def begin(self) -> None:
        World.begin()
        World.clock.time = FakeClock().time
        self.people = People(World.clock)

    # ---------------------------------------------------------------- owners
    @rule(address=addresses, strike=strikes)
    def get_in(self, address: str, strike: Strike) -> None:
        self.people.strike = strike
        self.people.get_in(address)

    @rule(address=addresses, strike=strikes)
    def register(self, address: str, strike: Strike) -> None:
        self.people.strike = strike
        self.people.register(address)

    @rule(address=addresses, strike=strikes)
    def reset(self, address: str, strike: Strike) -> None:
        self.people.strike = strike
        self.people.reset(address)

    @rule(address=addresses, strike=strikes)
    def change_password(self, address: str, strike: Strike) -> None:
        people = self.people
        people.get_in(address)
        [current], new = people.passwords[address], people.new_password()
        body = {"current_password": current, "new_password": new}
        cookie = people.browser[address]
        people.strike = strike
        reply = people.ask(credentials_app, "PUT", "/account/password", body=body, cookie=cookie)
        if reply.status < 400:
            people.end_all(address)
            people.passwords[address] = {new}
            people.signed_in(address, reply)
        else:
            assert reply.json["next"] in {"try_again", "wait", "log_in"}
            people.passwords[address].add(new)
            people.get_in(address)

    @rule(address=addresses, new=addresses, strike=strikes)
    def change_address(self, address: str, new: str, strike: Strike) -> None:
        people = self.people
        people.get_in(address)
        if address == new:
            return
        [password], cookie = people.passwords[address], people.browser[address]
        people.strike = strike
        flow = people.start("change", new, password, cookie)
        if flow is None or not people.codes(flow):
            return  # it is somebody's, or the last change can be undone
        before = set(people.passwords.get(new, set()))
        reply = people.enter_mailed(flow, cookie)
        people.moved[address] = new
        if reply.status == 200:
            people.end_all(address)
            people.passwords[new] = {password}
            people.passwords.pop(address)
            people.signed_in(new, reply)
        else:
            # It may have taken effect: whose address it is now, the passwords tell.
            people.passwords[new] = before | {password, ""}
            people.passwords[address] |= {""}

    @rule(address=addresses, strike=strikes)
    def delete(self, address: str, strike: Strike) -> None:
        people = self.people
        people.get_in(address)
        [password] = people.passwords[address]
        body = {"current_password": password}
        for _ in range(3):
            people.strike, strike = strike, None
            reply = people.ask(
                credentials_app,
                "POST",
                "/account/deletion",
                body=body,
                cookie=people.browser[address],
            )
            if reply.status < 400 or reply.json["next"] == "log_in":
                break
        people.end_all(address)
        people.passwords.pop(address)
        redrive()

    # ---------------------------------------------------------------- strangers
    @rule(
        address=addresses, kind=st.sampled_from(("registration", "reset")), tries=st.integers(1, 6)
    )
    def start_and_guess(self, address: str, kind: str, tries: int) -> None:
        password = STRANGERS_PASSWORD if kind == "registration" else ""
        flow = self.people.start(kind, address, password)
        assert flow is not None
        for number in range(tries):
            self.people.enter(flow, f"{number:06}")
            self.people.enter(flow, f"{number:010}")

    @rule(data=st.data(), strike=strikes)
    def guess(self, data: st.DataObject, strike: Strike) -> None:
        flow = self._flow(data)
        if flow is not None and flow.kind != "change":
            self.people.strike = strike
            self.people.enter(flow, "000000")

    @rule(data=st.data())
    def enter_the_code_of_another_flow(self, data: st.DataObject) -> None:
        flow, other = self._flow(data), self._flow(data)
        if flow is None or other is None or flow.kind == "change":
            return
        for code in self.people.codes(other)[-1:]:
            if code not in self.people.codes(flow):
                assert self.people.enter(flow, code).status >= 400

    @rule(data=st.data())
    def enter_a_used_code_again(self, data: st.DataObject) -> None:
        flow = self._flow(data)
        if flow is not None and flow.kind != "change":
            for code in sorted(flow.proved):
                assert self.people.enter(flow, code).status >= 400

    @rule(data=st.data())
    def skip_the_code(self, data: st.DataObject) -> None:
        flow, other = self._flow(data), self._flow(data)
        if flow is None or other is None or flow.kind != "reset" or flow is other:
            return
        for token in sorted({"x" * 43, other.token or "y"} - {flow.token}):
            body = {"reset_token": token, "new_password": STRANGERS_PASSWORD}
            assert self.people.on_flow(flow, "POST", "complete", body=body).code == "flow_over"

    @rule(seconds=st.sampled_from((1, 61, 1_801, 14_000, 90_000)))
    def wait(self, seconds: int) -> None:
        World.clock.forward(seconds=seconds)

    def _flow(self, data: st.DataObject) -> Flow | None:
        flows = self.people.flows[-6:]
        return data.draw(st.sampled_from(flows)) if flows else None

    # ---------------------------------------------------------------- what always holds
    @invariant()
    def accounts_come_from_right_codes(self) -> None:
        if hasattr(self, "people"):
            open_ = {one["email"]["S"] for one in stored()["account"]}
            assert open_ <= self.people.justified

    @invariant()
    def what_ended_stays_ended(self) -> None:
        if hasattr(self, "people"):
            assert {read_account(one).status for one in self.people.ended} <= {401}

    def teardown(self) -> None:
        """Bring every owner in."""
        if hasattr(self, "people"):
            self.people.strike = None
            for address in ADDRESSES:
                self.people.get_in(address)


def tries(number: int, *, same: bool) -> settings:
    """Return hypothesis settings for a number of runs; ``same`` repeats them each time."""
    return settings(
        max_examples=number,
        stateful_step_count=10,
        derandomize=same,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,) if same else (Phase.generate, Phase.shrink),
        print_blob=False,
    )
