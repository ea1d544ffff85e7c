"""Every text of the website comes from the message catalogue, and every entry is used."""

import re
from pathlib import Path

from newsreel.policy import MINUTE, POLICY
from newsreel.texts import messages

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "website" / "scripts"
TEMPLATES = (*(ROOT / "website").glob("*.html"),)
PAGES = ROOT / "layers" / "code" / "newsreel" / "pages"
LITERAL = re.compile(r'"([a-z_]+\.[a-z_.]+)"')
MADE_UP = re.compile(r"`([a-z_]+\.[a-z_.]*)\$\{")


# The account dialogs of the organisation's own website, verbatim except for its apostrophes.
SOURCE_PAGE = """
NATO MULTIMEDIA ACCOUNT
Access NATO's broadcast-quality video content free of charge
Register
Create an account
Check your inbox and enter verification code
We have sent a verification code to your email address.
Enter the code to verify your account.
This code will expire in 30 minutes.
Verification code
Didn't receive a code?
Send new Code
You have successfully created your account
From now on you can download videos from our website
Subscribe to our newsletter
If you would also like to subscribe to the newsletter and receive our latest updates, click on the button below.
Reset password
Enter the email address you registered with and we will send you a code to reset your password.
Create a new password
The password must be at least 12 characters long, no spaces, include upper/lowercase letters, numbers and symbols.
Your password has been updated
Click the button to return to the page you were on and log in with your new password.
"""  # noqa: E501


def _script() -> str:
    return "\n".join(path.read_text() for path in sorted(SCRIPTS.rglob("*.js")))


def _without_plural(key: str) -> str:
    return re.sub(r"\.(one|other)$", "", key)


def test_each_key_that_a_template_asks_for_exists() -> None:
    for template in TEMPLATES:
        keys = set(re.findall(r't\("([^"]+)"\)', template.read_text()))
        assert keys or template.name == "text.html"
        assert keys - set(messages.catalogue("en", "site")) == set(), template.name


def test_each_key_that_a_script_asks_for_exists() -> None:
    known = {_without_plural(key) for key in messages.catalogue("en", "site")}
    areas = {key.partition(".")[0] for key in known}
    keys = {key for key in LITERAL.findall(_script()) if key.partition(".")[0] in areas}
    keys = {key for key in keys if not key.startswith("newsreel.")}
    assert len(keys) > 50
    assert keys - known == set()


def test_each_entry_of_the_site_is_used() -> None:
    script = _script()
    literal, made_up = set(LITERAL.findall(script)), tuple(MADE_UP.findall(script))
    templates = "".join(template.read_text() for template in TEMPLATES)
    made_up += tuple(re.findall(r't\("([^"]+)" \+', templates))
    elsewhere = (ROOT / "tools/website_pages.py", PAGES / "home.py", PAGES / "templates/home.html")
    templates += "".join(path.read_text() for path in elsewhere)
    for key in messages.catalogue("en", "site"):
        used = f'"{key}"' in templates or _without_plural(key) in literal or key.startswith(made_up)
        assert used, key


def test_each_entry_of_the_page_is_used() -> None:
    sources = [*PAGES.glob("*.py"), *PAGES.glob("templates/*.html")]
    text = "".join(path.read_text() for path in sources)
    made_up = ("month.", "month_short.", "weekday.")
    # A page for what is not there is filled with the texts of one kind of thing.
    kinds = re.findall(r'"what": "(\w+)"', text)
    text += " ".join(f'"{kind}_title" "{kind}_text"' for kind in kinds)
    edge = (ROOT / "infra" / "site.yaml").read_text(encoding="utf-8")
    for key, said in messages.catalogue("en", "page").items():
        plain = _without_plural(key)
        used = f'"{plain}"' in text or plain.startswith(made_up) or f"'{said}'" in edge
        assert used, key


def test_templates_contain_no_texts() -> None:
    sources = [*TEMPLATES, *PAGES.glob("templates/*.html")]
    for source in sources:
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<[^>]*>", " ", source.read_text())
        assert re.findall(r"[A-Za-z]{2,}", bare) == [], source.name


def test_no_script_writes_markup_or_styles_from_strings() -> None:
    # The pages' Content-Security-Policy forbids these; this test finds them before a browser does.
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in _script()
    for template in (*TEMPLATES, *PAGES.glob("templates/*.html")):
        assert not re.search(r"\sstyle=|\son[a-z]+=", template.read_text()), template.name


def test_the_dialogs_say_what_the_organisations_page_says() -> None:
    values = {
        "organisation": "NATO",
        "count": POLICY.code.life // MINUTE,
        "minimum": POLICY.password.minimum_length,
    }
    sentences = {
        re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)
        for text in messages.catalogue("en", "site").values()
    }
    sentences = {text.rstrip(".") for text in sentences}
    for sentence in SOURCE_PAGE.strip().splitlines():
        assert sentence.rstrip(".") in sentences, sentence
