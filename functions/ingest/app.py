"""Ingest: makes the catalogue say what the upload folders hold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.catalogue.hash_items import HashesTable
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest import events, reconcile
from newsreel.ingest.buckets import MediaBucket, PublicBucket
from newsreel.ingest.hash_steps import HashDesk, SqsHashQueue
from newsreel.lambda_runtime import gc_tuning, log
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
    hash_queue: str


settings = Settings.from_environment()
table = CatalogueTable(settings.catalogue_table)
media = MediaBucket(settings.media_bucket)
public = PublicBucket(settings.public_bucket, settings.media_bucket)
hashes = HashDesk(HashesTable(settings.catalogue_table), SqsHashQueue(settings.hash_queue))


def handler(event: dict[str, object], context: "LambdaContext") -> None:
    """Reconcile the folders that an S3 notification names, or all of them for a schedule.

    Raises:
        RecordFailedError: something failed; Lambda tries again, and then the failure queue holds
            the event.
    """
    gc_tuning.resume()
    try:
        _reconcile(event, context)
    except reconcile.FoldersFailedError as failed:
        for video_id, error in failed.errors:
            details = {"video_id": video_id, **describe_error(error)}
            log.logger.error("folder not reconciled", extra=details)
        raise RecordFailedError from None
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        # The runtime prints the text of what is raised here, and AWS quotes metadata in it.
        log.logger.error("event not handled", extra=describe_error(error))
        raise RecordFailedError from None


def _reconcile(event: dict[str, object], context: "LambdaContext") -> None:
    stores = reconcile.Stores(
        table, media, public, hashes, lambda: context.get_remaining_time_in_millis() / 1000
    )
    keys = events.object_keys(event)
    if keys is None:
        reconcile.reconcile_every_folder(stores)
        log.logger.info("every folder was looked at")
    else:
        for video_id in reconcile.reconcile_keys(stores, keys):
            log.logger.info("folder was reconciled", extra={"video_id": video_id})
