"""One person's way through the real stack: register, verify, log out, log in."""

from collections.abc import Callable
from http.cookies import SimpleCookie

from newsreel.version import VERSION

from infra.local.paths import Stack
from tests.local_stack.client import Client, Person

NewPerson = Callable[[], Person]


def test_a_code_from_the_mailbox_opens_an_account_and_signs_in(new_person: NewPerson) -> None:
    person = new_person()
    assert person.register()["email"] == person.email
    account = person.client.get("/api/account")
    assert (account.status_code, account.json()["email"]) == (200, person.email)


def test_log_out_ends_the_session_and_log_in_starts_another(new_person: NewPerson) -> None:
    person = new_person()
    person.register()
    before = dict(person.client.cookies)
    assert person.client.delete("/api/sessions/current").status_code == 204
    assert person.client.get("/api/account").status_code == 401
    stolen = Client(person.client.stack, cookies=dict(before))
    assert stolen.get("/api/account").status_code == 401
    assert person.log_in().status_code == 201
    assert person.client.get("/api/account").status_code == 200
    assert person.client.cookies["__Host-session"] != before["__Host-session"]


def test_every_cookie_survives_gateway_and_front_door(new_person: NewPerson) -> None:
    person = new_person()
    flow = person.start()
    path = f"/api/registrations/{flow['registration_id']}/confirm"
    answer = person.client.post(path, {"code": person.inbox.code()})
    lines = answer.raw.headers.getlist("Set-Cookie")
    cookies = {name: morsel for line in lines for name, morsel in SimpleCookie(line).items()}
    assert len(lines) == len(cookies) >= 2
    assert cookies["__Host-session"]["secure"]
    assert cookies["__Host-session"]["httponly"]
    assert cookies["__Host-session"]["path"] == "/"


def test_send_new_code_before_its_time_says_when(new_person: NewPerson) -> None:
    person = new_person()
    flow = person.start()
    early = person.client.post(f"/api/registrations/{flow['registration_id']}/code")
    assert early.status_code == 429
    assert 0 < int(early.headers["Retry-After"]) <= 60


def test_people_and_programs_get_the_same_addresses(stack: Stack, visitor: Client) -> None:
    assert stack.api_url == f"{stack.site_url}/api"
    assert visitor.get("/api/health").json() == {"status": "ok", "version": VERSION}
    assert "text/html" in visitor.get("/").headers["Content-Type"]
