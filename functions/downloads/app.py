"""Downloads: make a stable link, follow it to a fresh presigned URL."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from newsreel import clock
from newsreel.accounts import consents
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.session_gate import SessionGate, consent_state
from newsreel.aws.addresses import read_addresses
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.catalogue.table import CatalogueTable
from newsreel.downloads import delivery
from newsreel.downloads.delivery import (
    DownloadDeps,
    DownloadLink,
    LinkOwner,
    LinkRequest,
    PresignedUrl,
)
from newsreel.downloads.signer import Method, Signer
from newsreel.http.api import Access, Api, Response
from newsreel.http.query_values import read_query
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime import metrics
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.refusals import Refusal
from newsreel.texts import messages
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    catalogue_table: str
    link_keys_secret: str
    download_signer_role: str
    presigned_seconds: int
    media_url: str
    addresses_secret: str
    origin_secret: str
    direct_api: str


settings = Settings.from_environment()
signer = Signer(settings.download_signer_role, settings.media_url)
accounts = AccountsTable(settings.accounts_table)
api = Api(Door.of(settings), SessionGate(accounts, settings.addresses_secret))
read_ahead(*reads_of(settings.secrets), signer.seconds_left)

# Neither the link nor the presigned URL may be kept by a cache or told to another site.
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class FollowQuery(BaseModel):
    """Whether to be sent on. Anything else in the query is somebody's tracking, and ignored."""

    model_config = ConfigDict(defer_build=True)

    redirect: Literal["true", "false"] = "true"


def _deps() -> DownloadDeps:
    addresses = read_addresses(settings.addresses_secret)
    return DownloadDeps(
        accounts=accounts,
        catalogue=CatalogueTable(settings.catalogue_table),
        signer=signer,
        keyring=read_keyring(settings.link_keys_secret),
        longest=settings.presigned_seconds,
        api_url=f"{addresses.site_url}/api",
    )


@api.route_with_body(
    "POST",
    "/videos/{video_id}/downloads",
    LinkRequest,
    answer=DownloadLink,
    status=201,
    refusals=("not_available", "withdrawn", "terms_not_accepted"),
    scope="download",
)
def make_link(request: Request, body: LinkRequest) -> Response:
    """Make a stable link to one file."""
    version = consents.accepted_version(
        accounts,
        request.account.account_id,
        consent_state(request.account),
        body.terms_version,
        language=request.language,
        now=clock.epoch(),
    )
    account = request.account
    owner = LinkOwner(account.account_id, account.epoch, version, account.key_hash)
    link = delivery.make_link(_deps(), owner, request.path["video_id"], body.rendition)
    metrics.count("LinksMade")
    metrics.count("BytesPromised", link.size_bytes)
    return Response(201, link, headers=_PRIVATE)


@api.route(
    "GET",
    "/downloads/{token}/{file_name}",
    access=Access.PUBLIC,
    query=FollowQuery,
    answer=PresignedUrl,
    also=(302, 303),
    refusals=("link_refused", "fields_rejected"),
)
def follow(request: Request) -> Response:
    """Send the client on to the file, or tell it where the file is."""
    sent_on = read_query(request, FollowQuery).redirect == "true"
    try:
        # S3 answers 403 to a HEAD on a URL that is presigned for GET.
        method: Method = "HEAD" if request.method == "HEAD" else "GET"
        presigned = delivery.follow_link(_deps(), request.path["token"], method)
    except Refusal as refusal:
        if sent_on and refusal.code == "link_refused" and _is_browser(request):
            return _explain(refusal, request.language)
        raise
    if not sent_on:
        return Response(200, presigned, headers=_PRIVATE)
    return Response(302, headers={**_PRIVATE, "Location": presigned.url})


def _is_browser(request: Request) -> bool:
    accepts_pages = "text/html" in (request.header("accept") or "").lower()
    return accepts_pages or request.header("sec-fetch-dest") in {"document", "iframe"}


def _explain(refusal: Refusal, language: str) -> Response:
    site_url = read_addresses(settings.addresses_secret).site_url
    told = {key: value for key, value in refusal.shown.items() if value is not None}
    page = f"{site_url}{messages.home(language)}link?{urlencode(told)}"
    return Response(303, headers={**_PRIVATE, "Location": page})


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
