"""Decides whether a download link still leads to its file: one read over both tables.

A link of an access key ends with the key, which its owner may have ended because it was stolen. A
link that a person made does not end with the session: a program in a newsroom goes on with it.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from botocore.exceptions import ClientError

from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import access_key_pk, account_pk
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import raise_unless_transient
from newsreel.catalogue import keys, queries, records
from newsreel.catalogue.model import Rendition
from newsreel.catalogue.records import StoredObject, VideoRecord
from newsreel.catalogue.table import CatalogueTable
from newsreel.downloads.tokens import Link
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

Reason: TypeAlias = Literal["invalid", "expired", "ended", "gone", "withdrawn", "replaced"]


class LinkTarget(NamedTuple):
    """The current file behind a link."""

    record: VideoRecord
    rendition: Rendition
    stored: StoredObject


def check_link(accounts: AccountsTable, catalogue: CatalogueTable, link: Link) -> LinkTarget:
    """Return the file that a link leads to, if its account, video and file still allow it.

    Raises:
        Refusal: ``link_refused`` with its reason; ``busy``.
    """
    is_allowed, video = _read_both(accounts, catalogue, link)
    if not is_allowed:
        raise refused("ended", link)
    try:
        record = queries.visible_or_refused(video)
    except Refusal as refusal:
        raise refused("withdrawn" if refusal.code == "withdrawn" else "gone") from None
    target = target_in(record, link.rendition_id)
    if target is None:
        raise refused("gone", link)
    # The same bytes uploaded again are a new version of the same file, so the link stays good.
    if link.version_id != target.stored.version_id and link.etag != target.stored.etag:
        raise refused("replaced", link, target.stored.since)
    return target


def target_in(record: VideoRecord, rendition_id: str) -> LinkTarget | None:
    """Return one file of a video, or None."""
    stored = record.objects.get(rendition_id)
    for rendition in record.video.renditions:
        if rendition.rendition_id == rendition_id and stored is not None:
            return LinkTarget(record, rendition, stored)
    return None


def refused(reason: Reason, link: Link | None = None, at: str | None = None) -> Refusal:
    """Return why a link is refused; names the video only if it may still be seen."""
    shown: dict[str, str | None] = {"reason": reason, "at": at}
    shown["video_id"] = link.video_id if link else None
    return Refusal("link_refused", shown)


def _read_both(
    accounts: AccountsTable, catalogue: CatalogueTable, link: Link
) -> tuple[bool, VideoRecord | None]:
    """Tell whether account and access key still allow a link, and return its video."""
    own = [account_pk(link.account_id)]
    if link.key_hash:
        own.append(access_key_pk(link.account_id, link.key_hash))
    requested: dict[str, KeysAndAttributesTypeDef] = {
        accounts.name: {
            "Keys": [to_item(one) for one in own],
            # A link needs the epoch only; the password hash in particular is not read.
            "ProjectionExpression": "pk, sk, epoch",
            "ConsistentRead": True,
        },
        catalogue.name: {
            "Keys": [to_item(keys.video_pk(link.video_id))],
            "ConsistentRead": True,
        },
    }
    try:
        answer = accounts.client.batch_get_item(RequestItems=requested)
    except ClientError as error:
        raise_unless_transient(error)
        raise Refusal("busy", retry_after=1) from None
    if answer.get("UnprocessedKeys"):
        raise Refusal("busy", retry_after=1)
    found = [from_item(item) for item in answer["Responses"].get(accounts.name, [])]
    video_items = answer["Responses"].get(catalogue.name, [])
    # A higher epoch of the account ends every link that was made under the one before.
    epochs = [one.get("epoch") for one in found if one["sk"] == own[0]["sk"]]
    is_allowed = len(found) == len(own) and epochs == [link.epoch]
    return is_allowed, records.video_record(video_items[0]) if video_items else None
