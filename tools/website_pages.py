"""Decides which pages the site has, at which addresses, and how each is written from the shell.

The function at the edge (``SitePages`` in ``infra/site.yaml``) knows the same addresses and answers
all others itself; a test compares the two.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from newsreel.policy import DAY, HOUR, POLICY
from newsreel.texts import messages

from tools.website_bundles import Bundle
from tools.website_texts import TEXT_PAGES, text_page

ROOT = Path(__file__).resolve().parent.parent
WEBSITE = ROOT / "website"
EVERYWHERE = "site"
"""The script of pages without one of their own; those of others import it."""
PASSWORD_RULES = (
    f"minlength: {POLICY.password.minimum_length}; maxlength: {POLICY.password.maximum_length};"
    " required: lower; required: upper; required: digit; required: special;"
)
"""For programs that generate passwords: https://developer.apple.com/password-rules/."""
EARLY = "signed-in-class"
"""The script that every page runs before its first paint."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: its path under a language's home, its style and its script.

    Pages that are ``filled`` by a function are shells: their content is in the catalogue.
    """

    name: str
    path: str
    style: str
    script: str = EVERYWHERE
    filled: bool = False
    listed: bool = True
    """Whether search engines may show it."""

    def key(self, language: str) -> str:
        """Return the page's key in the bucket."""
        if self.filled:
            return f"shells/{language}/{self.name}.html"
        return f"{messages.home(language)}{self.path}/index.html".lstrip("/")


PAGES = (
    Page("catalogue", "", "catalogue", "catalogue", filled=True),
    Page("video", "", "video", "video", filled=True),
    Page("account", "account", "account", "account", listed=False),
    Page("unsubscribe", "unsubscribe", "text", "unsubscribe", listed=False),
    Page("not-me", "not-me", "text", "not-me", listed=False),
    Page("undo", "undo", "text", "undo", listed=False),
    *(Page(name, name, "text") for name in TEXT_PAGES if name != "link"),
    Page("link", "link", "text", "refused-link", listed=False),
)
ACCOUNT_PARTS = ("profile", "newsletter", "downloads", "security", "journal", "data")
"""Each has an address under that of the account's page, which is the same for all."""
COPIED_FILES = ("favicon.ico", "apple-touch-icon.png", "share.png")
WRITTEN_FILES = ("robots.txt", "not-found.css")
FIXED_FILES = (
    *COPIED_FILES,
    *WRITTEN_FILES,
    ".well-known/account-policy.json",
    ".well-known/security.txt",
)
"""What lies at an address without a release in it, besides the pages.

Some of it is copied from the release that is live, some is written for it.
"""
SCRIPTS = (EARLY, *dict.fromkeys(page.script for page in PAGES))


def page_paths() -> dict[str, str]:
    """Return the live pages: the path within the release and the key in the bucket of each."""
    return {
        f"pages/{language}/{page.name}.html": page.key(language)
        for language in messages.LANGUAGES
        for page in PAGES
    }


def fixed_paths() -> dict[str, str]:
    """Return the live files at fixed addresses, as pages."""
    return {name: name for name in COPIED_FILES} | {f"fixed/{name}": name for name in WRITTEN_FILES}


def write_fixed(release: str, site_url: str) -> dict[str, bytes]:
    """Write the files at fixed addresses that depend on the release or on the site.

    ``not-found.css`` is for the page of the function at the edge, which knows no release.
    """
    styles = (f'@import url("/assets/{release}/styles/{name}.css");\n' for name in ("site", "text"))
    robots = f"User-agent: *\nDisallow: /api/\n\nSitemap: {site_url}/sitemap.xml\n"
    return {"fixed/robots.txt": robots.encode(), "fixed/not-found.css": "".join(styles).encode()}


def site_words(language: str, organisation: str) -> dict[str, str]:
    """Return the site's texts with the organisation's name in them."""
    texts = messages.catalogue(language, "site")
    return {key: text.replace("{organisation}", organisation) for key, text in texts.items()}


def version() -> str:
    """Return the version of the project that the pages are published from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose site it is: ``site_url`` has no slash at its end; people may write to ``contact``."""

    organisation: str
    site_url: str
    contact: str = ""


def render_pages(
    release: str, publisher: Publisher, bundles: Mapping[str, Bundle]
) -> dict[str, bytes]:
    """Write each page of each language from the one template and the message catalogue."""
    templates = Environment(
        loader=FileSystemLoader(WEBSITE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shell = templates.get_template("shell.html")
    project_version = version()
    written = {}
    for language in messages.LANGUAGES:
        for page in PAGES:
            html = shell.render(
                assets=f"/assets/{release}",
                site_url=publisher.site_url,
                version=project_version,
                early=bundles[EARLY].entry,
                **_scripts_of(bundles[page.script], language),
                **_page_values(page, language, publisher),
            )
            written[f"pages/{language}/{page.name}.html"] = html.encode()
    return written | write_fixed(release, publisher.site_url)


def _scripts_of(bundle: Bundle, language: str) -> dict[str, object]:
    return {
        "script": bundle.entry,
        "modules": [*bundle.imports, f"texts/{language}.js"],
        "dialog_modules": bundle.dialogs,
        "part_modules": bundle.parts,
    }


def _page_values(page: Page, language: str, publisher: Publisher) -> dict[str, object]:
    texts = site_words(language, publisher.organisation)
    versions = [
        {
            "language": one,
            "path": messages.home(one) + page.path,
            "name": messages.text(one, "site", "shell.language"),
            "short": messages.text(one, "site", "shell.language_short"),
        }
        for one in messages.LANGUAGES
    ]
    is_text = page.name in TEXT_PAGES
    text = (
        text_page(page.name, language, publisher.organisation, publisher.contact)
        if is_text
        else None
    )
    own_title = page.name in {"account", "unsubscribe", "not-me", "undo"}
    title_key = f"shell.{page.name.replace('-', '_')}_title"
    named = texts[title_key] if own_title else text and text.title
    return {
        "language": language,
        "page": page.name,
        "style": page.style,
        "listed": page.listed,
        "title": f"{named} · {texts['shell.footer']}" if named else texts["shell.title"],
        "path": messages.home(language) + page.path,
        "description": text.description if text else texts["shell.description"],
        "text": text,
        "journal_months": str(POLICY.retention.journal // (30 * DAY)),
        "password_rules": PASSWORD_RULES,
        "mute_hours": str(POLICY.not_me.mute // HOUR),
        "mute_days": str(POLICY.not_me.long_mute // DAY),
        "home": messages.home(language),
        "alternates": versions,
        "others": [one for one in versions if one["language"] != language],
        "t": texts.__getitem__,
    }
