"""Sessions: log in, log out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import email_address, sessions
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.models import LogIn, SignedInView
from newsreel.accounts.web.responses import browser_of, presented_session, signed_in
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.aws.stored_secrets import reads_of
from newsreel.budgets.requests import Meter
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    addresses_secret: str
    origin_secret: str
    direct_api: str
    mail_table: str
    trail_keys_secret: str
    trusted_networks: str
    codes_address: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(Door.of(settings), SessionGate(table, settings.addresses_secret), Meter.of(settings))
read_ahead(*reads_of(settings.secrets))


@api.route_with_body(
    "POST",
    "/sessions",
    LogIn,
    access=Access.PUBLIC,
    answer=SignedInView,
    status=201,
    refusals=("wrong_credentials", "too_many_requests"),
    limits=(POLICY.budgets.log_ins, POLICY.budgets.slow_log_ins),
)
def log_in(request: Request, body: LogIn) -> Response:
    """Open a session for an address and its password."""
    address = email_address.required(body.email)
    browser = browser_of(request)
    new_session = sessions.log_in(
        table,
        request.budgets,
        address,
        body.password,
        browser,
        keep=body.keep,
        replaced=presented_session(request),
        now=clock.epoch(),
    )
    return signed_in(new_session)


@api.route("DELETE", "/sessions/current", status=204)
def log_out(request: Request) -> None:
    """End the session that the request came with."""
    owner, browser = request.account, browser_of(request).name
    event = JournalEntry.of(owner.account_id, "logged_out", now=clock.epoch(), browser=browser)
    session_items.end(table, event, owner.session_hash)
    # No cookie expires: when a late answer arrives, the browser may hold a newer session.


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
