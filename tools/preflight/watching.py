"""Decides whether an alarm would reach somebody: SNS mails an address only once it has agreed."""

from collections.abc import Iterator

from tools.preflight.asking import Aws
from tools.preflight.lines import Line
from tools.preflight.site import status
from tools.preflight.stage import Stage

_MOST_PAGES = 20
_WAITS = "PendingConfirmation"


def alarm_mails(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say of each address that alarms go to whether it has agreed, once the stack is there."""
    named = (stage.of("AlarmEmail"), stage.of("PageEmail"))
    addresses = [address for address in dict.fromkeys(named) if address]
    if not addresses or status(aws, stage) is None:
        return
    subscribed = _subscriptions(aws)
    for address in addresses:
        states = subscribed.get(address.lower(), set())
        if not states:
            to_do = f"make deploy STAGE={stage.name} subscribes it."
            yield Line("Alarm mails", "look", f"{address} is not subscribed", to_do)
        elif _WAITS in states:
            to_do = "Its owner has to press the link in the mail from AWS Notifications."
            yield Line("Alarm mails", "look", f"{address} has not agreed yet: no alarm", to_do)
        else:
            yield Line("Alarm mails", "ok", f"{address} gets them")


def _subscriptions(aws: Aws) -> dict[str, set[str]]:
    """Return the states of each address's subscriptions in this account and region."""
    found: dict[str, set[str]] = {}
    token: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        told = aws.ask("sns", "ListSubscriptions", region=aws.region, **token)
        for one in told.get("Subscriptions", ()):
            if one["Protocol"] == "email":
                state = _WAITS if one["SubscriptionArn"] == _WAITS else "agreed"
                found.setdefault(str(one["Endpoint"]).lower(), set()).add(state)
        if not told.get("NextToken"):
            break
        token = {"NextToken": told["NextToken"]}
    return found
