"""A person who wants into an account and does what each refusal says, whatever AWS does.

Every answer is held against what may be true: a success needs the code, token or password that
gives it, and each of them gives it once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.credentials import app as credentials_app
from functions.password_reset import app as reset_app
from functions.registration import app as registration_app
from functions.sessions import app as sessions_app
from tests.support.accounts import Reply, call, code_in, parse, read_account, sent_messages
from tests.support.cloud import FakeClock
from tests.support.credentials import CHANGES, UNDO, undo_token
from tests.support.fault_injection import Fault, inject_fault
from tests.support.invariants import assert_whole, redrive

STEPS = 24
"""The number of steps after which a person gives up."""
Strike = tuple[Fault, int, bool] | None
"""Which fault hits which call of the next request, and whether it lasts."""
ROUTES: dict[str, tuple[Any, str, str, str]] = {
    "registration": (registration_app, "/registrations", "registration_id", "confirm"),
    "reset": (reset_app, "/password-resets", "reset_id", "verify"),
    "change": (credentials_app, CHANGES, "change_id", "confirm"),
}


@dataclass
class Flow:
    """A flow that somebody began, with every reference under which codes were mailed for it."""

    kind: str
    address: str
    flow_id: str
    password: str
    references: set[str]
    proved: set[str] = field(default_factory=set)
    """The codes that were right once."""
    token: str = ""


class People:
    """The owners of some addresses, in their browsers, and what may be true of their accounts."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.strike: Strike = None
        self.browser: dict[str, str] = {}
        self.ended: list[str] = []
        """Cookies of sessions that everything ended."""
        self.passwords: dict[str, set[str]] = {}
        """By address: the passwords that may be right. One alone is right."""
        self.moved: dict[str, str] = {}
        """By address: the one that its account got instead, which can be undone."""
        self.justified: set[str] = set()
        """Addresses for which a right code was entered."""
        self.told: list[tuple[str, str, str]] = []
        """Of every mail, oldest first: to whom, under which reference, and its code if any."""
        self.flows: list[Flow] = []
        self.made = 0

    # ---------------------------------------------------------------- requests
    def ask(self, app: Any, method: str, resource: str, **event: Any) -> Reply:
        """Send a request, which the strike that waits hits; the table stays whole."""
        strike, self.strike = self.strike, None
        if strike is None:
            reply = call(app, method, resource, **event)
        else:
            fault, at, lasting = strike
            with inject_fault(fault, at=at, lasting=lasting):
                reply = call(app, method, resource, **event)
        assert reply.status < 500 or reply.code == "busy", reply.text
        assert_whole()
        return reply

    def follow(self, reply: Reply, ask: Callable[[], Reply], *stop: str) -> Reply:
        """Wait and try again as a refusal says, until another answer or one of ``stop`` comes."""
        for _ in range(STEPS):
            if reply.status < 400 or reply.json["next"] not in {"try_again", "wait"}:
                return reply
            if reply.code in stop:
                return reply
            self.clock.forward(seconds=int(reply.headers["Retry-After"][0]))
            reply = ask()
        raise AssertionError(f"no way out: {reply.text}")

    def new_password(self) -> str:
        self.made += 1
        return f"Quiet-Otter-{self.made}-Maps"

    # ---------------------------------------------------------------- flows
    def start(self, kind: str, address: str, password: str = "", cookie: str = "") -> Flow | None:
        """Begin a flow; a repetition after a lost answer is the same one."""
        app, resource, name, _ = ROUTES[kind]
        self.made += 1
        bodies = {
            "registration": {"email": address, "password": password},
            "reset": {"email": address},
            "change": {"new_email": address, "current_password": password},
        }
        event: dict[str, Any] = {
            "body": bodies[kind],
            "cookie": cookie or None,
            "headers": {"Idempotency-Key": f"press-number-{self.made:06}"},
        }
        reply = self.follow(
            self.ask(app, "POST", resource, **event),
            lambda: self.ask(app, "POST", resource, **event),
            "undo_open",
        )
        if reply.status != 202:
            assert kind == "change", reply.text
            return None
        flow = Flow(kind, address, reply.json[name], password, {reply.json["reference"]})
        self.flows.append(flow)
        redrive()
        return flow

    def on_flow(self, flow: Flow, method: str, step: str = "", **event: Any) -> Reply:
        app, resource, name, _ = ROUTES[flow.kind]
        resource = f"{resource}/{{{name}}}" + (f"/{step}" if step else "")
        return self.ask(app, method, resource, path={name: flow.flow_id}, **event)

    def send_new_code(self, flow: Flow, cookie: str = "") -> Reply:
        """Ask for another code, and note under which reference it comes."""

        def ask() -> Reply:
            return self.on_flow(flow, "POST", "code", cookie=cookie or None)

        reply = self.follow(ask(), ask)
        seen = self.on_flow(flow, "GET", cookie=cookie or None)
        if seen.status == 200:
            flow.references.add(seen.json["reference"])
        redrive()
        return reply

    def codes(self, flow: Flow) -> list[str]:
        """Return the codes that were mailed for a flow, oldest first."""
        for message in sent_messages()[len(self.told) :]:
            mail = parse(message)
            text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            named = text.partition("Reference")[2].split(".")[0].strip()
            code = code_in(mail) if "is your" in str(mail["Subject"]) else ""
            self.told.append((str(mail["To"]), named, code))
        return [
            code
            for address, named, code in self.told
            if code and address == flow.address and named in flow.references
        ]

    def enter(self, flow: Flow, code: str, cookie: str = "") -> Reply:
        """Enter a code; a success needs one that was mailed for this flow, and uses it up."""
        is_right = code in self.codes(flow)
        if is_right and flow.kind != "reset":
            self.justified.add(flow.address)
        step = ROUTES[flow.kind][3]
        reply = self.on_flow(flow, "POST", step, body={"code": code}, cookie=cookie or None)
        if reply.status < 400:
            assert is_right, "a code that was never mailed for this flow was right"
            assert code not in flow.proved, "a code was right twice"
            flow.proved.add(code)
            flow.token = str(reply.json.get("reset_token", ""))
        elif is_right and reply.status == 503 and flow.kind == "registration":
            self.passwords.setdefault(flow.address, {""}).add(flow.password)
        return reply

    def enter_mailed(self, flow: Flow, cookie: str = "") -> Reply:
        """Enter the newest code of a flow, and another one as often as a refusal says so."""
        for _ in range(STEPS):
            mailed = self.codes(flow)
            reply = self.enter(flow, mailed[-1] if mailed else "000000", cookie)
            if reply.status < 400:
                return reply
            if reply.json["next"] in {"enter_code", "try_again", "correct_fields"}:
                # Tried again once, then another code is asked for, as the page offers.
                reply = self.enter(flow, mailed[-1] if mailed else "000000", cookie)
                if reply.status < 400:
                    return reply
            if reply.json["next"] in {"start_again", "log_in"}:
                return reply
            again = self.send_new_code(flow, cookie)
            if again.status >= 400:
                return again
        raise AssertionError("no way out of a flow")

    # ---------------------------------------------------------------- the ways in
    def signed_in(self, address: str, reply: Reply) -> None:
        self.browser[address] = reply.cookie
        assert read_account(reply.cookie).json["email"] == address

    def end_all(self, address: str) -> None:
        """Note that every session of an account has ended."""
        if address in self.browser:
            self.ended = [*self.ended, self.browser.pop(address)][-3:]

    def register(self, address: str) -> bool:
        """Register until there is a session; False if the address has an account."""
        for _ in range(STEPS):
            password = self.new_password()
            flow = self.start("registration", address, password)
            assert flow is not None
            if not self.codes(flow):
                return False  # the mail says: you have an account
            reply = self.enter_mailed(flow)
            if reply.status == 201:
                self.passwords[address] = {password}
                self.signed_in(address, reply)
                return True
            if reply.json["next"] == "log_in":
                return False
        raise AssertionError("no account")

    def try_password(self, address: str, password: str) -> Reply:
        """Log in; only a password that may be right is."""
        body = {"email": address, "password": password}
        known = self.browser.get(address)

        def ask() -> Reply:
            return self.ask(sessions_app, "POST", "/sessions", body=body, cookie=known)

        reply = self.follow(ask(), ask)
        may = self.passwords.get(address, set())
        if reply.status == 201:
            assert password in may, "a password was right that its owner did not set"
            self.passwords[address] = {password}
            self.signed_in(address, reply)
        else:
            assert reply.code == "wrong_credentials", reply.text
            assert may != {password}, "the right password was refused"
        return reply

    def reset(self, address: str) -> bool:
        """Set a password by a code, and log in with it; False if there is no account."""
        for _ in range(STEPS):
            flow = self.start("reset", address, cookie=self.browser.get(address, ""))
            assert flow is not None
            if not self.codes(flow):
                return False
            if self.enter_mailed(flow).status < 400 and self.complete(flow):
                return True
            self.clock.forward(seconds=1)
        raise AssertionError("no reset")

    def complete(self, flow: Flow) -> bool:
        """Set a new password with a flow's token, and log in with it."""
        password = self.new_password()
        body = {"reset_token": flow.token, "new_password": password}

        def ask() -> Reply:
            reply = self.on_flow(flow, "POST", "complete", body=body)
            if reply.status == 503:  # it may have taken effect all the same
                self.passwords.setdefault(flow.address, {""}).add(password)
            return reply

        reply = self.follow(ask(), ask)
        flow.token = ""
        if reply.status == 204:
            self.passwords[flow.address] = {password}
            self.end_all(flow.address)
        elif password not in self.passwords.get(flow.address, ()):
            return False
        return self.try_password(flow.address, password).status == 201

    def get_in(self, address: str) -> None:
        """Log in, reset or register: one of them leads to a session."""
        for password in sorted(self.passwords.get(address, set()) - {""}):
            if self.try_password(address, password).status == 201:
                return
        if self.reset(address):
            return
        self.passwords.pop(address, None)
        if not self.register(address):
            # It is held for the account that had it: the mail has the link that gives it back.
            self.undo(address)
            assert self.reset(address)

    def undo(self, address: str) -> None:
        """Give an account the address back that it had, by the link that was mailed there."""
        token = undo_token(address)

        def ask() -> Reply:
            return self.ask(credentials_app, "POST", UNDO, path={"token": token})

        reply = self.follow(ask(), ask)
        assert reply.status == 204 or reply.json["next"] == "reset_password", reply.text
        changed = self.moved.pop(address)
        self.passwords.pop(changed, None)
        self.passwords[address] = set()
        self.end_all(changed)
