"""Decides how requests for mail are marked before and after they are sent."""

from botocore.exceptions import ClientError

from newsreel.accounts.codes import Purpose
from newsreel.accounts.records import Delivery, MailRequest, MailState, Notice
from newsreel.accounts.table.base import Items
from newsreel.accounts.table.keys import flow_key, mail_key, notice_key
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure


class MailItems(Items):
    """Mail requests of flows, and notices."""

    __slots__ = ()

    def claim_mail(self, purpose: Purpose, key: str, issue: int) -> bool:
        """Mark a mail request as being sent; False if it was sent or dropped before."""
        return self._claim(mail_key(purpose, key, issue))

    def claim_notice(self, notice: Notice) -> bool:
        """Mark a notice as being sent; False if it was sent or dropped before."""
        return self._claim(notice_key(notice.account_id, notice.notice_id))

    def close_notice(self, notice: Notice, *, state: MailState) -> None:
        """Mark a notice as sent or dropped."""
        self._close(notice_key(notice.account_id, notice.notice_id), state)

    def close_mail(
        self, request: MailRequest, *, state: MailState, delivery: Delivery | None
    ) -> None:
        """Tell the flow unless a newer mail is out, then mark the request as sent or dropped.

        In this order: a request that is closed is not looked at again, so whatever failed after it
        would leave the page at "pending" for good.
        """
        if delivery is not None:
            self._tell_flow(request, delivery)
        self._close(mail_key(request.purpose, request.flow_key, request.issue), state)

    def _tell_flow(self, request: MailRequest, delivery: Delivery) -> None:
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(flow_key(request.purpose, request.flow_key)),
                UpdateExpression="SET delivery = :delivery",
                ConditionExpression="issue = :issue AND delivery = :pending",
                ExpressionAttributeValues=to_item(
                    {":delivery": delivery, ":issue": request.issue, ":pending": "pending"}
                ),
            )
        except ClientError as error:
            condition_failure(error)

    def _claim(self, key: dict[str, str]) -> bool:
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(key),
                UpdateExpression="SET #state = :sending",
                ConditionExpression="#state IN (:requested, :sending)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":sending": "sending", ":requested": "requested"}
                ),
            )
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def _close(self, key: dict[str, str], state: MailState) -> None:
        self._client.update_item(
            TableName=self.name,
            Key=to_item(key),
            UpdateExpression="SET #state = :state",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item({":state": state}),
        )
