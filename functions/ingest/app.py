"""Ingest: makes the catalogue say what the upload folders hold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.catalogue.hash_items import HashesTable
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest import events, rounds
from newsreel.ingest.buckets import MediaBucket, PublicBucket
from newsreel.ingest.folder_queue import FolderQueue
from newsreel.ingest.hash_steps import HashDesk, SqsHashQueue
from newsreel.ingest.stores import Stores
from newsreel.lambda_runtime import gauges, gc_tuning, log
from newsreel.lambda_runtime.error_log import RecordFailedError, describe_error
from newsreel.lambda_runtime.settings import CommonSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    catalogue_table: str
    media_bucket: str
    public_bucket: str
    ingest_queue: str
    hash_queue: str


settings = Settings.from_environment()
table = CatalogueTable(settings.catalogue_table)
media = MediaBucket(settings.media_bucket)
public = PublicBucket(settings.public_bucket, settings.media_bucket)
queue = FolderQueue(settings.ingest_queue)
hashes = HashDesk(HashesTable(settings.catalogue_table), SqsHashQueue(settings.hash_queue))


def handler(
    event: dict[str, object], context: "LambdaContext"
) -> dict[str, list[dict[str, str]]] | None:
    """Do what the schedule asks for, or work off a batch of the queue.

    Raises:
        RecordFailedError: the schedule's work failed; Lambda tries again, and then the failure
            queue holds the event. A failed message is named in the answer instead.
    """
    gc_tuning.resume()
    stores = Stores(
        table,
        media,
        public,
        queue,
        hashes,
        lambda: context.get_remaining_time_in_millis() / 1000,
    )
    try:
        task = events.task_of(event)
        if task is None:
            # Imported here: readers of every format, which the schedule's minutes never need.
            from newsreel.ingest import batches  # noqa: PLC0415

            failed = batches.work_off(stores, event)
            return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
        if task == "look_at_everything":
            rounds.begin_daily_look(stores)
        else:
            _look_at_due(stores)
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        # The runtime prints the text of what is raised here, and AWS quotes metadata in it.
        log.logger.error("event not handled", extra=describe_error(error))
        raise RecordFailedError from None
    return None


def _look_at_due(stores: Stores) -> None:
    due = rounds.queue_due(stores)
    gauges.measure("FoldersDue", due.found)
    if due.queued:
        log.logger.info("folders are due", extra={"folders_queued": due.queued})
