"""Decides who may do everything on the local AWS: the administrator, with keys of this work tree.

They are random, made once, and kept where nobody else may read them, in the form that AWS's tools
read (`AWS_SHARED_CREDENTIALS_FILE`). Known ones would let every web page sign requests.
"""

import configparser
import contextlib
import os
import secrets
import threading
from dataclasses import dataclass, field

import boto3

from infra.local.paths import CREDENTIALS, REGION

NAME = "administrator"
PROFILE = "newsreel-local"


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key of the local AWS, in a form that no key of a real account has."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


class _OfThread(threading.local):
    """What each thread keeps for itself."""

    def __init__(self) -> None:
        self.sessions: dict[Keys, boto3.Session] = {}


_mine = _OfThread()


def keys() -> Keys:
    """Return the administrator's keys; the first time, make them."""
    if not CREDENTIALS.exists():
        _make()
    read = configparser.ConfigParser(interpolation=None)
    read.read(CREDENTIALS, encoding="ascii")
    kept = read[PROFILE]
    return Keys(kept["aws_access_key_id"], kept["aws_secret_access_key"])


def session() -> boto3.Session:
    """Return what makes clients with these keys; each still needs the local AWS's address.

    Every thread has one of its own, as boto3 asks. A new one reads botocore's data anew, which
    takes twenty times as long as making a client.
    """
    own = keys()
    if own not in _mine.sessions:
        _mine.sessions[own] = boto3.Session(
            aws_access_key_id=own.access_key_id,
            aws_secret_access_key=own.secret_access_key,
            region_name=REGION,
        )
    return _mine.sessions[own]


def _make() -> None:
    """Write new keys in one step; those of another process that was faster stay."""
    CREDENTIALS.parent.mkdir(exist_ok=True)
    draft = CREDENTIALS.with_suffix(f".{secrets.token_hex(4)}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(
            f"[{PROFILE}]\n"
            f"aws_access_key_id = LOCAL{secrets.token_hex(6).upper()}\n"
            f"aws_secret_access_key = {secrets.token_hex(20)}\n"
            f"region = {REGION}\n"
        )
    with contextlib.suppress(FileExistsError):
        CREDENTIALS.hardlink_to(draft)
    draft.unlink()
