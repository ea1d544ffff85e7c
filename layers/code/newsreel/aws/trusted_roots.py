"""Decides which authorities an AWS client trusts: Amazon's own, and all others if those fail.

urllib3 loads the file for each connection; botocore's bundle of 140 authorities takes 14 to
19 ms of processor time, the five that sign for AWS (amazontrust.com/repository) less than one.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from botocore.exceptions import SSLError

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.endpoint import Endpoint

UNKNOWN_ROOT = "unknown certificate authority"
"""What is logged, and counted by an alarm."""

AMAZON_ROOTS = str(Path(__file__).with_name("amazon_roots.pem"))

Client = TypeVar("Client", bound="BaseClient")


def falling_back(client: Client) -> Client:
    """Let a client of these roots that meets another one trust all that boto3 does, from then on.

    Nothing was sent by then, so this retry is not one of the client's.
    """

    def trust_all(
        endpoint: "Endpoint", caught_exception: Exception | None, **_values: object
    ) -> int | None:
        session = cast("_Session", endpoint.http_session)
        if not isinstance(caught_exception, SSLError) or session._verify is True:  # noqa: SLF001
            return None
        from newsreel.lambda_runtime.log import logger  # noqa: PLC0415 - almost never needed

        logger.warning(UNKNOWN_ROOT, extra={"endpoint": endpoint.host})
        session._verify = True  # noqa: SLF001 - a test with a real connection holds it
        return 0  # seconds until the next try

    client.meta.events.register_first("needs-retry", trust_all)  # type: ignore[arg-type]
    return client


class _Session(Protocol):
    """What botocore's session of connections is asked for each request: True means its bundle."""

    _verify: str | bool
