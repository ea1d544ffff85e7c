"""Decides how much of a received mail is read: the beginning of its object, up to the header block.

A mail may have 40 MB; its body is never fetched.
"""

from newsreel.aws import clients
from newsreel.mail.header_block import (
    LONGEST_BLOCK,
    HeaderBlock,
    HeadersTooLargeError,
    read_header_block,
)
from newsreel.mail.received import ReceivedMail


def read_headers(mail: ReceivedMail) -> HeaderBlock | None:
    """Return the header block of a stored mail, or None if it does not end within 256 KiB."""
    answer = clients.s3().get_object(
        Bucket=mail.bucket, Key=mail.object_key, Range=f"bytes=0-{LONGEST_BLOCK - 1}"
    )
    with answer["Body"] as body:
        beginning = body.read()
    try:
        return read_header_block(beginning)
    except HeadersTooLargeError:
        return None
