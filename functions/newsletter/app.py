"""Newsletter: subscribe by one click, and end it. And what a reader of any mail says: not me."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsreel import clock
from newsreel.accounts import consents, not_me
from newsreel.accounts.not_me import MuteState, NotMeDeps
from newsreel.accounts.records import Consent
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.not_me_models import NotMeView, PressNotMe
from newsreel.accounts.web.self_service_models import Subscribe, Unsubscribed
from newsreel.accounts.web.session_gate import SessionGate, consent_state
from newsreel.aws.addresses import read_addresses
from newsreel.aws.keyring import Keyring, read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail_table import suppression
from newsreel.mail_table.who import all_of
from newsreel.newsletter import tokens
from newsreel.refusals import Refusal
from newsreel.texts import messages

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str
    addresses_secret: str
    origin_secret: str
    direct_api: str
    trail_keys_secret: str
    unsubscribe_keys_secret: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(Door.of(settings), SessionGate(table, settings.addresses_secret))
read_ahead(*reads_of(settings.secrets))


@api.route_with_body("PUT", "/account/newsletter", Subscribe, status=204)
def subscribe(request: Request, body: Subscribe) -> None:
    """Subscribe, and keep what was agreed to: time, version of the text, language."""
    consent = Consent(
        account_id=request.account.account_id,
        subject="newsletter",
        place=body.place,
        given=True,
        text_version=body.text_version,
        language=body.language,
        at=clock.epoch(),
    )
    consents.subscribe(table, consent, state=consent_state(request.account))
    # Even if mail came back or was called spam: a person who says yes wants mail at this address.
    names = all_of(request.account.email, read_keyring(settings.trail_keys_secret))
    suppression.lift(settings.mail_table, names)


@api.route("DELETE", "/account/newsletter", status=204)
def unsubscribe(request: Request) -> None:
    """End the subscription, and keep when."""
    is_known = consents.end_newsletter(
        table,
        request.account.account_id,
        place="account",
        now=clock.epoch(),
        state=consent_state(request.account),
    )
    if not is_known:
        raise Refusal("not_signed_in")


@api.route(
    "POST",
    "/newsletter/unsubscribe/{token}",
    access=Access.ANYWHERE,
    answer=Unsubscribed,
    refusals=("no_such_subscription",),
)
def unsubscribe_by_token(request: Request) -> Unsubscribed:
    """End the subscription that a newsletter's link names, for a person or a mail program.

    Its body is not looked at, nor a session or where it comes from (RFC 8058, section 3.1).
    """
    account_id = tokens.unseal(request.path["token"], _unsubscribe_keys())
    if account_id is None:
        raise Refusal("no_such_subscription")
    # An account that is gone receives nothing, which is what was asked for.
    consents.end_newsletter(table, account_id, place="one_click", now=clock.epoch())
    return Unsubscribed(message=messages.text(request.language, "newsletter", "unsubscribed"))


@api.route("GET", "/newsletter/unsubscribe/{token}", access=Access.PUBLIC, status=303)
def show_unsubscribe_page(request: Request) -> Response:
    """Lead a person to the page with the button; a GET ends nothing: mail scanners follow it."""
    site_url = read_addresses(settings.addresses_secret).site_url
    home = messages.home(request.language)
    # Behind "#" the token reaches no server's log.
    place = f"{site_url}{home}unsubscribe#{quote(request.path['token'], safe='')}"
    return Response(303, headers={"Location": place, "Referrer-Policy": "no-referrer"})


@api.route(
    "GET",
    "/not-me/{token}",
    access=Access.PUBLIC,
    answer=NotMeView,
    refusals=("no_such_mail",),
)
def look_at_not_me(request: Request) -> NotMeView:
    """Say what the button of a mail's page does, and whether it was pressed; changes nothing."""
    return _view(not_me.look(_not_me_deps(), request.path["token"], now=clock.epoch()))


@api.route_with_body(
    "POST",
    "/not-me/{token}",
    PressNotMe,
    access=Access.PUBLIC,
    answer=NotMeView,
    refusals=("no_such_mail",),
)
def press_not_me(request: Request, body: PressNotMe) -> NotMeView:
    """Void the flow that asked for a mail and hold further codes to its address back, or undo it.

    The flow stays void. Codes that a browser asks for which the account knows are not held back.
    """
    token, now = request.path["token"], clock.epoch()
    return _view(not_me.press(_not_me_deps(), token, body.mute, now=now))


def _not_me_deps() -> NotMeDeps:
    return NotMeDeps(table, settings.mail_table, read_keyring(settings.trail_keys_secret))


def _view(state: MuteState) -> NotMeView:
    until = clock.rfc3339(state.muted_until) if state.muted_until else None
    return NotMeView(flow=state.purpose, muted_until=until)


def _unsubscribe_keys() -> Keyring:
    return read_keyring(settings.unsubscribe_keys_secret)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
