"""Decides how a batch of the queue is worked off: each folder once, and what failed comes again.

Messages of one folder are one look at it. One that failed, or whose folder somebody else is working
on, is shown again after half a minute, and the queue gives it up after its last try.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict, cast

from botocore.exceptions import BotoCoreError, ClientError

from newsreel.catalogue.folder_leases import FolderBusyError
from newsreel.ingest import events, reconcile, rounds
from newsreel.ingest.events import Slice, UnknownEventError
from newsreel.ingest.folders import UploadLocation
from newsreel.ingest.lease import LONGEST
from newsreel.ingest.stores import Stores
from newsreel.lambda_runtime import log
from newsreel.lambda_runtime.error_log import describe_error

AGAIN = 30
"""Seconds until a message that failed is shown again."""

SPARE_SECONDS = 60
"""Seconds of an invocation without which no other folder is begun."""


class _Message(TypedDict):
    messageId: str
    receiptHandle: str
    body: str


def work_off(stores: Stores, event: Mapping[str, object]) -> list[str]:
    """Work off a batch of messages; return the ids of those that are to come again.

    Raises:
        UnknownEventError: this is no batch.
    """
    batch = cast("Sequence[_Message] | None", event.get("Records"))
    if batch is None:
        raise UnknownEventError
    failed: dict[str, _Message] = {}
    wanted = _wanted(batch, failed)
    if len(wanted) > 1:
        # If one of these folders ends this function, the others must not wait for the queue's time.
        seconds = min(stores.seconds_left(), LONGEST)
        _show_again(stores, batch, int(seconds) + AGAIN)
    for one, messages in wanted.items():
        if not _is_done(stores, one):
            failed |= {message["messageId"]: message for message in messages}
    _show_again(stores, [*failed.values()], AGAIN)
    return list(failed)


def _wanted(
    batch: Sequence[_Message], failed: dict[str, _Message]
) -> dict[UploadLocation | Slice, list[_Message]]:
    """Return the messages by what they ask for; those that ask for nothing known have failed."""
    wanted: dict[UploadLocation | Slice, list[_Message]] = {}
    for message in batch:
        try:
            order = events.read(message["body"])
        except ValueError as error:
            details = {"queue_message_id": message["messageId"], **describe_error(error)}
            log.logger.error("message not understood", extra=details)
            failed[message["messageId"]] = message
            continue
        for one in [order] if isinstance(order, Slice) else order:
            wanted.setdefault(one, []).append(message)
    return wanted


def _is_done(stores: Stores, one: UploadLocation | Slice) -> bool:
    if isinstance(one, Slice):
        named: dict[str, str | int] = {"day": one.day, "slice": one.step}
    else:
        named = {"video_id": one.folder if one.is_video else ""}
    if stores.seconds_left() < SPARE_SECONDS:
        log.logger.info("no time left for this", extra=named)
        return False
    try:
        if isinstance(one, Slice):
            changed = rounds.look_at_slice(stores, one)
            log.logger.info("slice was looked at", extra={**named, "folders_queued": changed})
        elif one.is_video:
            reconcile.reconcile(stores, one.folder)
            log.logger.info("folder was reconciled", extra=named)
        else:
            reconcile.reject(stores, one)
    except FolderBusyError:
        log.logger.info("folder is being worked on", extra=named)
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        # The runtime prints the text of what is raised, and AWS quotes metadata in it.
        log.logger.error("folder not reconciled", extra={**named, **describe_error(error)})
        return False
    return True


def _show_again(stores: Stores, messages: Sequence[_Message], seconds: int) -> None:
    try:
        stores.queue.show_again([message["receiptHandle"] for message in messages], seconds)
    except (BotoCoreError, ClientError) as error:
        # They come again all the same, when the queue's own time is over.
        log.logger.warning("messages not shown again", extra=describe_error(error))
