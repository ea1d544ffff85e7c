"""Credentials: what a signed-in person changes with the password, and the undoing of it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsreel import clock
from newsreel.accounts import (
    access_keys,
    current_password,
    deletion,
    email_change,
    email_undo,
    export,
    password_change,
)
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.export import ExportDeps
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.flow_requests import StartedFlow
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.table import journal
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.credential_models import (
    AccessKeysView,
    AccessKeyView,
    ChangePassword,
    CreateKey,
    DeleteAccount,
    EmailChangeStatusView,
    EmailChangeView,
    NewKeyView,
    StartEmailChange,
    key_fields,
)
from newsreel.accounts.web.export_models import ExportQuery, ExportView, view_export
from newsreel.accounts.web.flow_routes import FlowRoutes
from newsreel.accounts.web.models import SignedInView
from newsreel.accounts.web.responses import browser_of, own_session, renewed, view_account
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.aws.addresses import read_addresses
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.budgets.requests import Meter
from newsreel.http.api import Access, Api, Response
from newsreel.http.query_values import read_query
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.policy import POLICY
from newsreel.texts import messages

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    flow_keys_secret: str
    addresses_secret: str
    origin_secret: str
    direct_api: str
    mail_table: str
    trail_keys_secret: str
    trusted_networks: str
    codes_address: str
    password_policy: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(Door.of(settings), SessionGate(table, settings.addresses_secret), Meter.of(settings))
read_ahead(*reads_of(settings.secrets))


@api.route_with_body(
    "PUT",
    "/account/password",
    ChangePassword,
    status=204,
    refusals=("wrong_password", "password_rejected", "too_many_requests"),
    limits=(POLICY.budgets.changes,),
)
def change_password(request: Request, body: ChangePassword) -> Response:
    """Replace the password; every other session ends, and this one gets a new token."""
    new_session = password_change.change(
        FlowDeps.of(settings, table, request.budgets),
        own_session(request),
        browser_of(request),
        EmailAddress(request.account.email),
        current=body.current_password,
        new=body.new_password,
        now=clock.epoch(),
    )
    return renewed(new_session)


def _start_email_change(request: Request, body: StartEmailChange) -> StartedFlow:
    asked = email_change.ChangeRequest(
        key=own_session(request),
        browser=browser_of(request),
        address=EmailAddress(request.account.email),
        new_email=body.new_email,
        password=body.current_password,
        language=request.account.language,
    )
    return email_change.start(
        FlowDeps.of(settings, table, request.budgets),
        asked,
        repeat_key=request.idempotency_key,
        now=clock.epoch(),
    )


def _confirm_email_change(request: Request, change_id: str, code: str) -> Response:
    new_session = email_change.confirm(
        FlowDeps.of(settings, table, request.budgets),
        own_session(request),
        browser_of(request),
        change_id,
        code,
        now=clock.epoch(),
    )
    # The gate's, with the new address: only it knows what has been accepted.
    account = replace(request.account, email=new_session.account.email.text)
    return renewed(new_session, 200, SignedInView(account=view_account(account)))


FlowRoutes(
    purpose="email_change",
    path="/account/email-changes",
    id_name="change_id",
    step="confirm",
    start_body=StartEmailChange,
    view=EmailChangeView,
    status_view=EmailChangeStatusView,
    step_view=SignedInView,
    step_status=200,
    start_refusals=("wrong_password", "undo_open", "too_many_requests"),
    over=("flow_over",),
    summaries=(
        "Have a code mailed to a new address; the answer is the same if it belongs to somebody.",
        "Have another code mailed.",
        "Give the account the address whose code is right; every other session ends.",
        "Say how a change of address stands.",
    ),
    access=Access.SESSION,
    guard=lambda request, change_id: email_change.require_open(
        request.account.email_change, change_id
    ),
).declare(api, table, _start_email_change, _confirm_email_change)


@api.route_with_body(
    "POST",
    "/account/keys",
    CreateKey,
    answer=NewKeyView,
    status=201,
    refusals=("wrong_password", "too_many_keys", "too_many_requests"),
    limits=(POLICY.budgets.changes,),
)
def create_key(request: Request, body: CreateKey) -> NewKeyView:
    """Make an access key for a newsroom's program; it is shown this once."""
    made = access_keys.create(
        table,
        request.budgets,
        own_session(request),
        browser_of(request),
        name=body.name.strip(),
        scopes=body.scopes,
        password=body.current_password,
        now=clock.epoch(),
    )
    return NewKeyView(**key_fields(made.key), key=made.token)


@api.route("GET", "/account/keys", answer=AccessKeysView)
def list_keys(request: Request) -> AccessKeysView:
    """List the access keys, without the keys themselves."""
    owner = request.account
    keys = access_keys.list_valid(table, owner.account_id, owner.key_epoch)
    return AccessKeysView(items=[AccessKeyView(**key_fields(key)) for key in keys])


@api.route("DELETE", "/account/keys/{key_id}", status=204)
def revoke_key(request: Request) -> None:
    """End an access key."""
    access_keys.revoke(
        table,
        request.account.account_id,
        request.path["key_id"],
        browser_of(request),
        now=clock.epoch(),
    )


@api.route("GET", "/email-changes/undo/{token}", access=Access.PUBLIC, status=303)
def show_undo_page(request: Request) -> Response:
    """Lead a person to the page with the button; a GET undoes nothing: mail scanners follow it."""
    site_url = read_addresses(settings.addresses_secret).site_url
    # Behind "#" the token reaches no server's log.
    place = f"{messages.home(request.language)}undo#{quote(request.path['token'], safe='')}"
    headers = {"Location": f"{site_url}{place}", "Referrer-Policy": "no-referrer"}
    return Response(303, headers=headers)


@api.route(
    "POST",
    "/email-changes/undo/{token}",
    access=Access.PUBLIC,
    status=204,
    refusals=("undo_over",),
    limits=(POLICY.budgets.network_codes,),
)
def undo_email_change(request: Request) -> None:
    """Give the account its address back; every session, access key and the password end."""
    deps = FlowDeps.of(settings, table, request.budgets)
    email_undo.undo(deps, request.path["token"], now=clock.epoch())


@api.route_with_body(
    "POST",
    "/account/deletion",
    DeleteAccount,
    status=204,
    refusals=("wrong_password", "too_many_requests"),
)
def delete_account(request: Request, body: DeleteAccount) -> None:
    """Delete the account and all that is kept of it; if it breaks off, a repetition goes on."""
    now = clock.epoch()
    proved = current_password.prove(
        table, own_session(request), browser_of(request), body.current_password, now=now
    )
    keys = read_keyring(settings.trail_keys_secret)
    deletion.delete(
        DeletionDeps(table, settings.mail_table, keys),
        proved.account,
        proved.session,
        last=(current_password.uncount(table, proved),),
        now=now,
    )


@api.route(
    "GET",
    "/account/export",
    query=ExportQuery,
    answer=ExportView,
    refusals=("fields_rejected", "cross_site"),
    noted=True,
)
def export_account(request: Request) -> ExportView:
    """Return a part of all that is held of the account; the first is noted in the journal."""
    owner, now, cursor = request.account, clock.epoch(), read_query(request, ExportQuery).cursor
    if cursor is None:
        browser = browser_of(request).name
        event = JournalEntry.of(owner.account_id, "exported", now=now, browser=browser)
        table.write(journal.put(table, event))
    keys = read_keyring(settings.trail_keys_secret)
    part = export.read_part(
        ExportDeps(table, settings.mail_table, keys),
        owner.account_id,
        EmailAddress(owner.email),
        cursor,
        change=owner.email_change,
        now=now,
    )
    return view_export(part, now=now)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
