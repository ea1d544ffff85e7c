"""What the distribution is answered when it asks for a file that a bucket lacks."""

import pytest
from newsreel.aws import clients
from newsreel.texts import messages

from functions.catalogue import app
from tests.support.uploads import SITE, missing

SHELL = "<head><!-- newsreel:head --></head><!-- newsreel:languages --><!-- newsreel:main -->"
PATHS = ("media/x/poster-320.jpg", "assets/0123456789ab/styles/site.css", "help/index.html", "a//b")


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("path", PATHS)
def test_it_is_the_sites_own_page_with_a_true_status(path: str) -> None:
    app.shells._kept.clear()
    clients.s3().put_object(Bucket=SITE, Key="shells/en/video.html", Body=SHELL.encode())
    answer = missing(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, ["text/html; charset=utf-8"])
    assert answer.headers["Cache-Control"] == ["no-store"]
    for key in ("not_found_title", "not_found_text", "missing_link"):
        assert messages.text("en", "page", key) in answer.text
    assert 'href="/fr/"' in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text


@pytest.mark.usefixtures("cloud")
def test_before_the_website_is_published_it_is_a_page_too() -> None:
    app.shells._kept.clear()
    answer = missing()
    assert (answer.status, answer.headers["Content-Type"]) == (503, ["text/html; charset=utf-8"])
    assert messages.text("en", "problems", "busy.title") in answer.text
