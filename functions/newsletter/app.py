"""Newsletter: subscribe by one click, and end it."""

from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts import consents
from newsreel.accounts.profile_views import Subscribe
from newsreel.accounts.table import AccountsTable
from newsreel.http.api import Api
from newsreel.http.gate import SessionGate
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
    consents.subscribe(
        table,
        request.account.account_id,
        body.text_version,
        place=body.place,
        language=body.language,
        now=clock.epoch(),
    )


@api.route("DELETE", "/account/newsletter", status=204)
def unsubscribe(request: Request) -> None:
    """End the subscription, and keep when."""
    account_id, now = request.account.account_id, clock.epoch()
    consents.unsubscribe(table, account_id, language=request.language, now=now)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
