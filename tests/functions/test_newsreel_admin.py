"""The operator's command tells in one table what happened to every mail to an address."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from newsreel.aws import clients
from newsreel.mail_table import hold

from tests.support.accounts import look
from tests.support.cloud import Cloud, FakeClock
from tests.support.mail_items import mail_items
from tests.support.ses_answers import refusing
from tests.support.told_mails import ADDRESS, mail_of, mailed_code, tell
from tools.newsreel_admin import __main__ as admin
from tools.newsreel_admin.deployment import Deployment

Why = Callable[[str], str]


@pytest.fixture
def why(cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Why:
    """Ask about an address, in a terminal wide enough for a whole row."""
    outputs = {"MailTable": "mail", "TrailKeys": "newsreel/test/trail-keys"}
    deployment = Deployment(outputs, clients.dynamodb(), clients.secretsmanager())
    monkeypatch.setattr(Deployment, "local", lambda: deployment)
    monkeypatch.setattr("tools.newsreel_admin.__main__.time.time", fake_clock.time.timestamp)
    monkeypatch.setenv("COLUMNS", "160")

    def ask(address: str) -> str:
        result = CliRunner().invoke(admin.main, ["why", address])
        assert result.exit_code == 0, result.output
        return result.output

    return ask


def test_every_step_of_every_mail_is_told(cloud: Cloud, why: Why) -> None:
    mailed_code(cloud)
    tell("delay", "full")
    told = why(ADDRESS)
    # Date and time are two words.
    words = [line.split() for line in told.splitlines() if "2026-02-14" in line]
    assert words[0][2:] == ["registration", words[0][3], "sent"]
    assert words[1][2:4] == ["delayed", "TransientCommunicationFailure"]
    assert words[2][2:5] == ["bounced", "MailboxFull", "4.x.x"]
    assert "Nothing holds mail to it back." in told


def test_the_steps_of_each_mail_stand_together(
    cloud: Cloud, why: Why, fake_clock: FakeClock
) -> None:
    mailed_code(cloud)
    first = mail_of()
    fake_clock.forward(minutes=1)
    mailed_code(cloud)
    tell("delivery", mail=mail_of(sent="2026-02-14T02:05:00.000Z"))
    fake_clock.forward(minutes=1)
    tell("delivery", mail=first)
    steps = [word for word in why(ADDRESS).split() if word in {"sent", "delivered"}]
    assert steps == ["sent", "delivered"] * 2


def test_the_reference_is_the_one_that_the_mail_shows(cloud: Cloud, why: Why) -> None:
    flow_id = mailed_code(cloud)
    assert look(flow_id).json["reference"] in why(ADDRESS).split()


@pytest.mark.thorough
def test_what_holds_mail_back_is_told(cloud: Cloud, why: Why, fake_clock: FakeClock) -> None:
    mailed_code(cloud)
    tell("hard bounce")
    hold.put("mail", "busy", now=int(fake_clock.time.timestamp()))
    mailed_code(cloud)
    told = why(ADDRESS)
    assert "withheld" in told
    assert "No code goes to it for now: it bounced 1 time(s)." in told
    assert "Newsletters wait until 2026-02-14 02:05:00: SES is busy." in told


def test_a_mail_that_ses_refused_is_told(cloud: Cloud, why: Why) -> None:
    with refusing("InvalidParameterValue"):
        mailed_code(cloud)
    assert "refused" in why(ADDRESS)


def test_the_address_is_read_as_the_service_reads_it(cloud: Cloud, why: Why) -> None:
    mailed_code(cloud)
    assert why("  JANE＠Example.ORG ") == why(ADDRESS)


def test_of_an_address_that_no_mail_went_to_nothing_is_known(why: Why) -> None:
    assert "No mail went to this address" in why(ADDRESS)


def test_steps_under_an_older_key_are_told_too(cloud: Cloud, why: Why) -> None:
    mailed_code(cloud)
    before = why(ADDRESS)
    ring = {"current": "k2", "k2": "new", "k1": "trail-keys-" + "0123456789abcdef" * 4}
    clients.secretsmanager().put_secret_value(
        SecretId="newsreel/test/trail-keys", SecretString=json.dumps(ring)
    )
    assert why(ADDRESS) == before


def test_asking_changes_nothing(cloud: Cloud, why: Why) -> None:
    mailed_code(cloud)
    tell("delivery", mail=mail_of())
    before = mail_items()
    why(ADDRESS)
    assert mail_items() == before


def test_what_is_no_address_is_refused(why: Why) -> None:
    result = CliRunner().invoke(admin.main, ["why", "nonsense"])
    assert result.exit_code == 2
    assert "this is no address" in result.output
