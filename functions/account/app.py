"""Account: what its owner sees of it."""

from typing import TYPE_CHECKING

from newsreel.accounts.answers import view_account
from newsreel.accounts.table import AccountsTable
from newsreel.accounts.views import AccountView
from newsreel.http.api import Api, Request
from newsreel.http.gate import SessionGate
from newsreel.settings import AccountSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = AccountSettings.from_environment()
api = Api(SessionGate(AccountsTable(settings.accounts_table), settings.addresses_parameter))


@api.route("GET", "/account", answer=AccountView)
def read(request: Request) -> AccountView:
    """Return the account that the session belongs to."""
    return view_account(request.account)


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
    """Answer one API Gateway event."""
    return api.answer(event, context)
