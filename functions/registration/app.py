"""Registration: start, Send new Code, look, confirm."""

from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import flows, registration
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.records import Flow
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.models import (
    EnterCode,
    RegistrationStatusView,
    RegistrationView,
    SignedInView,
    StartRegistration,
    flow_fields,
    flow_status_fields,
)
from newsreel.accounts.web.responses import browser_of, signed_in
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Request
from newsreel.settings.registration import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(SessionGate(table, settings.addresses_parameter))


def _view(flow: Flow, flow_id: str, *, now: int) -> RegistrationView:
    facts = {"registration_id": flow_id, **flow_fields(flow, now=now)}
    return RegistrationView.model_validate(facts)


@api.route(
    "POST",
    "/registrations",
    access=Access.PUBLIC,
    body=StartRegistration,
    answer=RegistrationView,
    status=202,
    refusals=("password_rejected", "too_many_requests"),
)
def start(request: Request, body: StartRegistration) -> RegistrationView:
    """Start a registration; the answer is the same for every address."""
    deps, now = FlowDeps.of(settings, table), clock.epoch()
    registration_request = registration.check(deps, body.email, body.password, body.language)
    started_flow = registration.start(
        deps, registration_request, repeat_key=request.idempotency_key, now=now
    )
    return _view(started_flow.flow, started_flow.flow_id, now=now)


@api.route(
    "POST",
    "/registrations/{registration_id}/code",
    access=Access.PUBLIC,
    answer=RegistrationView,
    status=202,
    refusals=("too_many_requests", "flow_over", "registration_finished"),
)
def send_new_code(request: Request) -> RegistrationView:
    """Have another code mailed."""
    now, flow_id = clock.epoch(), request.path["registration_id"]
    flow = flows.send_new_code(table, "registration", flow_id, now=now)
    return _view(flow, flow_id, now=now)


@api.route(
    "POST",
    "/registrations/{registration_id}/confirm",
    access=Access.PUBLIC,
    body=EnterCode,
    answer=SignedInView,
    status=201,
    refusals=("code_wrong", "code_expired", "code_spent", "flow_over", "registration_finished"),
)
def confirm(request: Request, body: EnterCode) -> Response:
    """Open the account of whoever enters the code, signed in."""
    new_session = registration.confirm(
        FlowDeps.of(settings, table),
        request.path["registration_id"],
        body.code,
        browser_of(request),
        now=clock.epoch(),
    )
    return signed_in(new_session)


@api.route(
    "GET",
    "/registrations/{registration_id}",
    access=Access.PUBLIC,
    answer=RegistrationStatusView,
    refusals=("flow_over",),
)
def look(request: Request) -> RegistrationStatusView:
    """Say how a registration stands."""
    now, flow_id = clock.epoch(), request.path["registration_id"]
    flow = flows.find(table, "registration", flow_id, now=now)
    facts = {"registration_id": flow_id, **flow_status_fields(flow, now=now)}
    return RegistrationStatusView.model_validate(facts)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
