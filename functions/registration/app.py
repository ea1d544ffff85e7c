"""Registration: start, Send new Code, confirm, look."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import registration
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.flow_requests import StartedFlow
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.flow_routes import FlowRoutes
from newsreel.accounts.web.models import SignedInView
from newsreel.accounts.web.registration_models import (
    RegistrationStatusView,
    RegistrationView,
    StartRegistration,
)
from newsreel.accounts.web.responses import browser_of, presented_session, signed_in
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.aws.stored_secrets import reads_of
from newsreel.budgets.requests import Meter
from newsreel.http.api import Api, Response
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings

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


def _start(request: Request, body: StartRegistration) -> StartedFlow:
    deps = FlowDeps.of(settings, table, request.budgets)
    registration_request = registration.check(deps, body.email, body.password, body.language)
    return registration.start(
        deps, registration_request, repeat_key=request.idempotency_key, now=clock.epoch()
    )


def _confirm(request: Request, flow_id: str, code: str) -> Response:
    deps, browser = FlowDeps.of(settings, table, request.budgets), browser_of(request)
    new_session = registration.confirm(
        deps, flow_id, code, browser, replaced=presented_session(request), now=clock.epoch()
    )
    return signed_in(new_session)


FlowRoutes(
    purpose="registration",
    path="/registrations",
    id_name="registration_id",
    step="confirm",
    start_body=StartRegistration,
    view=RegistrationView,
    status_view=RegistrationStatusView,
    step_view=SignedInView,
    step_status=201,
    start_refusals=("password_rejected", "too_many_requests"),
    over=("flow_over", "registration_finished"),
    summaries=(
        "Start a registration; the answer is the same for every address.",
        "Have another code mailed.",
        "Open the account of the person who enters the code, signed in.",
        "Say how a registration stands.",
    ),
).declare(api, table, _start, _confirm)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
