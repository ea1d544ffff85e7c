"""Decides how much of SES's quota is used: of what this account and region may send in 24 hours."""

from newsreel.aws import clients

_UNLIMITED = -1


def used() -> float:
    """Return how many percent were sent in the last 24 hours.

    Raises:
        ClientError: SES does not say; BotoCoreError: it does not answer.
    """
    answer = clients.ses().get_send_quota()
    most = answer["Max24HourSend"]
    if most == _UNLIMITED:
        return 0.0
    return 100 * answer["SentLast24Hours"] / most if most else 100.0
