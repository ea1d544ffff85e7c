"""The races again on Amazon's own engine, because the locks around moto are ours."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import ReadTimeoutError
from newsreel.accounts import codes, flows
from newsreel.aws import clients
from newsreel.catalogue.folder_leases import FolderBusyError, FolderLeases
from newsreel.catalogue.records import FolderRecord, FolderResult
from newsreel.catalogue.table import CatalogueTable, LostRaceError

from tests.support.accounts import (
    PASSWORD,
    Reply,
    confirm,
    deliver,
    items,
    log_in,
    look,
    newest_code,
    open_account,
    read_account,
    register,
    send_new_code,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.engine import AT_ONCE
from tests.support.mail_items import suppression_of, trail_steps
from tests.support.reset_steps import complete, proved_reset
from tests.support.told_mails import mail_of, mailed_code, tell

pytestmark = pytest.mark.thorough

ADDRESS = "jane@example.org"
NEW = "Other-Otter-43-Maps"
Result = TypeVar("Result")


def together(what: Callable[[int], Result], times: int) -> list[Result]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(what, range(times)))


def counting(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Record each comparison of a code."""
    compared: list[None] = []
    compare = flows.is_right

    def noting(*values: Any, **more: Any) -> bool:
        compared.append(None)
        return compare(*values, **more)

    monkeypatch.setattr(flows, "is_right", noting)
    return compared


def registration(real: Cloud) -> tuple[str, str]:
    """Start a registration; return its id and the code that was mailed."""
    flow_id = str(register(ADDRESS).json["registration_id"])
    deliver(real.dynamodb)
    return flow_id, newest_code(ADDRESS)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_tables_of_these_tests_are_on_the_engine(real: Cloud, engine_url: str) -> None:
    register(ADDRESS)
    assert clients.dynamodb().meta.endpoint_url == engine_url
    [flow] = items(real.dynamodb, "flow")
    # moto keeps a number as it was written; the engine normalises it.
    real.dynamodb.put_item(
        TableName="accounts", Item={**flow, "sk": {"S": "x"}, "n": {"N": "1.50"}}
    )
    key = {"pk": flow["pk"], "sk": {"S": "x"}}
    assert real.dynamodb.get_item(TableName="accounts", Key=key)["Item"]["n"] == {"N": "1.5"}


def test_of_50_parallel_right_codes_one_opens_the_one_account(
    real: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = counting(monkeypatch)
    flow_id, code = registration(real)
    replies = together(lambda _: confirm(flow_id, code), 50)
    refused = [reply.code for reply in replies if reply.status != 201]
    assert len(refused) == 49
    assert set(refused) <= {"registration_finished", "code_spent"}
    assert len(compared) <= 5
    for entity in ("account", "email_reservation", "session", "device", "notice"):
        assert len(items(real.dynamodb, entity)) == 1


def test_of_200_parallel_wrong_codes_at_most_five_are_compared(
    real: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = counting(monkeypatch)
    flow_id, code = registration(real)
    replies = together(lambda _: confirm(flow_id, wrong(code)), 200)
    assert len(compared) == 5
    assert sorted({reply.code for reply in replies}) == ["code_spent", "code_wrong"]
    assert sum(reply.code == "code_wrong" for reply in replies) == 4
    assert confirm(flow_id, code).code == "code_spent"
    assert items(real.dynamodb, "account") == []


def test_a_right_code_among_parallel_wrong_ones_is_one_of_five_tries(
    real: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = counting(monkeypatch)
    flow_id, code = registration(real)
    typed = [code if number % 4 == 0 else wrong(code) for number in range(60)]
    replies = together(lambda number: confirm(flow_id, typed[number]), 60)
    assert len(compared) <= 5
    new_session = sum(reply.status == 201 for reply in replies)
    assert new_session == len(items(real.dynamodb, "account")) <= 1
    assert look(flow_id).json["state"] == ("finished" if new_session else "spent")


def test_parallel_guesses_in_parallel_flows_stay_within_the_budget_of_their_address(
    real: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amazon Cognito in 2021: guesses at the same moment went beyond the limit."""
    flows_begun = [register(ADDRESS).json for _ in range(3)]
    assert [flow["code_format"] for flow in flows_begun] == ["digits_6", "digits_6", "base32_10"]
    deliver(real.dynamodb)
    monkeypatch.setattr(codes, "equal", lambda *_: False)
    compared = counting(monkeypatch)
    together(lambda n: confirm(flows_begun[n % 2]["registration_id"], "000000"), 64)
    # The address has eight, and a flow that has tries left then keeps one beyond them.
    assert len(compared) in (9, 10)


def test_parallel_starts_send_no_more_mails_than_an_address_gets_of_a_network(real: Cloud) -> None:
    replies = together(lambda _: register(ADDRESS), 24)
    assert sorted(reply.status for reply in replies) == [202] * 5 + [429] * 19
    forms = [reply.json["code_format"] for reply in replies if reply.status == 202]
    assert sorted(forms) == ["base32_10"] * 3 + ["digits_6"] * 2
    assert len(items(real.dynamodb, "mail_request")) == 5


def test_two_registrations_of_one_address_confirmed_at_once_open_one_account(
    real: Cloud, fake_clock: FakeClock
) -> None:
    for number in range(6):
        address = f"jane{number}@example.org"
        pair = []
        for password in (PASSWORD, NEW):
            flow_id = str(register(address, password).json["registration_id"])
            deliver(real.dynamodb)
            pair.append((flow_id, newest_code(address)))
            fake_clock.forward(seconds=1)
        replies = together(lambda one, pair=pair: confirm(*pair[one]), 2)  # type: ignore[misc]
        assert sorted(reply.status for reply in replies) == [201, 410]
        winner = [PASSWORD, NEW][[reply.status for reply in replies].index(201)]
        assert log_in(address, winner).status == 201
        assert len(items(real.dynamodb, "account")) == number + 1
        assert len(items(real.dynamodb, "email_reservation")) == number + 1


def test_parallel_resends_issue_one_code(real: Cloud, fake_clock: FakeClock) -> None:
    flow_id, first = registration(real)
    fake_clock.forward(seconds=61)
    replies = together(lambda _: send_new_code(flow_id), 40)
    assert sorted(reply.status for reply in replies) == [202] + [429] * 39
    assert len(items(real.dynamodb, "mail_request")) == 2
    deliver(real.dynamodb)
    second = newest_code(ADDRESS)
    assert second != first
    assert confirm(flow_id, second).status == 201


def test_resends_and_guesses_at_once_give_no_tries_back(
    real: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow_id, _ = registration(real)
    fake_clock.forward(seconds=61)
    compared = counting(monkeypatch)

    def either(number: int) -> Reply:
        return send_new_code(flow_id) if number % 4 == 0 else confirm(flow_id, "x")

    together(either, 80)
    # Five tries for the digits; five more only if the resend came later and made a long code.
    spent = look(flow_id).json
    budget = 10 if spent["code_format"] == "base32_10" else 5
    assert len(compared) + spent["attempts_left"] == budget


def test_parallel_starts_with_one_idempotency_key_are_one_flow_and_one_mail(real: Cloud) -> None:
    headers = {"Idempotency-Key": "one-press"}
    # At the same moment each counts as a mail; a network has five an hour.
    replies = together(lambda _: register(ADDRESS, headers=headers), 5)
    assert {reply.status for reply in replies} == {202}
    assert len({reply.json["registration_id"] for reply in replies}) == 1
    assert len(items(real.dynamodb, "flow")) == 1
    assert len(items(real.dynamodb, "mail_request")) == 1


def test_completes_of_two_resets_in_pairs_leave_one_password(
    real: Cloud, fake_clock: FakeClock
) -> None:
    open_account(real.dynamodb, ADDRESS)
    for number in range(5):
        pair = []
        for name in ("First", "Second"):
            fake_clock.forward(hours=5)  # within the mails of an hour and a day
            pair.append((*proved_reset(real.dynamodb, ADDRESS), f"{name}-Otter-{number}a"))
        replies = together(lambda one, pair=pair: complete(*pair[one]), 2)  # type: ignore[misc]
        assert sorted(reply.status for reply in replies) == [204, 410]
        winner = [reply.status for reply in replies].index(204)
        assert log_in(ADDRESS, pair[winner][2]).status == 201
        assert log_in(ADDRESS, pair[1 - winner][2]).code == "wrong_credentials"
        [account] = items(real.dynamodb, "account")
        assert account["epoch"] == {"N": str(number + 2)}


def test_parallel_completes_of_one_reset_set_one_password(
    real: Cloud, fake_clock: FakeClock
) -> None:
    open_account(real.dynamodb, ADDRESS)
    fake_clock.forward(minutes=1)
    reset_id, token = proved_reset(real.dynamodb, ADDRESS)
    flow_request = [f"Parallel-Otter-{number:02d}" for number in range(10)]
    replies = together(lambda number: complete(reset_id, token, flow_request[number]), 10)
    assert sorted(reply.status for reply in replies) == [204] + [410] * 9
    winner = flow_request[[reply.status for reply in replies].index(204)]
    assert log_in(ADDRESS, winner).status == 201


def test_no_session_opened_with_the_old_password_outlives_a_reset(
    real: Cloud, fake_clock: FakeClock
) -> None:
    open_account(real.dynamodb, ADDRESS)
    old = PASSWORD
    for number in range(5):
        fake_clock.forward(hours=5)  # within the mails of an hour and a day
        reset, new = proved_reset(real.dynamodb, ADDRESS), f"Changing-Otter-{number}a"

        def either(one: int, old: str = old, new: str = new, reset: Any = reset) -> Reply:
            return complete(reset[0], reset[1], new) if one == 0 else log_in(ADDRESS, old)

        done, *new_session = together(either, 4)
        assert done.status == 204
        for reply in new_session:
            assert reply.status != 201 or read_account(reply.cookie).status == 401
        old = new


def test_parallel_wrong_passwords_are_counted_each_and_compared_six_times(real: Cloud) -> None:
    open_account(real.dynamodb, ADDRESS)
    compared: list[str] = []
    # A request that loses the race for the counter four times gets a 1-second wait; one always
    # wins.
    for _ in range(6):
        replies = together(lambda _: log_in(ADDRESS, "not the one"), 32)
        compared += [reply.code for reply in replies if reply.code == "wrong_credentials"]
        assert {reply.code for reply in replies} <= {"wrong_credentials", "too_many_requests"}
    counters = items(real.dynamodb, "log_in_failures")
    assert [counter["failures"] for counter in counters] == [{"N": str(len(compared))}]
    # Five are free; the sixth starts the first wait, and the clock is stopped.
    assert len(compared) == 6
    assert log_in(ADDRESS).code == "too_many_requests"


def test_a_transaction_whose_answer_was_lost_takes_effect_once(
    real: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow_id, code = registration(real)
    answered = Endpoint._do_get_response  # type: ignore[attr-defined]
    lost: list[str] = []

    def losing(endpoint: Endpoint, request: Any, model: Any, context: Any) -> Any:
        answer = answered(endpoint, request, model, context)
        if model.name == "TransactWriteItems" and not lost:
            lost.append(request.body)
            return None, ReadTimeoutError(endpoint_url=endpoint.host)
        return answer

    monkeypatch.setattr(Endpoint, "_do_get_response", losing)
    # boto3 retries with the same ClientRequestToken; the engine recognises it and does nothing.
    assert confirm(flow_id, code).status == 201
    assert len(lost) == 1
    assert len(items(real.dynamodb, "account")) == 1


def test_of_many_who_want_a_folder_one_has_it_and_what_it_counts_is_kept(
    real: Cloud, fake_clock: FakeClock
) -> None:
    leases = FolderLeases("catalogue")
    now = fake_clock.epoch()

    def take(number: int) -> bool:
        try:
            leases.take("video", str(number), now=now, until=now + 10)
        except FolderBusyError:
            return False
        return True

    owner = str(together(take, 50).index(True))
    assert sum(take(number) for number in range(50, 100)) == 0
    leases.begin_look("video", owner, "first", None)
    leases.begin_look("video", owner, "second", "first")
    assert leases.list_due(now=now + 9, limit=10) == []
    [due] = leases.list_due(now=now + 10, limit=10)
    assert (due.pk, due.due_at) == ("FOLDER#video", now + 10)
    assert leases.take("video", "next", now=now + 10, until=now + 20) == {"second": 1}
    outcome = FolderResult("{}", "{}", None, None, {"second": 2})
    table = CatalogueTable("catalogue")
    table.save_folder("video", FolderRecord(), outcome)
    with pytest.raises(LostRaceError):
        table.save_folder("video", FolderRecord(), outcome)
    table.finish_folder("video", 1)
    # A broken try makes the next one wait longer; a good one does not.
    assert table.read_folder("video").due_at == now + 20 + 900
    leases.give_back("video", "next", ended="second", due_at=now + 60, settled=True)
    assert table.read_folder("video").due_at == now + 60
    assert leases.take("video", "last", now=now + 30, until=now + 40) == {}
    assert table.read_folder("video").due_at == now + 40


def test_all_that_ses_tells_at_once_and_twice_is_kept_once_each(
    real: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = mailed_code(real)
    events = ["delivery", "delay", "hard bounce", "complaint"] * 2
    mail = mail_of()
    answers = together(lambda number: tell(events[number], mail=mail), len(events))
    for event, again in zip(events, answers, strict=True):
        # Who lost too many races says so, and its queue hands the event over again.
        if again:
            assert tell(event, mail=mail) == []
    assert look(flow_id).json["delivery"] == "bounced"
    known = suppression_of(ADDRESS) or {}
    assert (known["bounces"], known["reason"]) == (1, "complaint")
    assert sorted(trail_steps(ADDRESS)) == ["bounced", "complained", "delayed", "delivered", "sent"]
