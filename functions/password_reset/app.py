"""Password reset: start, Send new Code, look, verify, complete."""

from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import flows, password_reset
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.records import Flow
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.models import (
    CompleteReset,
    EnterCode,
    ResetProofView,
    ResetStatusView,
    ResetView,
    StartReset,
    flow_fields,
    flow_status_fields,
)
from newsreel.accounts.web.responses import browser_of
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.http import cookies
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Request
from newsreel.policy import POLICY
from newsreel.settings.password_reset import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(SessionGate(table, settings.addresses_parameter))


def _view(flow: Flow, flow_id: str, *, now: int) -> ResetView:
    return ResetView.model_validate({"reset_id": flow_id, **flow_fields(flow, now=now)})


@api.route(
    "POST",
    "/password-resets",
    access=Access.PUBLIC,
    body=StartReset,
    answer=ResetView,
    status=202,
    refusals=("too_many_requests",),
)
def start(request: Request, body: StartReset) -> ResetView:
    """Start a reset; the answer is the same whether or not the address is known."""
    now = clock.epoch()
    started_flow = password_reset.start(
        FlowDeps.of(settings, table),
        body.email,
        language=request.language,
        repeat_key=request.idempotency_key,
        now=now,
    )
    return _view(started_flow.flow, started_flow.flow_id, now=now)


@api.route(
    "POST",
    "/password-resets/{reset_id}/code",
    access=Access.PUBLIC,
    answer=ResetView,
    status=202,
    refusals=("too_many_requests", "flow_over"),
)
def send_new_code(request: Request) -> ResetView:
    """Have another code mailed."""
    now, flow_id = clock.epoch(), request.path["reset_id"]
    return _view(flows.send_new_code(table, "password_reset", flow_id, now=now), flow_id, now=now)


@api.route(
    "POST",
    "/password-resets/{reset_id}/verify",
    access=Access.PUBLIC,
    body=EnterCode,
    answer=ResetProofView,
    refusals=("code_wrong", "code_expired", "code_spent", "flow_over"),
)
def verify(request: Request, body: EnterCode) -> Response:
    """Exchange a right code for the token that completes this reset; the browser is marked."""
    browser = browser_of(request)
    flow_id = request.path["reset_id"]
    proof = password_reset.verify(
        FlowDeps.of(settings, table), flow_id, body.code, browser, now=clock.epoch()
    )
    view = ResetProofView(reset_token=proof.reset_token, expires_at=clock.rfc3339(proof.expires_at))
    marked = cookies.mark_device(browser.token, POLICY.session.device_life)
    return Response(200, view, cookies=(marked,))


@api.route(
    "POST",
    "/password-resets/{reset_id}/complete",
    access=Access.PUBLIC,
    body=CompleteReset,
    status=204,
    refusals=("password_rejected", "flow_over"),
)
def complete(request: Request, body: CompleteReset) -> None:
    """Set the new password and end every session; nobody is signed in by it."""
    password_reset.complete(
        FlowDeps.of(settings, table),
        request.path["reset_id"],
        body.reset_token,
        body.new_password,
        browser_of(request),
        now=clock.epoch(),
    )


@api.route(
    "GET",
    "/password-resets/{reset_id}",
    access=Access.PUBLIC,
    answer=ResetStatusView,
    refusals=("flow_over",),
)
def look(request: Request) -> ResetStatusView:
    """Say how a reset stands."""
    now, flow_id = clock.epoch(), request.path["reset_id"]
    flow = flows.find(table, "password_reset", flow_id, now=now)
    return ResetStatusView.model_validate(
        {"reset_id": flow_id, **flow_status_fields(flow, now=now)}
    )


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
