"""Decides whether a person gets in and out: registration by a mailed code, reset, deletion."""

import re
import secrets
from dataclasses import dataclass, field

from tools.smoke.deployment import Mailbox, waiting
from tools.smoke.trial import StepFailedError, Trial
from tools.smoke.web import Visitor

_MAIL_TAKES = 120.0
_CODE = re.compile(r"\b(\d{3})[ \u00a0]?(\d{3})\b")
STEPS = ("Registration", "Mail with the code", "Confirmation", "Password reset", "Log-in")
AWAY = "Taking the account away"


@dataclass(slots=True)
class Person:
    """Whom the trial registers; nobody else knows the password."""

    email: str
    password: str = field(
        repr=False, default_factory=lambda: f"Smoke-{secrets.token_urlsafe(18)}-7"
    )
    is_signed_in: bool = False


def register(trial: Trial, visitor: Visitor, mailbox: Mailbox) -> Person | None:
    """Register, confirm, reset the password, log in; return the person if there is an account."""
    person = Person(f"smoke-{secrets.token_hex(5)}@{mailbox.domain}")
    flow = trial.step(STEPS[0], lambda: _start(visitor, person))
    code = flow and trial.step(STEPS[1], lambda: _code(mailbox, person, 1))
    if not flow or not code:
        trial.skip(*STEPS[2 if flow else 1 :], because="nobody could register")
        return None
    if trial.step(STEPS[2], lambda: _confirm(visitor, flow, code, person)) is None:
        trial.skip(*STEPS[3:], because="there is no account")
        return None
    trial.step(STEPS[3], lambda: _reset(visitor, mailbox, person))
    person.is_signed_in = bool(trial.step(STEPS[4], lambda: _log_in(visitor, person)))
    if mailbox.keeps:
        trial.stays.append(mailbox.keeps)
    return person


def leave(trial: Trial, visitor: Visitor, person: Person) -> None:
    """End the session and see that it is over, then delete the account as its owner would."""
    if person.is_signed_in:
        trial.step("Log-out", lambda: _log_out(visitor))
    if trial.step(AWAY, lambda: _delete(visitor, person)) is None:
        trial.stays.append(f"the account of {person.email}; nobody knows its password")


def _log_out(visitor: Visitor) -> tuple[bool, str]:
    visitor.send("DELETE", "/api/sessions/current").expect(204)
    visitor.send("GET", "/api/account").expect(401)
    return True, "the session is over"


def _delete(visitor: Visitor, person: Person) -> tuple[bool, str]:
    _log_in(visitor, person)
    body = {"current_password": person.password}
    visitor.send("POST", "/api/account/deletion", body).expect(204)
    visitor.send("GET", "/api/account").expect(401)
    return True, "it is deleted, with all that was kept of it"


def _start(visitor: Visitor, person: Person) -> tuple[str, str]:
    body = {"email": person.email, "password": person.password}
    told = visitor.send("POST", "/api/registrations", body).expect(202).json()
    return str(told["registration_id"]), f"asked for a code, reference {told['reference']}"


def _code(mailbox: Mailbox, person: Person, mails: int) -> tuple[str, str]:
    for _ in waiting(_MAIL_TAKES):
        codes = [found for one in mailbox.subjects(person.email) if (found := _CODE.search(one))]
        if len(codes) >= mails:
            break
    return "".join(codes[mails - 1].groups()), f"arrived at {person.email}"


def _confirm(visitor: Visitor, flow: str, code: str, person: Person) -> tuple[bool, str]:
    visitor.send("POST", f"/api/registrations/{flow}/confirm", {"code": code}).expect(201)
    told = visitor.send("GET", "/api/account").expect(200).json()
    if told.get("email") != person.email:
        raise StepFailedError("opened another account")
    return True, "the account is open, and signed in"


def _reset(visitor: Visitor, mailbox: Mailbox, person: Person) -> tuple[bool, str]:
    begun = visitor.send("POST", "/api/password-resets", {"email": person.email}).expect(202)
    path = f"/api/password-resets/{begun.json()['reset_id']}"
    code, _ = _code(mailbox, person, 2)
    token = visitor.send("POST", f"{path}/verify", {"code": code}).expect(200).json()
    changed = f"{person.password}-8"
    body = {"reset_token": token["reset_token"], "new_password": changed}
    visitor.send("POST", f"{path}/complete", body).expect(200, 201, 204)
    person.password = changed
    return True, "a second mail arrived, and the password is another"


def _log_in(visitor: Visitor, person: Person) -> tuple[bool, str]:
    body = {"email": person.email, "password": person.password}
    visitor.send("POST", "/api/sessions", body).expect(201)
    visitor.send("GET", "/api/account").expect(200)
    return True, "with the new password"
