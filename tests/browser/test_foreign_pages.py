"""A page on another site, open in the same browser, gets nothing from the local stack.

Its name is pointed at this machine, as a public name can be. Chromium's own question before a page
may speak to this machine is off: not every browser asks, and the fence must hold without it.
"""

import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from infra.local.paths import Ports, Stack
from tests.browser.person import Site
from tests.browser.switches import switches

LED_HERE = "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP *.cloudfront.net 127.0.0.1"
FENCES = ("LocalNetworkAccessChecks", "BlockInsecurePrivateNetworkRequests")
Answer: TypeAlias = tuple[int, dict[str, str]]

CREATE = "Action=CreateStack&Version=2010-05-15&StackName=foreign"
READS = {
    "img": "(url) => shown('img', { src: url })",
    "script": "(url) => shown('script', { src: url })",
    "style": "(url) => shown('link', { rel: 'stylesheet', href: url })",
    "prefetch": "(url) => add('link', { rel: 'prefetch', href: url })",
    "video": "(url) => shown('video', { src: url })",
    "iframe": "(url) => add('iframe', { src: url })",
    "object": "(url) => add('object', { data: url })",
    "window": "(url) => { window.open(url); }",
    "fetch": "(url) => { fetch(url, { mode: 'no-cors', credentials: 'include' }); }",
}
WRITES = {
    "urlencoded": "(url) => post(url, 'application/x-www-form-urlencoded')",
    "multipart": "(url) => post(url, 'multipart/form-data')",
    "text": "(url) => post(url, 'text/plain')",
    "no-cors": "(url) => { fetch(url, { method: 'POST', mode: 'no-cors', body: BODY }); }",
    "beacon": "(url) => { navigator.sendBeacon(url, BODY); }",
    "target": """(url) => fetch(url, { method: 'POST', body: '{}',
        headers: { 'X-Amz-Target': 'DynamoDB_20120810.ListTables' } }).catch(() => {})""",
}
AWAITED = {READS[name] for name in ("img", "script", "style", "video")} | {WRITES["target"]}
PATIENCE = 15_000
HELPERS = f"""
  var BODY = "{CREATE}";
  function add(name, told) {{
    document.body.append(Object.assign(document.createElement(name), told));
  }}
  function shown(name, told) {{
    const ended = {{}};
    const end = new Promise((done) => {{ ended.onload = ended.onerror = () => done(); }});
    add(name, {{ ...told, ...ended }});
    return end;
  }}
  function post(url, enctype) {{
    const form = Object.assign(document.createElement("form"), {{ action: url, method: "post" }});
    form.enctype = enctype;
    form.target = `answer-${{document.forms.length}}`;
    add("iframe", {{ name: form.target }});
    for (const pair of BODY.split("&")) {{
      const [name, value] = pair.split("=");
      form.append(Object.assign(document.createElement("input"), {{ name, value }}));
    }}
    document.body.append(form);
    form.submit();
  }}
"""


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b"<!doctype html><title>Elsewhere</title><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_values: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere(browser: Browser, chromium: str) -> Iterator[Page]:
    """A page of another site, in a browser that leads its name to this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = browser.browser_type.launch(
        executable_path=chromium, args=[*switches(without=FENCES), LED_HERE]
    )
    page = own.new_context().new_page()
    page.goto(f"http://evil.example:{server.server_port}/")
    page.evaluate(f"() => {{ const made = document.createElement('script'); "
                  f"made.textContent = {HELPERS!r}; document.head.append(made); }}")  # fmt: skip
    yield page
    own.close()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def stack(site: Site) -> Stack:
    """The stack that is up."""
    stack = Stack.read()
    assert stack.site_url == site.url
    return stack


def _answer(page: Page, way: str, url: str) -> Answer:
    """Have the page ask for a URL, and tell the answer that its browser got.

    Chromium shows pages, and tests, neither the answer to a picture nor the headers of one that a
    script asked for; its network log has both, but not for frames and windows.
    """
    log, answers, asked = page.context.new_cdp_session(page), dict[str, Answer](), list[str]()
    log.on(
        "Network.requestWillBeSent",
        lambda one: asked.append(one["requestId"]) if one["request"]["url"] == url else None,
    )
    log.on(
        "Network.responseReceivedExtraInfo",
        lambda one: answers.update({one["requestId"]: (one["statusCode"], one["headers"])}),
    )
    log.send("Network.enable")
    shown: Answer | None = None
    if way in AWAITED:
        page.evaluate(f"(url) => ({way})(url)", url)
    else:
        with page.context.expect_event(
            "response", lambda told: told.url == url, timeout=PATIENCE
        ) as answered:
            page.evaluate(f"(url) => ({way})(url)", url)
        shown = (answered.value.status, answered.value.all_headers())
    log.send("Network.disable")
    log.detach()
    logged = [answers[one] for one in asked if one in answers]
    return logged[0] if logged or shown is None else shown


def _assert_refused(answer: Answer, url: str) -> None:
    """Fail unless the fence itself answered, and no service behind it."""
    status, told = answer
    headers = {name.lower(): value for name, value in told.items()}
    # What the front door has nothing behind at all is a page that does not exist.
    assert status == (404 if "%5F" in url else 403), url
    # MiniStack's own refusals are XML or JSON.
    assert headers["content-type"].startswith("text/plain"), url
    assert not [name for name in headers if name.startswith(("x-amz", "access-control-"))]


def _urls(stack: Stack) -> Iterator[str]:
    aws, bucket = stack.aws_endpoint_url, stack.media_bucket
    port = urlsplit(aws).port
    for base in (aws, f"http://localhost:{port}"):
        yield f"{base}/?{CREATE}"
        yield f"{base}/?{CREATE}&X-Amz-Signature=x"
        yield f"{base}/_aws/execute-api/x?{CREATE}"
        yield f"{base}/{bucket}/?{CREATE}&X-Amz-Signature=x"
        yield f"{base}/2015-03-31/functions"
        yield f"{base}/_ministack/reset"
    yield f"{stack.site_url}/{bucket}/?{CREATE}&X-Amz-Signature=x"
    yield f"{stack.site_url}/%5Fministack/reset"
    yield f"{stack.mailbox_url}"
    yield f"{stack.mailbox_url}/previews"
    yield f"{stack.mailbox_url}/messages.json"
    yield f"{stack.mailbox_url}/write"
    yield f"{stack.mailbox_url}/newsletter"


@pytest.mark.parametrize("way", READS.values(), ids=READS.keys())
def test_what_it_shows_or_opens_is_refused(elsewhere: Page, stack: Stack, way: str) -> None:
    for number, url in enumerate(_urls(stack)):
        # An address that was asked for is not asked for again.
        joint = "&" if "?" in url else "?"
        asked = f"{url}{joint}n={number}{uuid.uuid4().hex[:6]}"
        _assert_refused(_answer(elsewhere, way, asked), asked)


@pytest.mark.parametrize("way", WRITES.values(), ids=WRITES.keys())
def test_what_it_sends_is_refused(elsewhere: Page, stack: Stack, way: str) -> None:
    for url in _urls(stack):
        _assert_refused(_answer(elsewhere, way, url), url)


def test_a_socket_of_its_own_is_refused(elsewhere: Page, stack: Stack) -> None:
    tried = """(url) => new Promise((told) => {
      const socket = new WebSocket(url);
      socket.onopen = () => told("open");
      socket.onerror = () => told("refused");
    })"""
    for base in (stack.aws_endpoint_url, stack.site_url):
        for path in ("/", f"/_aws/execute-api/{stack.outputs['ApiId']}/api/", "/mailbox"):
            url = base.replace("http", "ws", 1) + path
            assert elsewhere.evaluate(tried, url) == "refused", url


@pytest.mark.parametrize("name", ["evil.example", "distribution"])
def test_no_other_name_leads_to_the_stack(elsewhere: Page, stack: Stack, name: str) -> None:
    host = stack.outputs["DistributionDomain"] if name == "distribution" else name
    ports = (urlsplit(stack.site_url).port, urlsplit(stack.aws_endpoint_url).port)
    tab = elsewhere.context.new_page()
    for port in ports:
        for path in ("/", "/mailbox", "/api/videos", "/2015-03-31/functions"):
            answer = tab.goto(f"http://{host}:{port}{path}")
            assert answer is not None
            assert answer.status in {403, 421}
    tab.close()


def test_a_form_sent_to_a_mail_port_is_no_mail(elsewhere: Page, stack: Stack) -> None:
    subject = f"foreign-{uuid.uuid4().hex}"
    words = ("HELO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{subject}@newsreel.test>", "DATA")
    lines = "\r\n".join(["", *words, f"Subject: {subject}", "", "x", ".", "QUIT", ""])
    ports = Ports.chosen()
    for port in (ports.mail, urlsplit(stack.smtp_url).port):
        with elsewhere.context.expect_event(
            "requestfailed", lambda asked, port=port: f":{port}/" in asked.url
        ):
            elsewhere.evaluate(
                "([url, body]) => { fetch(url, { method: 'POST', mode: 'no-cors', body })"
                ".catch(() => {}); }",
                [f"http://127.0.0.1:{port}/", lines],
            )
    mails = requests.get(f"{stack.mailbox_url}/messages.json", timeout=30)
    assert mails.status_code == 200
    assert subject not in mails.text


def test_its_links_to_the_site_lead_there(elsewhere: Page, stack: Stack) -> None:
    tab = elsewhere.context.new_page()
    tab.goto(elsewhere.url)
    tab.evaluate("(url) => { location.href = url; }", f"{stack.site_url}/")
    tab.wait_for_url(f"{stack.site_url}/")
    expect(tab.get_by_role("main")).to_be_visible()
    tab.close()


def test_the_mailboxs_own_page_still_writes(elsewhere: Page, stack: Stack) -> None:
    tab = elsewhere.context.new_page()
    tab.goto(f"{stack.mailbox_url}/write")
    tab.get_by_label("From", exact=True).fill("ada@newsroom.example")
    tab.get_by_label("To", exact=True).fill("nobody@newsreel.example")
    tab.get_by_role("button", name="Send").click()
    expect(tab.get_by_role("status")).to_contain_text("Refused: 550")
    tab.close()
