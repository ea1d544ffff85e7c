"""Every way out of the newsletter: the button of a mail program, the page, the account."""

import re
from typing import Any

import pytest
from newsreel import terms
from newsreel.accounts import consents
from newsreel.accounts.records import Consent
from newsreel.accounts.table.accounts import set_language
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.subscribers import SubscribersTable, shard_of
from newsreel.aws.items import from_item
from newsreel.aws.keyring import read_keyring
from newsreel.mail_table.suppression import NONE, replaced
from newsreel.newsletter import tokens

from functions.account import app as account_app
from functions.newsletter import app as newsletter_app
from tests.support.accounts import Reply, call, items, open_account, read_account
from tests.support.cloud import Cloud, FakeClock
from tests.support.mail_items import name_of, suppression_of
from tests.support.scenarios import ADDRESS

ONE_CLICK = "/newsletter/unsubscribe/{token}"
YES = {"text_version": "2026-01", "language": "en", "place": "account"}
URLENCODED = ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click")
MULTIPART = (
    "multipart/form-data; boundary=x",
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
)


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> Reply:
    reply = open_account(cloud.dynamodb, ADDRESS)
    assert subscribe(reply).status == 204
    return reply


def subscribe(who: Reply) -> Reply:
    return call(newsletter_app, "PUT", "/account/newsletter", body=YES, cookie=who.cookie)


def account_of(cloud: Cloud) -> dict[str, Any]:
    [account] = items(cloud.dynamodb, "account")
    return from_item(account)


def token_of(cloud: Cloud) -> str:
    ring = read_keyring("newsreel/test/unsubscribe-keys")
    return tokens.seal(account_of(cloud)["account_id"], ring)


def one_click(token: str, method: str = "POST", **event: Any) -> Reply:
    return call(newsletter_app, method, ONE_CLICK, path={"token": token}, **event)


def kept(cloud: Cloud) -> list[tuple[str, bool, str]]:
    """Return the consents in the order of their keys: subject, yes or no, place."""
    found = sorted(items(cloud.dynamodb, "consent"), key=lambda item: item["sk"]["S"])
    values = [from_item(item) for item in found]
    return [(str(one["subject"]), bool(one["given"]), str(one["place"])) for one in values]


def listed(cloud: Cloud) -> list[str]:
    """Return in which languages an account stands in the index of subscribers."""
    table = SubscribersTable("accounts")
    shard = shard_of(account_of(cloud)["account_id"])
    return [language for language in ("en", "fr") if table.page(language, shard, "")[0]]


@pytest.mark.parametrize(
    ("content_type", "body"), [URLENCODED, MULTIPART, ("text/plain", "x"), (None, None)]
)
def test_one_click_ends_the_newsletter_in_every_encoding_and_without_a_body(
    cloud: Cloud, jane: Reply, content_type: str | None, body: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    reply = one_click(token_of(cloud), raw_body=body, headers=headers)
    assert reply.status == 200
    assert reply.json == {
        "message": "You are unsubscribed. No more newsletters go to your address."
    }
    assert read_account(jane.cookie).json["newsletter"] is False
    assert kept(cloud) == [("newsletter", True, "account"), ("newsletter", False, "one_click")]
    assert listed(cloud) == []
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.com"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
    ],
)
def test_it_works_from_anywhere_with_or_without_a_session(
    cloud: Cloud, jane: Reply, headers: dict[str, str]
) -> None:
    content_type, body = URLENCODED
    sent = {**headers, "Content-Type": content_type}
    for cookie in (None, jane.cookie):
        reply = one_click(token_of(cloud), raw_body=body, headers=sent, cookie=cookie)
        assert reply.status == 200
    assert read_account(jane.cookie).json["newsletter"] is False


@pytest.mark.thorough
def test_ending_it_twice_is_fine_and_keeps_one_no(cloud: Cloud, jane: Reply) -> None:
    replies = [one_click(token_of(cloud)) for _ in range(3)]
    assert {(reply.status, reply.text) for reply in replies} == {(200, replies[0].text)}
    assert [given for _, given, _ in kept(cloud)] == [True, False]


def test_the_token_of_an_account_that_is_gone_is_answered_alike(cloud: Cloud, jane: Reply) -> None:
    token = token_of(cloud)
    there = one_click(token)
    account = account_of(cloud)
    cloud.dynamodb.delete_item(
        TableName="accounts", Key={"pk": {"S": account["pk"]}, "sk": {"S": "ACCOUNT"}}
    )
    assert one_click(token).text == there.text


@pytest.mark.thorough
@pytest.mark.parametrize("token", ["x", "k1" + "a" * 42, "a" * 44, "0" * 200])
def test_a_token_that_is_not_ours_ends_nothing(cloud: Cloud, jane: Reply, token: str) -> None:
    reply = one_click(token)
    assert (reply.status, reply.code) == (404, "no_such_subscription")
    assert read_account(jane.cookie).json["newsletter"] is True


def test_a_get_changes_nothing_and_leads_to_the_page(cloud: Cloud, jane: Reply) -> None:
    token = token_of(cloud)
    for language, home in (("en", "/"), ("fr", "/fr/")):
        reply = one_click(token, "GET", headers={"Accept-Language": language})
        assert reply.status == 303
        assert reply.headers["Location"] == [f"https://media.example.org{home}unsubscribe#{token}"]
    assert read_account(jane.cookie).json["newsletter"] is True
    assert kept(cloud) == [("newsletter", True, "account")]


def test_repeats_store_nothing(cloud: Cloud, jane: Reply, fake_clock: FakeClock) -> None:
    fake_clock.forward(hours=1)
    subscribe(jane)
    assert kept(cloud) == [("newsletter", True, "account")]
    assert read_account(jane.cookie).json["newsletter_since"] == "2026-02-14T02:04:00Z"
    for _ in range(2):
        call(newsletter_app, "DELETE", "/account/newsletter", cookie=jane.cookie)
    assert kept(cloud)[1:] == [("newsletter", False, "account")]


@pytest.mark.thorough
def test_accepting_the_same_terms_again_stores_nothing(cloud: Cloud, jane: Reply) -> None:
    version = {"version": terms.VERSIONS[-1].version}
    for _ in range(2):
        reply = call(account_app, "PUT", "/account/terms", body=version, cookie=jane.cookie)
        assert reply.status == 204
    assert [subject for subject, _, _ in kept(cloud)].count("terms") == 1


@pytest.mark.thorough
def test_the_order_of_one_seconds_consents_is_kept(cloud: Cloud, jane: Reply) -> None:
    for _ in range(3):
        one_click(token_of(cloud))
        subscribe(jane)
    assert [given for _, given, _ in kept(cloud)] == [True, False] * 3 + [True]


@pytest.mark.thorough
def test_no_consent_is_lost_when_two_are_given_at_once(
    cloud: Cloud, jane: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = AccountsTable("accounts")
    account_id = account_of(cloud)["account_id"]
    write = AccountsTable.write
    between = [True]

    def interrupted(self: AccountsTable, *entries: Any) -> None:
        if between:
            between.clear()
            assert consents.end_newsletter(table, account_id, place="mail", now=1771034640)
        write(self, *entries)

    monkeypatch.setattr(AccountsTable, "write", interrupted)
    assert consents.end_newsletter(table, account_id, place="one_click", now=1771034640)
    assert [place for _, given, place in kept(cloud) if not given] == ["mail"]


@pytest.mark.thorough
def test_a_change_of_language_moves_a_subscriber(cloud: Cloud, jane: Reply) -> None:
    assert listed(cloud) == ["en"]
    call(account_app, "PATCH", "/account", body={"language": "fr"}, cookie=jane.cookie)
    assert listed(cloud) == ["fr"]
    one_click(token_of(cloud))
    call(account_app, "PATCH", "/account", body={"language": "en"}, cookie=jane.cookie)
    assert listed(cloud) == []
    subscribe(jane)
    assert listed(cloud) == ["en"]


@pytest.mark.thorough
def test_a_yes_in_a_language_that_changes_meanwhile_is_listed_in_the_new_one(
    cloud: Cloud, jane: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = AccountsTable("accounts")
    account_id = account_of(cloud)["account_id"]
    one_click(token_of(cloud))
    write = AccountsTable.write
    between = [True]

    def interrupted(self: AccountsTable, *entries: Any) -> None:
        if between:
            between.clear()
            set_language(table, account_id, "fr")
        write(self, *entries)

    monkeypatch.setattr(AccountsTable, "write", interrupted)
    subscribe(jane)
    assert listed(cloud) == ["fr"]


def test_a_complaint_keeps_its_place_and_the_language_of_the_account(
    cloud: Cloud, jane: Reply
) -> None:
    table = AccountsTable("accounts")
    consents.end_newsletter(
        table, account_of(cloud)["account_id"], place="complaint", now=1771034640
    )
    [no] = [item for item in items(cloud.dynamodb, "consent") if not item["given"]["BOOL"]]
    assert (no["place"]["S"], no["language"]["S"]) == ("complaint", "en")


@pytest.mark.thorough
@pytest.mark.parametrize("became", ["after_bounce", "after_full", "after_complaint"])
def test_a_yes_lifts_what_held_the_newsletter_back(cloud: Cloud, jane: Reply, became: str) -> None:
    change = {
        "after_bounce": NONE.after_bounce(sent="2026-02-14T02:04:00.000Z", now=1771034640),
        "after_full": NONE.after_full(sent="2026-02-14T02:04:00.000Z", now=1771034640),
        "after_complaint": NONE.after_complaint(now=1771034640),
    }[became]
    entry = replaced("mail", name_of(ADDRESS), NONE, change, now=1771034640)
    cloud.dynamodb.transact_write_items(TransactItems=[entry])
    assert suppression_of(ADDRESS) is not None
    assert subscribe(jane).status == 204
    assert suppression_of(ADDRESS) is None


@pytest.mark.thorough
def test_nothing_is_kept_for_an_account_that_never_was(cloud: Cloud) -> None:
    table = AccountsTable("accounts")
    assert consents.end_newsletter(table, "0" * 32, place="mail", now=1) is False
    consent = Consent(
        account_id="0" * 32, subject="newsletter", place="api", given=True,
        text_version="2026-01", language="en", at=1,
    )  # fmt: skip
    with pytest.raises(Exception, match="not_signed_in"):
        consents.subscribe(table, consent, state=None)
    assert cloud.dynamodb.scan(TableName="accounts")["Items"] == []


def test_the_token_stands_in_no_answer_but_the_address_of_the_page(
    cloud: Cloud, jane: Reply
) -> None:
    token = token_of(cloud)
    assert token not in one_click(token).text
    assert not re.search(token, str(one_click(token).headers))
