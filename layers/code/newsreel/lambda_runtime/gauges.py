"""Decides how states are measured where no person waits: with Powertools' Metrics.

Apart from ``newsreel.lambda_runtime.metrics``, so that functions behind the API do not import it.
"""

from typing import Literal, TypeAlias

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from newsreel.lambda_runtime.metrics import NAMESPACE, stage

Measured: TypeAlias = Literal[
    "CodesDelivered",  # a mail server took a mail with a code
    "WaitingMails",  # mails that could not be sent yet
    "OldestWaitingMail",  # since when the oldest of them waits
    "MailQuotaUsed",  # of what SES lets us send in 24 hours
    "FoldersDue",  # folders of the press office that are to be looked at now
    "CanaryDelivered",  # 1 if a trial registration was mailed its code, 0 if not
    "CanaryTime",  # how long that took
]
_UNITS = {
    "OldestWaitingMail": MetricUnit.Seconds,
    "CanaryTime": MetricUnit.Seconds,
    "MailQuotaUsed": MetricUnit.Percent,
}


def measure(name: Measured, value: float) -> None:
    """Write what something is at this moment."""
    unit = _UNITS.get(name, MetricUnit.Count)
    with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
        metric.add_dimension(name="Stage", value=stage())
