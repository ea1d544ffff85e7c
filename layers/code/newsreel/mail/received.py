"""Decides what is read of SES's "Received" notification: who handed which mail over, and verdicts.

Only what SES itself found out: the envelope, its verdicts, and where the raw mail lies. The headers
that the notification repeats are not read: above 10 KB they are cut off. Shape: Amazon SES
developer guide, "Contents of notifications for Amazon SES email receiving".
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

Verdict: TypeAlias = Literal["PASS", "FAIL", "GRAY", "PROCESSING_FAILED"]

_VERDICTS = ("PASS", "FAIL", "GRAY", "PROCESSING_FAILED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What SES found out about a mail."""

    spam: Verdict
    virus: Verdict
    spf: Verdict
    dmarc: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """One mail as SES tells of it; ``repr`` shows no address."""

    message_id: str
    """SES's own id, which is no header of the mail."""
    bucket: str
    object_key: str
    recipients: tuple[str, ...] = field(repr=False)
    """The envelope's recipients that the receipt rule matched; labels behind ``+`` are kept."""
    envelope_sender: str = field(repr=False)
    """Empty for a mail that nobody may answer (RFC 5321, section 4.5.5)."""
    verdicts: Verdicts


def _known(value: object) -> object:
    """Take a verdict that SES invents later for one that it could not reach."""
    return value if value in _VERDICTS else "PROCESSING_FAILED"


_Status: TypeAlias = Annotated[Verdict, BeforeValidator(_known)]


class _Notification(BaseModel):
    """The parts of the notification that are read, by their places in it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    message_id: Annotated[str, Field(validation_alias=AliasPath("mail", "messageId"), min_length=1)]
    source: Annotated[str, Field(validation_alias=AliasPath("mail", "source"))] = ""
    recipients: Annotated[
        tuple[str, ...], Field(validation_alias=AliasPath("receipt", "recipients"))
    ]
    bucket: Annotated[
        str, Field(validation_alias=AliasPath("receipt", "action", "bucketName"), min_length=1)
    ]
    object_key: Annotated[
        str, Field(validation_alias=AliasPath("receipt", "action", "objectKey"), min_length=1)
    ]
    spam: _Status = Field(validation_alias=AliasPath("receipt", "spamVerdict", "status"))
    virus: _Status = Field(validation_alias=AliasPath("receipt", "virusVerdict", "status"))
    spf: _Status = Field(validation_alias=AliasPath("receipt", "spfVerdict", "status"))
    dmarc: _Status = Field(validation_alias=AliasPath("receipt", "dmarcVerdict", "status"))


_OBJECT: TypeAdapter[dict[str, object]] = TypeAdapter(
    dict[str, object], config=ConfigDict(hide_input_in_errors=True)
)


def read_notification(body: str) -> ReceivedMail | None:
    """Read one message of the queue; None for a notification about anything but a received mail.

    Raises:
        pydantic.ValidationError: it is no JSON object, or one of another shape; holds no input.
    """
    told = _OBJECT.validate_json(body)
    if told.get("notificationType") != "Received":
        return None
    read = _Notification.model_validate(told)
    return ReceivedMail(
        message_id=read.message_id,
        bucket=read.bucket,
        object_key=read.object_key,
        recipients=read.recipients,
        envelope_sender=read.source.strip().removeprefix("<").removesuffix(">"),
        verdicts=Verdicts(spam=read.spam, virus=read.virus, spf=read.spf, dmarc=read.dmarc),
    )
