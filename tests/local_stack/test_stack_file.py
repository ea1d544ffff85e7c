"""`.local/stack.json` tells programs what `make up` tells people."""

import json

from infra.local.paths import STACK_FILE, Stack


def test_it_names_what_a_program_needs() -> None:
    written = json.loads(STACK_FILE.read_text(encoding="utf-8"))
    needed = {"site_url", "api_url", "mailbox_url", "smtp_url", "media_bucket"}
    needed |= {"aws_endpoint_url", "region"}
    assert needed <= set(written)
    assert all(written[name] for name in needed)


def test_reading_it_gives_what_was_written(stack: Stack) -> None:
    assert stack.api_url.startswith(stack.site_url)
    assert stack.mailbox_url == f"{stack.site_url}/mailbox"
    assert stack.outputs["MediaBucket"] == stack.media_bucket
