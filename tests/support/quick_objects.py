"""Has moto's S3 get what botocore has written, without a signature, routes and HTTP.

What moto does with objects is its own: only the request that it reads is a plain one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import HeadersDict
from botocore.endpoint import Endpoint
from botocore.httpchecksum import AwsChunkedWrapper
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber
from moto.s3.responses import S3Response
from requests.structures import CaseInsensitiveDict
from werkzeug.exceptions import HTTPException

OPERATIONS = {"PutObject", "GetObject", "HeadObject", "DeleteObject", "CopyObject"}
OPERATIONS |= {"ListObjectsV2", "DeleteObjects"}
"""Those that go so."""
_SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20260214/eu-central-1/s3/aws4_request"


@dataclass(frozen=True, slots=True)
class _Unsent:
    """A request as botocore has written it, before it would be signed and sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any

    def reset_stream(self) -> None:
        """Do what botocore asks before it sends a request again."""
        if hasattr(self.body, "seek"):
            self.body.seek(0)


class _Arrived:
    """A request as moto reads it."""

    from_wsgi_server = False
    form: Mapping[str, str] = {}
    files: Mapping[str, str] = {}

    def __init__(self, sent: _Unsent) -> None:
        address = urlsplit(sent.url)
        self.method, self.url, self.raw_url = sent.method, sent.url, sent.url
        self.raw_path, self.path = address.path, unquote(address.path)
        given = {**sent.headers, "Host": address.netloc, "Authorization": _SIGNED}
        self.headers: Any = CaseInsensitiveDict(
            (name, value.decode() if isinstance(value, bytes) else value)
            for name, value in given.items()
        )
        self.content_encoding = self.headers.get("Content-Encoding")
        self.data = sent.body
        if isinstance(sent.body, AwsChunkedWrapper):
            self.headers["x-amz-content-sha256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        if hasattr(sent.body, "read"):
            self.data = sent.body.read()
        if isinstance(self.data, str):
            self.data = self.data.encode()
        self.headers.setdefault("Content-Length", str(len(self.data)))


def install() -> None:
    """Do so from now on, in this process."""
    create, process = Endpoint.create_request, BotocoreStubber.process_request

    def create_request(self: Endpoint, params: Any, operation_model: Any = None) -> Any:
        if (
            operation_model is None
            or operation_model.name not in OPERATIONS
            or operation_model.service_model.service_name != "s3"
            or not botocore_stubber.enabled
            or not _bucket(urlsplit(params["url"]).netloc)
        ):
            return create(self, params, operation_model)
        return _Unsent(
            params["method"], params["url"], HeadersDict(params["headers"]), params["body"]
        )

    def process_request(self: BotocoreStubber, request: Any) -> Any:
        return _answer(request) if isinstance(request, _Unsent) else process(self, request)

    Endpoint.create_request = create_request  # type: ignore[method-assign]
    BotocoreStubber.process_request = process_request  # type: ignore[method-assign]
    _tell_hosts_once()


@cache
def _bucket(host: str) -> str:
    """Return the bucket that a host names, or nothing."""
    bucket, _, rest = host.partition(".s3.")
    return bucket if rest.endswith("amazonaws.com") else ""


def _answer(request: _Unsent) -> Any:
    arrived: Any = _Arrived(request)
    answering = S3Response()
    respond = answering.bucket_response if arrived.path == "/" else answering.key_response
    try:
        return respond(arrived, arrived.url, arrived.headers)
    except HTTPException as refused:
        return refused.code, dict(refused.get_headers()), refused.get_body()


def _tell_hosts_once() -> None:
    """Keep whether a host is a bucket's own; moto asks by six expressions, thrice a request."""
    tell = S3Response.subdomain_based_buckets
    known: dict[str, bool] = {}

    def told(request: Any) -> bool:
        host = request.headers.get("host") or urlsplit(request.url).netloc
        if host not in known:
            known[host] = tell(request)
        return known[host]

    S3Response.subdomain_based_buckets = staticmethod(told)  # type: ignore[method-assign]
