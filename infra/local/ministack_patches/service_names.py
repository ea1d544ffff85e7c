"""Lets MiniStack know the names of AWS's services without reading what each of them can do.

The first request for a service that it lacks has it read botocore's models of all 400, for which it
takes four seconds of a processor and answers nobody else. The names stand in their first lines.
"""

import gzip
import re
from pathlib import Path

import botocore

_MODELS = Path(botocore.__file__).parent / "data"
_BEGINNING = 4096
_NAMED = re.compile(r'"(?:endpointPrefix|signingName)"\s*:\s*"([^"]+)"')


def mend() -> None:
    """Put the names in MiniStack's place for them."""
    from ministack.core import router  # noqa: PLC0415 (its import starts threads)

    def is_service_name(name: str) -> bool:
        if router._KNOWN_AWS_SERVICE_NAMES is None:  # noqa: SLF001
            router._KNOWN_AWS_SERVICE_NAMES = names()  # noqa: SLF001
        return name in router._KNOWN_AWS_SERVICE_NAMES  # noqa: SLF001

    router._is_aws_service_name = is_service_name  # noqa: SLF001


def names() -> frozenset[str]:
    """Return what botocore calls the services, and what they are signed and addressed as."""
    found: set[str] = set()
    for model in _MODELS.glob("*/*/service-2.json*"):
        found |= {model.parents[1].name, *_NAMED.findall(_beginning(model))}
    return frozenset(found)


def _beginning(model: Path) -> str:
    with gzip.open(model) if model.suffix == ".gz" else model.open("rb") as file:
        return file.read(_BEGINNING).decode("utf-8", errors="replace")
