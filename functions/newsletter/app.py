"""Newsletter: subscribe by one click, and end it."""

from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.consents import say_to_newsletter
from newsreel.accounts.records import Consent
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.self_service_models import Subscribe
from newsreel.accounts.web.session_gate import SessionGate
from newsreel.http.api import Api
from newsreel.http.request import Request
from newsreel.settings.newsletter import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
api = Api(SessionGate(table, settings.addresses_parameter))


@api.route("PUT", "/account/newsletter", body=Subscribe, status=204)
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
    say_to_newsletter(table, consent, receives=request.account.newsletter)


@api.route("DELETE", "/account/newsletter", status=204)
def unsubscribe(request: Request) -> None:
    """End the subscription, and keep when."""
    consent = Consent(
        account_id=request.account.account_id,
        subject="newsletter",
        place=None,
        given=False,
        text_version="",
        language=request.language,
        at=clock.epoch(),
    )
    say_to_newsletter(table, consent, receives=request.account.newsletter)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
