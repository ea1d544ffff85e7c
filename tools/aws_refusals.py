"""Says in one sentence why AWS could not be asked, or what it refused, where a tool would end."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

NO_REGION = "No region is chosen: export AWS_DEFAULT_REGION=eu-central-1, or yours."
NO_CREDENTIALS = "There are no credentials: `aws configure sso` makes some; or set AWS_PROFILE."


@contextmanager
def told_in_words() -> Iterator[None]:
    """End with the reason alone, and status 1, instead of a traceback."""
    try:
        yield
    except NoRegionError:
        raise SystemExit(NO_REGION) from None
    except NoCredentialsError:
        raise SystemExit(NO_CREDENTIALS) from None
    except (BotoCoreError, ClientError) as refused:
        raise SystemExit(str(refused)) from None
