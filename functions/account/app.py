"""Account: what its owner sees and changes of it; the terms of use."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsreel import clock, terms
from newsreel.accounts import consents, self_service
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import downloads as download_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.models import AccountView
from newsreel.accounts.web.responses import browser_of, view_account
from newsreel.accounts.web.self_service_models import (
    AcceptTerms,
    ChangeAccount,
    DownloadsQuery,
    DownloadsView,
    JournalQuery,
    JournalView,
    SessionsView,
    TermsVersionsView,
    TermsView,
)
from newsreel.accounts.web.session_gate import SessionGate, consent_state
from newsreel.aws.stored_secrets import reads_of
from newsreel.http.api import Access, Api
from newsreel.http.query_values import read_query
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    addresses_secret: str
    origin_secret: str
    direct_api: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(Door.of(settings), SessionGate(table, settings.addresses_secret))
read_ahead(*reads_of(settings.secrets))


@api.route("GET", "/account", answer=AccountView)
def read(request: Request) -> AccountView:
    """Return the account that the session belongs to."""
    return view_account(request.account)


@api.route_with_body("PATCH", "/account", ChangeAccount, answer=AccountView)
def change(request: Request, body: ChangeAccount) -> AccountView:
    """Change the language of mails."""
    if not account_items.set_language(table, request.account.account_id, body.language):
        raise Refusal("not_signed_in")
    return view_account(replace(request.account, language=body.language))


@api.route("GET", "/account/sessions", answer=SessionsView)
def list_sessions(request: Request) -> SessionsView:
    """List the signed-in browsers."""
    owner = request.account
    return self_service.list_sessions(
        table, owner.account_id, owner.epoch, owner.session_hash, now=clock.epoch()
    )


@api.route("DELETE", "/account/sessions/others", status=204)
def end_other_sessions(request: Request) -> None:
    """End the sessions of all other browsers."""
    owner = request.account
    browser = browser_of(request).name
    self_service.end_other_sessions(
        table, owner.account_id, owner.session_hash, browser=browser, now=clock.epoch()
    )


@api.route("DELETE", "/account/sessions/{session_id}", status=204)
def end_session(request: Request) -> None:
    """End the session of one signed-in browser."""
    owner, browser = request.account.account_id, browser_of(request).name
    self_service.end_session(
        table, owner, request.path["session_id"], browser=browser, now=clock.epoch()
    )


@api.route(
    "GET",
    "/account/downloads",
    query=DownloadsQuery,
    answer=DownloadsView,
    refusals=("fields_rejected",),
)
def list_downloads(request: Request) -> DownloadsView:
    """List what was downloaded in the last 90 days, later days first."""
    cursor = read_query(request, DownloadsQuery).cursor
    return self_service.list_downloads(table, request.account.account_id, cursor, now=clock.epoch())


@api.route(
    "GET", "/account/journal", query=JournalQuery, answer=JournalView, refusals=("fields_rejected",)
)
def list_journal(request: Request) -> JournalView:
    """List the security events of the last 12 months, newest first."""
    cursor = read_query(request, JournalQuery).cursor
    return self_service.list_journal(table, request.account.account_id, cursor, now=clock.epoch())


@api.route("DELETE", "/account/downloads", status=204)
def erase_downloads(request: Request) -> None:
    """Erase the download history."""
    download_items.erase(table, request.account.account_id)


@api.route("GET", "/terms", access=Access.PUBLIC, answer=TermsVersionsView)
def read_terms(request: Request) -> TermsVersionsView:
    """Return every version of the terms of use, newest first."""
    shown = []
    for version in reversed(terms.VERSIONS):
        title, paragraphs = terms.text_of(version, request.language)
        shown.append(
            TermsView(
                version=version.version,
                effective_at=clock.rfc3339(version.effective_at),
                language=request.language,
                title=title,
                paragraphs=paragraphs,
            )
        )
    return TermsVersionsView(current=terms.in_force(clock.epoch()).version, items=shown)


@api.route_with_body("PUT", "/account/terms", AcceptTerms, status=204)
def accept_terms(request: Request, body: AcceptTerms) -> None:
    """Accept the terms of use that are in force."""
    consents.accept_terms(
        table,
        request.account.account_id,
        body.version,
        place="api",
        language=request.language,
        now=clock.epoch(),
        state=consent_state(request.account),
    )


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
