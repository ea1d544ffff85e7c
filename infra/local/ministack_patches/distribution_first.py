"""Lets the name of a distribution lead to that distribution alone.

MiniStack looks for its own pages and for those of Cognito, SES, ECR, S3 Control and others by path,
and for custom resources, before it looks at the host. So a browser that asks for a page at such a
path, at the distribution itself or through the front door, would get another service of the local
AWS.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

Handler: TypeAlias = Callable[..., Awaitable[Any]]


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack import app  # noqa: PLC0415 (its import starts threads)

    app._handle_pre_body_request = not_for_distributions(app._handle_pre_body_request)  # noqa: SLF001
    app._handle_post_body_shortcuts = not_for_distributions(app._handle_post_body_shortcuts)  # noqa: SLF001
    app._handle_special_data_plane_request = to_the_distribution(  # noqa: SLF001
        app._handle_special_data_plane_request  # noqa: SLF001
    )


def not_for_distributions(handle: Handler) -> Handler:
    """Return a handler that does not look at what is for a distribution."""

    async def handle_others(
        method: str, path: str, headers: Mapping[str, str], *more: object
    ) -> Any:
        return None if _is_for_one(headers) else await handle(method, path, headers, *more)

    return handle_others


def to_the_distribution(handle: Handler) -> Handler:
    """Return a handler that gives what is for a distribution to it, and 404 if there is none."""
    from ministack import app  # noqa: PLC0415

    async def handle_distributions_first(
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, Any],
        request_id: str,
        **more: Any,
    ) -> Any:
        if not _is_for_one(headers):
            return await handle(method, path, headers, body, query, request_id, **more)
        asked = (more["raw_path"] or path, more["raw_query_string"], method, headers, body, query)
        answer = await app._handle_cloudfront_dataplane_request(  # noqa: SLF001
            headers["host"], path, *asked, more["client_ip"]
        )
        return answer or (404, {"Content-Type": "text/plain"}, b"There is no such distribution.\n")

    return handle_distributions_first


def _is_for_one(headers: Mapping[str, str]) -> bool:
    from ministack import app  # noqa: PLC0415

    return app._parse_cloudfront_dataplane_host(headers.get("host", "")) is not None  # noqa: SLF001
