"""Decides who gets a download link, and how each use of it is answered."""

import secrets
from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from newsreel import clock
from newsreel.accounts.table import downloads as download_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import Keyring
from newsreel.catalogue import queries
from newsreel.catalogue.model import Checksum
from newsreel.catalogue.table import CatalogueTable
from newsreel.downloads import tokens
from newsreel.downloads.disposition import content_disposition, url_name
from newsreel.downloads.link_check import check_link, refused, target_in
from newsreel.downloads.signer import Method, Signer
from newsreel.downloads.tokens import BrokenTokenError, Link
from newsreel.models import RequestModel, ResponseModel
from newsreel.refusals import Refusal


class LinkRequest(RequestModel):
    """The requested file."""

    rendition: str = Field(min_length=1, max_length=120)
    terms_version: str | None = Field(default=None, max_length=16)
    """Accepts these terms of use; needed once for each version."""


class DownloadLink(ResponseModel):
    """A stable link; it works any number of times until ``expires_at``."""

    download_url: str
    file_name: str
    size_bytes: int
    checksums: list[Checksum]
    expires_at: str


class PresignedUrl(ResponseModel):
    """The current address of the bytes; ``expires_in`` gives the same time in seconds."""

    url: str
    expires_at: str
    expires_in: int
    file_name: str
    size_bytes: int
    checksums: list[Checksum]


class DownloadDeps(NamedTuple):
    """The dependencies of routes that hand out files.

    ``longest`` is a presigned URL's life in seconds, ``api_url`` is where links begin.
    """

    accounts: AccountsTable
    catalogue: CatalogueTable
    signer: Signer
    keyring: Keyring
    longest: int
    api_url: str


class LinkOwner(NamedTuple):
    """The account that a link is made for, with its current epoch and accepted terms.

    ``key_hash`` is that of the access key which asks for it, if one does.
    """

    account_id: str
    epoch: int
    terms_version: str
    key_hash: str = ""


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
    target = target_in(record, rendition_id)
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
        key_hash=owner.key_hash,
    )
    token = tokens.seal(link, deps.keyring)
    name = url_name(target.rendition.file_name, rendition_id)
    return DownloadLink(
        download_url=f"{deps.api_url}/downloads/{token}/{name}",
        file_name=target.rendition.file_name,
        size_bytes=target.rendition.size_bytes,
        checksums=target.rendition.checksums,
        expires_at=clock.rfc3339(expires_at),
    )


def follow_link(deps: DownloadDeps, token: str, method: Method) -> PresignedUrl:
    """Check the link again and return a fresh presigned URL; record the download once a day.

    Two calls: one read of everything that the link depends on, and the record (not for a HEAD).

    Raises:
        Refusal: ``link_refused`` with its reason.
    """
    try:
        link = tokens.unseal(token, deps.keyring)
    except BrokenTokenError:
        raise refused("invalid") from None
    now = clock.epoch()
    if link.expires_at <= now:
        raise refused("expired", link)
    target = check_link(deps.accounts, deps.catalogue, link)
    seconds = min(deps.longest, deps.signer.seconds_left())
    ends = target.record.withdraw_at
    if ends is not None:
        seconds = min(seconds, int(datetime.fromisoformat(ends).timestamp()) - now)
    url = deps.signer.sign(
        method,
        target.stored.key,
        target.stored.version_id,
        content_disposition(target.rendition.file_name, target.rendition.rendition_id),
        max(1, seconds),
    )
    if method == "GET":
        download_items.note(deps.accounts, link.account_id, link.link_id, _noted(link), now=now)
    return PresignedUrl(
        url=url,
        expires_at=clock.rfc3339(now + max(1, seconds)),
        expires_in=max(1, seconds),
        file_name=target.rendition.file_name,
        size_bytes=target.rendition.size_bytes,
        checksums=target.rendition.checksums,
    )


def _noted(link: Link) -> dict[str, str | None]:
    return {
        "video_id": link.video_id,
        "rendition_id": link.rendition_id,
        "terms_version": link.terms_version,
    }
