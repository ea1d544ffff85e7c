"""Catalogue: list, read, transcripts, video pages, configuration, health."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import newsreel
from newsreel.accounts.web.key_gate import KeyGate
from newsreel.aws.addresses import read_addresses
from newsreel.aws.stored_secrets import reads_of
from newsreel.catalogue import queries
from newsreel.catalogue.change_model import ChangesQuery, VideoChanges
from newsreel.catalogue.configuration import Configuration, Health, configuration
from newsreel.catalogue.model import Transcript, Video, VideoList
from newsreel.catalogue.queries import ListQuery, TranscriptQuery
from newsreel.catalogue.table import CatalogueTable
from newsreel.catalogue.transcripts import formats
from newsreel.http.api import Access, Api, Response
from newsreel.http.caching import kept_for
from newsreel.http.query_values import read_query
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.pages.shells import Shells
from newsreel.version import VERSION

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from newsreel.pages.render import PageContext
    from newsreel.refusals import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    catalogue_table: str
    site_bucket: str
    addresses_secret: str
    origin_secret: str
    direct_api: str
    password_policy: str


settings = Settings.from_environment()
table = CatalogueTable(settings.catalogue_table)
shells = Shells(settings.site_bucket)
api = Api(Door.of(settings), KeyGate(settings.accounts_table))
_HTML = "text/html; charset=utf-8"
_FEED = "application/atom+xml; charset=utf-8"
_SITEMAP = "application/xml; charset=utf-8"
read_ahead(*reads_of(settings.secrets))


@api.route(
    "GET",
    "/videos",
    access=Access.PUBLIC,
    scope="catalogue",
    query=ListQuery,
    answer=VideoList,
    refusals=("fields_rejected",),
    cacheable=True,
)
def list_videos(request: Request) -> Response:
    """List what is published, newest first."""
    listed = queries.list_videos(table, read_query(request, ListQuery))
    return Response(200, listed.page, headers=kept_for(listed.cache_seconds))


@api.route(
    "GET",
    "/videos/changes",
    access=Access.PUBLIC,
    scope="catalogue",
    query=ChangesQuery,
    answer=VideoChanges,
    refusals=("fields_rejected",),
    cacheable=True,
    also=(304,),
)
def list_changes(request: Request) -> Response:
    """List what was published, updated and withdrawn, oldest first."""
    # Imported here: mirrors alone ask for changes, so all others save this at a cold start.
    from newsreel.catalogue import change_list  # noqa: PLC0415

    changes = change_list.list_changes(table, read_query(request, ChangesQuery))
    tag = change_list.entity_tag(changes.model_dump_json())
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if change_list.is_known(tag, request.header("if-none-match")):
        return Response(304, headers=headers)
    return Response(200, changes, headers=headers)


@api.route(
    "GET",
    "/videos/{video_id}",
    access=Access.PUBLIC,
    scope="catalogue",
    answer=Video,
    refusals=("not_available", "withdrawn"),
    cacheable=True,
)
def read_video(request: Request) -> Response:
    """Read one video."""
    found = queries.read_video(table, request.path["video_id"])
    return Response(200, found.video, headers=kept_for(found.cache_seconds))


@api.route(
    "GET",
    "/videos/{video_id}/transcript",
    access=Access.PUBLIC,
    scope="catalogue",
    query=TranscriptQuery,
    answer=Transcript,
    refusals=("not_available", "withdrawn", "fields_rejected"),
    cacheable=True,
)
def read_transcript(request: Request) -> Response:
    """Read a transcript."""
    read_query(request, TranscriptQuery)
    found = queries.read_transcript(table, request.path["video_id"])
    return Response(200, found.record.transcript, headers=kept_for(found.cache_seconds))


def _offer_transcript(form: formats.Format, summary: str, *refusals: "Code") -> None:
    @api.route(
        "GET",
        f"/videos/{{video_id}}/transcript.{form}",
        access=Access.PUBLIC,
        scope="catalogue",
        media_types=(formats.MEDIA_TYPES[form],),
        refusals=("not_available", "withdrawn", *refusals),
        cacheable=True,
        summary=summary,
    )
    def read_form(request: Request) -> Response:
        found = queries.read_transcript(table, request.path["video_id"])
        text = queries.write_transcript(found.record, form)
        return Response(200, text, formats.MEDIA_TYPES[form], kept_for(found.cache_seconds))


_offer_transcript("vtt", "Read a transcript as WebVTT.", "no_times")
_offer_transcript("srt", "Read a transcript as SRT.", "no_times")
_offer_transcript("txt", "Read a transcript as text.")


@api.route("GET", "/config", access=Access.PUBLIC, answer=Configuration, cacheable=True)
def read_configuration(_request: Request) -> Response:
    """Tell who runs the service, and by which numbers."""
    contact_email = read_addresses(settings.addresses_secret).contact_email
    found = configuration(settings.organisation, contact_email, settings.password_policy)
    return Response(200, found, headers={"Cache-Control": "public, max-age=60"})


@api.route("GET", "/openapi.json", access=Access.PUBLIC, cacheable=True)
def describe(_request: Request) -> Response:
    """Describe every route (OpenAPI 3.1)."""
    document = Path(newsreel.__file__).with_name("openapi.json").read_text(encoding="utf-8")
    return Response(200, document, headers={"Cache-Control": "public, max-age=60"})


@api.route("GET", "/health", access=Access.PUBLIC, answer=Health, any_door=True)
def report_health(_request: Request) -> Health:
    """Answer, without asking anybody."""
    return Health(version=VERSION)


def _offer_video_page(language: str, folder: str, summary: str) -> None:
    @api.route(
        "GET",
        f"{folder}/videos/{{video_id}}",
        access=Access.PUBLIC,
        page_language=language,
        cacheable=True,
        media_types=(_HTML,),
        also=(404, 410),
        summary=summary,
    )
    def show_page(request: Request) -> Response:
        # Imported here: most requests of the function need JSON only, so they save this at a cold
        # start.
        from newsreel.pages import response  # noqa: PLC0415

        page = response.show_video(table, shells, request.path["video_id"], _context(language))
        return Response(page.status, page.html, _HTML, headers=kept_for(page.cache_seconds))


def _offer_documents(language: str, folder: str, summary: str, *media_types: str) -> None:
    @api.route(
        "GET",
        f"{folder}/{{page}}",
        access=Access.PUBLIC,
        page_language=language,
        cacheable=True,
        media_types=media_types,
        refusals=("no_such_route",),
        summary=summary,
    )
    def show_document(request: Request) -> Response:
        # Imported here, as above.
        from newsreel.pages import documents  # noqa: PLC0415

        name = request.path["page"]
        query = {key: values[-1] for key, values in request.query.items()}
        found = documents.show(name, table, shells, query, _context(language))
        headers = kept_for(found.cache_seconds)
        return Response(200, found.text, found.content_type, headers)


@api.route(
    "GET",
    "/pages/missing/{path+}",
    access=Access.PUBLIC,
    page_language="en",
    media_types=(_HTML,),
    status=404,
    summary="Tell a person that there is no such file.",
)
def show_missing(_request: Request) -> Response:
    """Answer in the place of a bucket that has no such file (`OriginGroups` in the template)."""
    # Imported here, as above.
    from newsreel.pages import response  # noqa: PLC0415

    return Response(404, response.show_missing(shells, _context("en")), _HTML)


def _context(language: str) -> "PageContext":
    from newsreel.pages.render import PageContext  # noqa: PLC0415

    site_url = read_addresses(settings.addresses_secret).site_url
    return PageContext(language, site_url, settings.organisation)


_offer_video_page("en", "/pages", "Show a video's page.")
_offer_video_page("fr", "/pages/fr", "Show a video's page in French.")
_offer_documents(
    "en", "/pages", "Show the home page, the feed or the sitemap.", _HTML, _FEED, _SITEMAP
)
_offer_documents("fr", "/pages/fr", "Show the home page or the feed in French.", _HTML, _FEED)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
