"""Decides who gets a download link, and on every hit anew whether it still leads to the file."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from newsreel import clock
from newsreel.accounts.table.downloads import DownloadItems
from newsreel.accounts.table.keys import account_key
from newsreel.aws.keyring import Keyring
from newsreel.catalogue import queries
from newsreel.catalogue.model import Checksum, Rendition, ResponseModel
from newsreel.catalogue.records import StoredObject, VideoRecord
from newsreel.catalogue.table import CatalogueTable
from newsreel.downloads import tokens
from newsreel.downloads.disposition import content_disposition, url_name
from newsreel.downloads.signer import Method, Signer
from newsreel.downloads.tokens import BrokenTokenError, Link
from newsreel.refusals import Refusal

Reason: TypeAlias = Literal["invalid", "expired", "ended", "gone", "withdrawn", "replaced"]


class LinkRequest(BaseModel):
    """Which file is wanted."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    rendition: str = Field(min_length=1, max_length=120)
    terms_version: str | None = Field(default=None, max_length=16)
    """Accepts these terms of use; needed once for each version."""


class DownloadLink(ResponseModel):
    """A stable link; it works until ``expires_at``, as often as it takes."""

    download_url: str
    file_name: str
    size_bytes: int
    checksums: list[Checksum]
    expires_at: str


class PresignedUrl(ResponseModel):
    """Where the bytes are for now; ``expires_in`` in seconds stands beside the time."""

    url: str
    expires_at: str
    expires_in: int
    file_name: str
    size_bytes: int
    checksums: list[Checksum]


@dataclass(frozen=True, slots=True)
class DownloadDeps:
    """What handing out files needs.

    ``longest`` is a presigned URL's life in seconds, ``api_url`` where links stand.
    """

    accounts: DownloadItems
    catalogue: CatalogueTable
    signer: Signer
    keyring: Keyring
    longest: int
    api_url: str


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose link it is, under which epoch of the account and which terms it is made."""

    account_id: str
    epoch: int
    terms_version: str


@dataclass(frozen=True, slots=True)
class _Target:
    """A link's file as it stands now."""

    record: VideoRecord
    rendition: Rendition
    stored: StoredObject


def make_link(
    deps: DownloadDeps, owner: LinkOwner, video_id: str, rendition_id: str
) -> DownloadLink:
    """Return a stable link for an account to one file.

    Raises:
        Refusal: ``not_available`` (also for an unknown file) or ``withdrawn``.
    """
    if not queries.VIDEO_ID.fullmatch(video_id):
        raise Refusal("not_available")
    record = queries.visible_or_refused(deps.catalogue.read_video(video_id))
    target = _target(record, rendition_id)
    if target is None:
        raise Refusal("not_available")
    expires_at = clock.epoch() + tokens.LIFE
    link = Link(
        account_id=owner.account_id,
        epoch=owner.epoch,
        video_id=video_id,
        rendition_id=rendition_id,
        version_id=target.stored.version_id,
        etag=target.stored.etag,
        expires_at=expires_at,
        link_id=secrets.token_hex(8),
        terms_version=owner.terms_version,
    )
    name = target.rendition.file_name
    return DownloadLink(
        download_url=f"{deps.api_url}/downloads/{tokens.seal(link, deps.keyring)}/{url_name(name)}",
        file_name=name,
        size_bytes=target.rendition.size_bytes,
        checksums=target.rendition.checksums,
        expires_at=clock.rfc3339(expires_at),
    )


def follow_link(deps: DownloadDeps, token: str, method: Method) -> PresignedUrl:
    """Check everything again and return a fresh presigned URL; note the download once a day.

    Two calls: what the link depends on in one read, and the note, which a HEAD does not make.

    Raises:
        Refusal: ``link_refused`` with its reason.
    """
    try:
        link = tokens.unseal(token, deps.keyring)
    except BrokenTokenError:
        raise _refused("invalid") from None
    now = clock.epoch()
    if link.expires_at <= now:
        raise _refused("expired", link)
    target = _stands(deps, link)
    seconds = min(deps.longest, deps.signer.seconds_left())
    ends = target.record.withdraw_at
    if ends is not None:
        seconds = min(seconds, int(datetime.fromisoformat(ends).timestamp()) - now)
    url = deps.signer.sign(
        method,
        target.stored.key,
        target.stored.version_id,
        content_disposition(target.rendition.file_name),
        max(1, seconds),
    )
    if method == "GET":
        deps.accounts.note_download(link.account_id, link.link_id, _noted(link), now=now)
    return PresignedUrl(
        url=url,
        expires_at=clock.rfc3339(now + max(1, seconds)),
        expires_in=max(1, seconds),
        file_name=target.rendition.file_name,
        size_bytes=target.rendition.size_bytes,
        checksums=target.rendition.checksums,
    )


def _stands(deps: DownloadDeps, link: Link) -> _Target:
    found = deps.catalogue.read_link_targets(
        deps.accounts.name, account_key(link.account_id), link.video_id
    )
    # One write to the account's epoch ends every link that was made under the one before.
    if found.account is None or found.account.get("epoch") != link.epoch:
        raise _refused("ended", link)
    try:
        record = queries.visible_or_refused(found.video)
    except Refusal as refusal:
        raise _refused("withdrawn" if refusal.code == "withdrawn" else "gone") from None
    target = _target(record, link.rendition_id)
    if target is None:
        raise _refused("gone", link)
    # The same bytes uploaded again are a new version and still the file that was asked for.
    if link.version_id != target.stored.version_id and link.etag != target.stored.etag:
        raise _refused("replaced", link, target.stored.since)
    return target


def _target(record: VideoRecord, rendition_id: str) -> _Target | None:
    stored = record.objects.get(rendition_id)
    for rendition in record.video.renditions:
        if rendition.rendition_id == rendition_id and stored is not None:
            return _Target(record, rendition, stored)
    return None


def _noted(link: Link) -> dict[str, str | None]:
    return {
        "video_id": link.video_id,
        "rendition_id": link.rendition_id,
        "terms_version": link.terms_version,
    }


def _refused(reason: Reason, link: Link | None = None, at: str | None = None) -> Refusal:
    """Return why; the video is named only where it may still be seen."""
    shown: dict[str, str | None] = {"reason": reason, "at": at}
    shown["video_id"] = link.video_id if link else None
    return Refusal("link_refused", shown)
