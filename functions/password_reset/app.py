"""Password reset: start, Send new Code, verify, complete, look."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import password_reset
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.flow_requests import StartedFlow
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.flow_routes import FlowRoutes
from newsreel.accounts.web.reset_models import (
    CompleteReset,
    ResetProofView,
    ResetStatusView,
    ResetView,
    StartReset,
)
from newsreel.accounts.web.responses import browser_of
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.aws.stored_secrets import reads_of
from newsreel.budgets.requests import Meter
from newsreel.http import cookies
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


def _start(request: Request, body: StartReset) -> StartedFlow:
    return password_reset.start(
        FlowDeps.of(settings, table, request.budgets),
        body.email,
        browser_of(request),
        language=request.language,
        repeat_key=request.idempotency_key,
        now=clock.epoch(),
    )


def _verify(request: Request, flow_id: str, code: str) -> Response:
    deps, browser = FlowDeps.of(settings, table, request.budgets), browser_of(request)
    proof = password_reset.verify(
        deps, flow_id, code, browser, repeat_key=request.idempotency_key, now=clock.epoch()
    )
    view = ResetProofView(reset_token=proof.reset_token, expires_at=clock.rfc3339(proof.expires_at))
    marked = cookies.mark_device(proof.device_cookie, POLICY.session.device_life)
    return Response(200, view, cookies=(marked,))


FlowRoutes(
    purpose="password_reset",
    path="/password-resets",
    id_name="reset_id",
    step="verify",
    start_body=StartReset,
    view=ResetView,
    status_view=ResetStatusView,
    step_view=ResetProofView,
    step_status=200,
    start_refusals=("too_many_requests",),
    over=("flow_over",),
    summaries=(
        "Start a reset; the answer is the same whether or not the address is known.",
        "Have another code mailed.",
        "Exchange a right code for the token that completes this reset; the browser is marked.",
        "Say how a reset stands.",
    ),
).declare(api, table, _start, _verify)


@api.route_with_body(
    "POST",
    "/password-resets/{reset_id}/complete",
    CompleteReset,
    access=Access.PUBLIC,
    status=204,
    refusals=("password_rejected", "flow_over"),
    limits=(POLICY.budgets.network_codes,),
)
def complete(request: Request, body: CompleteReset) -> None:
    """Set the new password and end every session; nobody is signed in by it."""
    password_reset.complete(
        FlowDeps.of(settings, table, request.budgets),
        request.path["reset_id"],
        body.reset_token,
        body.new_password,
        now=clock.epoch(),
    )


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
