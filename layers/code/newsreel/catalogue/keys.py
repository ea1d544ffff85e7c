"""Decides the key of every item in the catalogue table; no other module writes one."""

from typing import TypedDict


class Key(TypedDict):
    """A primary key."""

    pk: str
    sk: str


def video_pk(video_id: str) -> Key:
    """Return the key of a video."""
    return {"pk": f"VIDEO#{video_id}", "sk": "VIDEO"}


def folder_pk(video_id: str) -> Key:
    """Return the key of ingest's state of a folder."""
    return {"pk": f"FOLDER#{video_id}", "sk": "FOLDER"}


def folder_of(pk: str) -> str:
    """Return the video id in the partition key of a folder's items."""
    return pk.removeprefix("FOLDER#")


def receipt_pk(video_id: str) -> Key:
    """Return the key of a folder's receipt."""
    return {"pk": f"RECEIPT#{video_id}", "sk": "RECEIPT"}


def transcript_pk(video_id: str) -> Key:
    """Return the key of a video's transcript."""
    return {"pk": f"VIDEO#{video_id}", "sk": "TRANSCRIPT"}


def hash_pk(video_id: str, hash_id: str) -> Key:
    """Return the key of the hash of one version of a file."""
    return {"pk": f"HASH#{video_id}", "sk": hash_id}
