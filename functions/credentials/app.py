"""Credentials: what a signed-in person changes with the password: the password itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import current_password, deletion, export, password_change
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.export import ExportDeps
from newsreel.accounts.flow_deps import PasswordRules
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.table import journal
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.credential_models import ChangePassword, DeleteAccount
from newsreel.accounts.web.export_models import ExportQuery, ExportView, view_export
from newsreel.accounts.web.responses import browser_of, own_session, renewed
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.aws.keyring import read_keyring
from newsreel.http.api import Api, Response
from newsreel.http.query_values import read_query
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.settings import CommonSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    addresses_parameter: str
    origin_secret: str
    direct_api: str
    mail_table: str
    trail_keys_secret: str
    password_policy: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(Door.of(settings), SessionGate(table, settings.addresses_parameter))


@api.route_with_body(
    "PUT",
    "/account/password",
    ChangePassword,
    status=204,
    refusals=("wrong_password", "password_rejected", "too_many_requests"),
)
def change_password(request: Request, body: ChangePassword) -> Response:
    """Replace the password; every other session ends, and this one gets a new token."""
    new_session = password_change.change(
        table,
        PasswordRules.of(settings),
        own_session(request),
        browser_of(request),
        EmailAddress(request.account.email),
        current=body.current_password,
        new=body.new_password,
        now=clock.epoch(),
    )
    return renewed(new_session)


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
        last=(proved.uncount(table),),
        now=now,
    )


@api.route(
    "GET", "/account/export", query=ExportQuery, answer=ExportView, refusals=("fields_rejected",)
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
        now=now,
    )
    return view_export(part, now=now)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
