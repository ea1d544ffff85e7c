"""Decides what is looked at without an event: what is due, each minute, and everything, once a day.

Neither works on a folder: both put it into the queue. So no folder can stop the others, and no more
of them are worked on at once than the queue lets through.

The daily look heals what an event missed. It goes through the bucket's entries and then through the
catalogue's videos, whose files may be gone, in slices. Each slice asks for the next one, with a
cursor and a number; the number is the bound of the loop that Lambda is told to let run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from newsreel import clock
from newsreel.aws.step_messages import TooManyStepsError
from newsreel.catalogue import keys
from newsreel.catalogue.narrowed_list import right_before
from newsreel.ingest import folders, receipts
from newsreel.ingest.events import Slice
from newsreel.ingest.folder_state import is_settled
from newsreel.ingest.folders import UploadLocation
from newsreel.ingest.stores import Stores
from newsreel.lambda_runtime import log
from newsreel.lambda_runtime.error_log import describe_error

MOST_DUE = 200
"""Folders that are put into the queue at once; the rest follows a minute later."""

WORKED_OFF = 900
"""Seconds after which a folder that is due is put into the queue again, if it still is."""

SLICE = 200
"""Entries of one slice of the daily look."""

MOST_SLICES = 10_000
"""Slices of one day: two million folders."""

_ALL_TIME = "9"  # sorts behind every listing key


@dataclass(frozen=True, slots=True)
class Due:
    """How many folders are due, and how many of them were put into the queue."""

    found: int
    queued: int


def queue_due(stores: Stores) -> Due:
    """Put folders that are due into the queue, and say how many there were.

    One query, and nothing more if nothing is due, however many folders there are.
    """
    now = clock.epoch()
    found = stores.leases.list_due(now=now, limit=MOST_DUE)
    due = [one for one in found if stores.leases.put_off(one, due_at=now + WORKED_OFF)]
    stores.queue.send_folders([keys.folder_of(one.pk) for one in due])
    return Due(len(found), len(due))


def begin_daily_look(stores: Stores) -> None:
    """Ask for the first slice of the daily look."""
    stores.queue.send_slice(Slice(day=clock.rfc3339(clock.epoch())[:10]))


def look_at_slice(stores: Stores, one: Slice) -> int:
    """Put the folders of a slice that are not as they were into the queue; return how many.

    Raises:
        TooManyStepsError: the look has no end.
    """
    if one.step >= MOST_SLICES:
        raise TooManyStepsError
    changed, following = (_bucket if one.of == "bucket" else _videos)(stores, one)
    stores.queue.send_folders(changed)
    if following is not None:
        stores.queue.send_slice(following)
    return len(changed)


def _bucket(stores: Stores, one: Slice) -> tuple[list[str], Slice]:
    listed, after = stores.media.list_places(SLICE, one.after)
    places = [folders.location_of(key) for key in listed]
    _tell_strays(stores, [place for place in places if not place.is_video])
    changed = [place.folder for place in places if place.is_video and _differs(stores, place)]
    update = {"step": one.step + 1, "after": after}
    if after is None:
        update["of"] = "videos"
    return changed, one.model_copy(update=update)


def _videos(stores: Stores, one: Slice) -> tuple[list[str], Slice | None]:
    before = right_before(one.after) if one.after else _ALL_TIME
    page = stores.table.list_published(before, "0", "0", SLICE)
    ids = [entry.video_id for entry in page.entries]
    # What is there was looked at as an entry of the bucket.
    changed = [video_id for video_id in ids if not stores.media.has_folder(video_id)]
    if page.last_key is None:
        return changed, None
    return changed, one.model_copy(update={"step": one.step + 1, "after": page.last_key})


def _differs(stores: Stores, place: UploadLocation) -> bool:
    try:
        record = stores.table.read_folder(place.folder)
        listed = stores.media.list_folder(place.folder)
        return not is_settled(record, listed, clock.rfc3339(clock.epoch()))
    except Exception as error:  # noqa: BLE001 - one folder must not stop the others
        details = {"video_id": place.folder, **describe_error(error)}
        log.logger.error("folder not compared", extra=details)
        return True  # the queue then has it tried again


def _tell_strays(stores: Stores, strays: Sequence[UploadLocation]) -> None:
    """Write receipts of objects that are in no video's folder; those that have one cost nothing."""
    missing = {folders.receipt_object_key(stray): stray for stray in strays}
    if not missing:
        return
    told = stores.media.list_receipts(min(missing), max(missing))
    for key in missing.keys() - told:
        stores.media.write_receipt(key, receipts.rejected_location(missing[key]), once=True)
