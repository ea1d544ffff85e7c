"""A cookie that comes twice stays twice on its way through the local distribution."""

import pytest
from ministack.services import cloudfront

from infra.local.ministack_patches.repeated_cookies import with_all_values


def _again(header: str) -> str:
    """Put a header together as MiniStack does."""
    return "; ".join(f"{name}={one['value']}" for name, one in with_all_values(header).items())


@pytest.mark.parametrize(
    ("sent", "passed_on"),
    [
        ("", ""),
        ("a=1; b=2", "a=1; b=2"),
        ("a=1; b=2; a=3", "a=1; a=3; b=2"),
        ("a=1;a=2;a=2", "a=1; a=2; a=2"),
        ("a=; a=b=c; none; =x", "a=; a=b=c"),
    ],
)
def test_every_value_is_passed_on(sent: str, passed_on: str) -> None:
    assert _again(sent) == passed_on
    assert _again(_again(sent)) == passed_on


def test_the_release_still_keeps_one_value() -> None:
    assert cloudfront._event_cookies_from_header("a=1; a=2") == {"a": {"value": "2"}}
