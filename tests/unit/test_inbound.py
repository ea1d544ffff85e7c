"""What becomes of a received mail, header block by header block: rules 1 to 6."""

import itertools
import json
import time
from email.parser import BytesHeaderParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.accounts.email_address import canonicalise
from newsreel.mail.header_block import (
    LONGEST_BLOCK,
    HeaderBlock,
    HeadersTooLargeError,
    read_header_block,
)
from newsreel.mail.inbound import Asked, Dropped, EndByToken, Rules, decide, is_authentic
from newsreel.mail.received import ReceivedMail, Verdict, Verdicts, read_notification
from newsreel.mail.sender_address import address_in

from tests.support.incoming import MAIL_DOMAIN, raw_mail, received

ACCOUNT = "0123456789abcdef0123456789abcdef"
TOKEN = "k1abcdef"
RULES = Rules(
    domains=frozenset({MAIL_DOMAIN, f"news.{MAIL_DOMAIN}"}),
    canonicalise=canonicalise,
    unseal=lambda token: ACCOUNT if token == TOKEN else None,
)


def mail(*recipients: str, source: str = "ada@example.org", **verdicts: str) -> ReceivedMail:
    to = recipients or (f"codes@{MAIL_DOMAIN}",)
    read = read_notification(json.dumps(received(to, source=source, **verdicts)))
    assert read is not None
    return read


def decided(
    raw: bytes, *recipients: str, source: str = "ada@example.org", **verdicts: str
) -> Asked | Dropped | EndByToken:
    return decide(mail(*recipients, source=source, **verdicts), read_header_block(raw), RULES)


def outcome(raw: bytes, *recipients: str, source: str = "ada@example.org", **verdicts: str) -> str:
    """Return the reason of a dropped mail, or the address whose wish it is."""
    try:
        found = decided(raw, *recipients, source=source, **verdicts)
    except HeadersTooLargeError:
        return "headers_too_large"
    if isinstance(found, Dropped):
        return found.reason
    return found.sender if isinstance(found, Asked) else found.account_id


def fields(*lines: str | bytes) -> bytes:
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    return b"\r\n".join([*raw, b"", b"Hello", b""])


ADA = "ada@example.org"
BLOCKS: dict[str, tuple[bytes, str]] = {
    # What people's programs write.
    "a bare address": (fields("From: ada@example.org"), ADA),
    "a name": (fields("From: Ada <ada@example.org>"), ADA),
    "a quoted name with a comma": (fields('From: "Byron, Ada" <ada@example.org>'), ADA),
    "a quoted address as the name": (fields('From: "eve@evil.example" <ada@example.org>'), ADA),
    "an encoded name": (fields("From: =?utf-8?b?QWRh?= <ada@example.org>"), ADA),
    "an encoded name that looks like an address": (
        fields("From: =?utf-8?q?eve=40evil=2Eexample?= <ada@example.org>"),
        ADA,
    ),
    "a comment behind the address": (fields("From: ada@example.org (Ada)"), ADA),
    "a folded name": (fields("From: Ada", " Byron", "\t<ada@example.org>"), ADA),
    "capitals": (fields("FROM: Ada <ADA@Example.ORG>"), ADA),
    "lines that end in a bare line feed": (b"From: ada@example.org\nTo: x\n\nHello", ADA),
    "nothing but headers": (b"From: ada@example.org\r\nSubject: x", ADA),
    "Exchange's wish for no automatic answers": (
        fields("From: ada@example.org", "X-Auto-Response-Suppress: All"),
        ADA,
    ),
    "Exchange's message id in brackets": (
        fields("Message-ID: <[b378@example.org]>", "From: ada@example.org"),
        ADA,
    ),
    "an unfinished parameter": (
        fields("Content-Type: text/plain; name*", "From: ada@example.org"),
        ADA,
    ),
    "2,000 nested parts": (
        fields("From: ada@example.org", "Content-Type: multipart/mixed; boundary=b")
        + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 2000,
        ADA,
    ),
    "a calendar": (fields("From: ada@example.org", "Content-Type: text/calendar"), ADA),
    "a signed mail": (
        fields("From: ada@example.org", 'Content-Type: multipart/signed; micalg="sha-256"'),
        ADA,
    ),
    "Auto-Submitted: no": (fields("From: ada@example.org", "Auto-Submitted: no"), ADA),
    "a line that is no field": (fields("From: ada@example.org", "garbage", "X-A: b"), ADA),
    "64 KB of headers": (
        fields(*(f"X-Filler-{number}: {'x' * 60}" for number in range(850)), "From: " + ADA),
        ADA,
    ),
    "20,000 lines": (fields(*(f"X-{number}: y" for number in range(19_999)), "From: " + ADA), ADA),
    # What programs write.
    "an out-of-office of Exchange": (
        fields(
            "From: Ada <ada@example.org>",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Subject: Automatic reply: Your verification code",
        ),
        "automatic",
    ),
    "an out-of-office with a comment": (
        fields("From: ada@example.org", "Auto-Submitted: auto-replied (vacation)"),
        "automatic",
    ),
    "an out-of-office with a parameter": (
        fields("From: ada@example.org", "auto-submitted: Auto-Replied; owner-email=x"),
        "automatic",
    ),
    "an automatic mail behind a line that is no field": (
        fields("From: ada@example.org", "garbage", "Auto-Submitted: auto-replied"),
        "automatic",
    ),
    "two Auto-Submitted fields": (
        fields("From: ada@example.org", "Auto-Submitted: no", "Auto-Submitted: auto-replied"),
        "automatic",
    ),
    "a list's mail": (
        fields("From: ada@example.org", "List-Id: <journalists.example.org>"),
        "automatic",
    ),
    "a newsletter": (
        fields("From: ada@example.org", "List-Unsubscribe: <mailto:x@example.org>"),
        "automatic",
    ),
    "bulk": (fields("From: ada@example.org", "Precedence: bulk"), "automatic"),
    "an old vacation program": (fields("From: ada@example.org", "Precedence: junk"), "automatic"),
    "cPanel's answer": (
        fields("From: ada@example.org", "X-Autorespond: yes", "Precedence: auto_reply"),
        "automatic",
    ),
    "a ticket system's loop guard": (fields("From: ada@example.org", "X-Loop: rt"), "automatic"),
    "an automatic answer of a provider": (
        fields("From: ada@example.org", "X-Autoreply: yes"),
        "automatic",
    ),
    "a report of no delivery": (
        fields(
            "From: MAILER-DAEMON@example.org",
            "Content-Type: multipart/report; report-type=delivery-status",
        ),
        "automatic",
    ),
    "a receipt": (
        fields(
            "From: ada@example.org", 'Content-Type: multipart/report;\r\n report-type="x"'
        ),
        "automatic",
    ),
    "nobody": (fields("From: no-reply@example.org"), "automatic"),
    "nobody, written otherwise": (fields("From: DoNotReply@example.org"), "automatic"),
    "a bounce address": (fields("From: bounces+7=x@example.org"), "automatic"),
    "a list's bounce address": (fields("From: club-bounces@example.org"), "automatic"),
    "ourselves": (fields(f"From: codes@{MAIL_DOMAIN}"), "automatic"),
    "our bounce domain": (fields(f"From: x@bounce.{MAIL_DOMAIN}"), "automatic"),
    # What nobody may be taken for the sender of.
    "no From": (fields("Subject: x"), "sender_unclear"),
    "an empty From": (fields("From:"), "sender_unclear"),
    "only a quote": (fields('From: "'), "sender_unclear"),
    "an open quote": (fields('From: "Ada <ada@example.org>'), "sender_unclear"),
    "two From fields": (
        fields("From: ada@example.org", "From: eve@evil.example"),
        "sender_unclear",
    ),
    "a second From with a space before its colon": (
        fields("From: ada@example.org", "From : eve@evil.example"),
        "sender_unclear",
    ),
    "a second From behind a line that is no field": (
        fields("From: ada@example.org", "garbage", "From: eve@evil.example"),
        "sender_unclear",
    ),
    "two addresses": (fields("From: ada@example.org, eve@evil.example"), "sender_unclear"),
    "an address as an unquoted name": (
        fields("From: eve@evil.example <ada@example.org>"),
        "sender_unclear",
    ),
    "two addresses in brackets": (
        fields("From: <ada@example.org> <eve@evil.example>"),
        "sender_unclear",
    ),
    "a group": (fields("From: (c): ada@example.org;"), "sender_unclear"),
    "an address behind a closing parenthesis (CVE-2023-27043)": (
        fields("From: alice@example.org)bob@example.com"),
        "sender_unclear",
    ),
    "an address within a comment": (fields("From: (ada@example.org)"), "sender_unclear"),
    "a comment within the address": (fields("From: ada(x)@example.org"), "sender_unclear"),
    "a quoted local part": (fields('From: "ada"@example.org'), "sender_unclear"),
    "a route": (fields("From: <@relay.example:ada@example.org>"), "sender_unclear"),
    "1,990 open parentheses": (fields("From: " + "(" * 1990 + ADA), "sender_unclear"),
    "5,000 parentheses": (
        fields("From: " + "(" * 5000 + ")" * 5000 + " " + ADA),
        "sender_unclear",
    ),
    "10,000 addresses": (fields("From: " + "a@b.example, " * 10_000), "sender_unclear"),
    "an encoded word as the address": (
        fields("From: !an??:=m==fr2@[C"),
        "sender_unclear",
    ),
    "an encoded address": (fields("From: =?utf-8?q?ada=40example=2Eorg?="), "sender_unclear"),
    "a NUL": (fields("From: ada\x00@example.org"), "sender_unclear"),
    "a bare carriage return": (fields("From: ada@example.org\rFrom: x@y.org"), "sender_unclear"),
    "an 8-bit address": (fields("From: adä@example.org".encode("latin-1")), "sender_unclear"),
    "a full-width @": (fields("From: ada＠example.org"), "sender_unclear"),
    "an address literal": (fields("From: ada@[192.0.2.1]"), "sender_unclear"),
    "a domain without a dot": (fields("From: ada@localhost"), "sender_unclear"),
    "no end within 256 KiB": (b"X-A: b\r\n" * (LONGEST_BLOCK // 8), "headers_too_large"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), BLOCKS.values(), ids=BLOCKS)
def test_each_header_block_ends_with_its_reason_or_its_sender(raw: bytes, expected: str) -> None:
    assert outcome(raw) == expected


def test_no_header_block_takes_longer_than_a_twentieth_of_a_second() -> None:
    for name, (raw, _reason) in BLOCKS.items():
        taken = []
        for _ in range(3):
            begun = time.process_time()
            outcome(raw[:LONGEST_BLOCK])
            taken.append(time.process_time() - begun)
        assert min(taken) < 0.05, name


@pytest.mark.parametrize(
    "raw", [raw_mail("X-Folded: a", "\tb", "X-Empty:"), BLOCKS["an out-of-office of Exchange"][0]]
)
def test_fields_are_those_that_the_standard_library_reads(raw: bytes) -> None:
    parsed = BytesHeaderParser().parsebytes(raw)
    expected = [(name.lower(), " ".join(value.split())) for name, value in parsed.raw_items()]
    read = [(name, " ".join(value.split())) for name, value in read_header_block(raw).fields]
    assert read == expected


@pytest.mark.parametrize(
    "source",
    ["", "<>", "MAILER-DAEMON@example.org", "MAILER-DAEMON", "postmaster@example.org",
     "list-bounces+ada=example.org@example.org"],
)  # fmt: skip
def test_a_mail_that_nobody_may_answer_is_automatic(source: str) -> None:
    assert outcome(raw_mail(), source=source) == "automatic"


@pytest.mark.parametrize("name", ["Reply-To", "Sender", "Return-Path", "X-Original-From"])
def test_no_other_field_is_taken_for_the_sender(name: str) -> None:
    assert outcome(raw_mail(f"{name}: eve@evil.example")) == ADA


def test_headers_within_the_body_are_none() -> None:
    assert outcome(raw_mail(body="Auto-Submitted: auto-replied\r\nFrom: x@y.example")) == ADA


@pytest.mark.parametrize(("verdict", "reason"), [("virus", "virus"), ("spam", "spam")])
def test_what_a_scanner_condemned_is_dropped_before_anything_else(
    verdict: str, reason: str
) -> None:
    to = f"unsubscribe+{TOKEN}@{MAIL_DOMAIN}"
    assert outcome(raw_mail(), to, **{verdict: "FAIL"}) == reason


@pytest.mark.parametrize("status", ["GRAY", "PROCESSING_FAILED", "A_NEW_ONE"])
def test_what_a_scanner_could_not_tell_is_not_condemned(status: str) -> None:
    assert outcome(raw_mail(), spam=status, virus=status) == ADA


@pytest.mark.parametrize(
    ("recipients", "desk"),
    [
        (["codes"], "codes"),
        (["CODES"], "codes"),
        (["codes+x"], "codes"),
        (["unsubscribe"], "unsubscribe"),
        (["unsubscribe+wrong"], "unsubscribe"),
        (["codes", "unsubscribe"], "unsubscribe"),
        (["press", "codes"], "codes"),
        (["press"], "other"),
        (["codes.x"], "other"),
        ([""], "other"),
    ],
)
def test_a_mail_is_for_the_first_of_our_addresses_that_it_names(
    recipients: list[str], desk: str
) -> None:
    found = decided(raw_mail(), *(f"{one}@{MAIL_DOMAIN}" for one in recipients))
    assert isinstance(found, Asked)
    assert found.desk == desk


def test_a_recipient_elsewhere_is_not_ours() -> None:
    assert outcome(raw_mail(), "codes@example.net", f"codes@x.{MAIL_DOMAIN}") == "not_ours"


def test_a_right_token_ends_it_whoever_sent_it_and_however_automatic() -> None:
    to = f"Unsubscribe+{TOKEN.upper()}@news.{MAIL_DOMAIN}"
    raw = fields("From: x", "From: y", "Auto-Submitted: auto-generated")
    found = decided(raw, to, source="", dmarc="FAIL", spf="FAIL")
    assert found == EndByToken(ACCOUNT)


def test_a_wrong_token_proves_nothing() -> None:
    to = f"unsubscribe+wrong@{MAIL_DOMAIN}"
    assert outcome(raw_mail(), to, dmarc="FAIL") == "not_authentic"


def test_an_answer_names_the_mail_by_a_well_formed_id_alone() -> None:
    for written, kept in (
        ("<1@example.org>", "<1@example.org>"),
        ("<[b378@example.org]>", "<[b378@example.org]>"),
        ("<a b@example.org>", ""),
        ("<a@b> <c@d>", ""),
        ("1@example.org", ""),
        ("<ä@example.org>", ""),
        (f"<{'a' * 251}>", ""),
    ):
        found = decided(fields("From: ada@example.org", f"Message-ID: {written}"))
        assert isinstance(found, Asked)
        assert found.in_reply_to == kept, written


VERDICTS: tuple[Verdict, ...] = ("PASS", "FAIL", "GRAY")
AUTHENTIC = {
    # dmarc, spf, dkim: DMARC passes whatever the others say.
    *(("PASS", spf, dkim) for spf in VERDICTS for dkim in VERDICTS),
    # No DMARC record: SPF of the very domain, whatever DKIM says.
    *(("GRAY", "PASS", dkim) for dkim in VERDICTS),
}


@pytest.mark.parametrize(("dmarc", "spf", "dkim"), [*itertools.product(VERDICTS, repeat=3)])
def test_a_sender_is_proved_by_exactly_these_verdicts(
    dmarc: Verdict, spf: Verdict, dkim: Verdict
) -> None:
    reason = ADA if (dmarc, spf, dkim) in AUTHENTIC else "not_authentic"
    assert outcome(raw_mail(), dmarc=dmarc, spf=spf, dkim=dkim) == reason


@pytest.mark.parametrize("name", ["dmarc", "spf"])
def test_what_ses_could_not_work_out_proves_nothing(name: str) -> None:
    verdicts = {"dmarc": "GRAY", "spf": "PASS", name: "PROCESSING_FAILED"}
    assert outcome(raw_mail(), **verdicts) == "not_authentic"


def test_spf_of_another_domain_proves_nothing() -> None:
    # evil.example signs and sends a mail "From" a domain without DMARC: SES says PASS PASS GRAY.
    found = outcome(raw_mail(), source="eve@evil.example", spf="PASS", dkim="PASS", dmarc="GRAY")
    assert found == "not_authentic"


def test_spf_of_a_domain_above_or_below_proves_nothing() -> None:
    verdicts = Verdicts(spam="PASS", virus="PASS", spf="PASS", dmarc="GRAY")
    assert not is_authentic(verdicts, "example.org", "news.example.org")
    assert not is_authentic(verdicts, "news.example.org", "example.org")


def test_another_notification_is_none_of_a_mail() -> None:
    assert read_notification('{"notificationType":"AmazonSnsSubscriptionSucceeded"}') is None


@pytest.mark.parametrize(
    "body",
    ["", "[]", "no json", '{"notificationType":"Received"}',
     json.dumps({**received(), "receipt": {"recipients": "zqcanary"}})],
)  # fmt: skip
def test_a_notification_of_another_shape_is_a_fault_that_quotes_nothing(body: str) -> None:
    with pytest.raises(ValueError, match="validation error") as fault:
        read_notification(body)
    assert "zqcanary" not in str(fault.value)


def test_nothing_that_is_read_shows_an_address() -> None:
    shown = repr(mail()) + repr(decided(raw_mail()))
    assert "ada" not in shown
    assert "codes@" not in shown


def test_an_empty_block_has_no_fields() -> None:
    assert read_header_block(b"") == HeaderBlock(())


_LINES = st.sampled_from(
    [b"From: ada@example.org", b"From : x", b"\tfolded", b"Auto-Submitted: no", b"garbage", b":",
     b'From: "', b"List-Id:", b"\x00\xff: \xfe", b"Message-ID: <", b"", b"\r", b" "]
)  # fmt: skip


@pytest.mark.thorough
@given(st.binary(max_size=300) | st.lists(_LINES, max_size=12).map(b"\r\n".join))
def test_no_bytes_of_a_mail_are_a_fault(raw: bytes) -> None:
    assert decided(raw, f"codes@{MAIL_DOMAIN}")


@given(st.text(max_size=200) | st.text('"(<>@,;:\\ a.', max_size=40))
def test_what_is_taken_for_an_address_stands_in_the_field_once(text: str) -> None:
    found = address_in(text)
    if found is not None:
        assert found in text
        assert not set(found) & set(' "(),:;<>[\\]')
