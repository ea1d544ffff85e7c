"""Hashes: computes the SHA-256 of large media files, a step for each message."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.catalogue.hash_items import HashesTable
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest import due_hashes, hashing
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.folder_queue import FolderQueue
from newsreel.ingest.hash_steps import HashStep, SqsHashQueue
from newsreel.lambda_runtime import gc_tuning, log, queues
from newsreel.lambda_runtime.error_log import RecordFailedError, describe_error
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.media import crcs, resumable_sha256
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    catalogue_table: str
    media_bucket: str
    hash_queue: str
    ingest_queue: str


settings = Settings.from_environment()
catalogue = CatalogueTable(settings.catalogue_table)
table = HashesTable(settings.catalogue_table)
media = MediaBucket(settings.media_bucket)
queue = SqsHashQueue(settings.hash_queue)
folders = FolderQueue(settings.ingest_queue)
if resumable_sha256.library() is None:
    log.logger.warning("hashes cannot be carried over: a file must fit into one invocation")
if crcs.lacking():
    log.logger.warning("checksums of S3 are not compared", extra={"algorithms": crcs.lacking()})


def _hasher(context: "LambdaContext") -> hashing.Hasher:
    return hashing.Hasher(
        hashes=table,
        catalogue=catalogue,
        media=media,
        queue=queue,
        folders=folders,
        now=clock.epoch,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        resumable=resumable_sha256.new,
        policy=POLICY.hashes,
    )


def handler(
    event: dict[str, object], context: "LambdaContext"
) -> dict[str, list[dict[str, str]]] | None:
    """Go on with the hash of each message, or ask again for those that the schedule finds.

    Raises:
        RecordFailedError: the schedule failed; Lambda tries again, and then the failure queue holds
            the event.
    """
    if "Records" in event:
        return queues.handle(
            event,
            what="hash step",
            run=lambda body: _hasher(context).step(HashStep.read(body)),
        )
    gc_tuning.resume()
    try:
        asked = due_hashes.ask_again(table, queue, folders, now=clock.epoch(), policy=POLICY.hashes)
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        log.logger.error("due hashes not asked for", extra=describe_error(error))
        raise RecordFailedError from None
    log.logger.info("due hashes were asked for", extra={"count": asked})
    return None
