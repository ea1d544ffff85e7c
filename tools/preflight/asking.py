"""Decides how AWS is asked: one question at a time, only to read, with the missing right named."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

NO_CREDENTIALS = "no credentials"
_READS = ("Get", "List", "Describe", "Head")
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_MISSING = frozenset(
    {"404", "NoSuchBucket", "NotFoundException", "ResourceNotFoundException", "ValidationError"}
)
_TIMES = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})
_IAM_NAMES = {"sesv2": "ses", "service-quotas": "servicequotas"}
_RIGHTS = {
    ("apigateway", "GetAccount"): "apigateway:GET on /account",
    ("budgets", "DescribeBudgets"): "budgets:ViewBudget",
    ("s3", "HeadBucket"): "s3:ListBucket",
}
"""Rights that have another name than their operation (service authorization reference)."""


class NotAllowedError(Exception):
    """The caller may not ask this; ``right`` is what they lack."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class NotThereError(Exception):
    """What was asked for does not exist."""


class NoAnswerError(Exception):
    """AWS gave no answer, or one that says nothing; the message is its error code."""


class WouldChangeError(Exception):
    """A question that is none: it would change something."""


class Aws:
    """The account that the caller's credentials belong to, in one region."""

    def __init__(
        self, region: str, session: boto3.Session | None = None, endpoint_url: str | None = None
    ) -> None:
        self.region = region
        self._session = session or boto3.Session(region_name=region)
        self._endpoint_url = endpoint_url

    def ask(
        self, service: str, operation: str, *, region: str | None = None, **arguments: object
    ) -> Mapping[str, Any]:
        """Ask one question, such as ``ask("lambda", "GetAccountSettings")``.

        Raises:
            NotAllowedError: the caller lacks the right to it.
            NotThereError: what it is about does not exist.
            NoAnswerError: anything else went wrong.
            WouldChangeError: the operation is no read.
        """
        if not operation.startswith(_READS):
            raise WouldChangeError(operation)
        try:
            client = self._session.client(  # type: ignore[call-overload]
                service,
                region_name=region or self.region,
                endpoint_url=self._endpoint_url,
                config=_TIMES,
            )
            # Found by its name, because most services have no types here.
            methods = {api: name for name, api in client.meta.method_to_api_mapping.items()}
            answer: Mapping[str, Any] = getattr(client, methods[operation])(**arguments)
        except ClientError as refused:
            code = str(refused.response["Error"].get("Code", ""))
            if code in _DENIED:
                usual = f"{_IAM_NAMES.get(service, service)}:{operation}"
                right = _RIGHTS.get((service, operation), usual)
                raise NotAllowedError(right) from None
            if code in _MISSING:
                raise NotThereError(code) from None
            raise NoAnswerError(code) from None
        except NoCredentialsError:
            raise NoAnswerError(NO_CREDENTIALS) from None
        except ResponseParserError:
            raise NoAnswerError("not in the form of this service") from None
        except BotoCoreError as failed:
            raise NoAnswerError(type(failed).__name__) from None
        return answer
