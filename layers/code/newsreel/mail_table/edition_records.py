"""Decides how an edition of the newsletter looks in Python: content, state, how far it is."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias, cast

from newsreel.aws.items import Value
from newsreel.policy import POLICY

State: TypeAlias = Literal[
    "draft", "review", "approved", "sending", "paused", "held", "sent", "cancelled"
]
OVER: frozenset[State] = frozenset({"sent", "cancelled"})
"""States that nothing leads out of."""


@dataclass(frozen=True, slots=True)
class EditionVideo:
    """A video as an edition shows it, frozen when the edition was made."""

    video_id: str
    title: str
    published_at: str
    speakers: str = ""
    summary: str = ""
    language: str = ""
    poster: str = ""
    """Site-relative URL of the poster; empty if there is none."""
    duration: int = 0
    """Whole seconds; 0 if it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition; times are seconds since 1970."""

    edition_id: str
    state: State
    state_at: int
    """Since when it is in this state."""
    created_at: int
    since: int
    until: int
    """It announces what was published after ``since`` and up to ``until``."""
    videos: tuple[EditionVideo, ...]
    more: int
    """How many videos it only counts."""
    approve_by: int = 0
    recipients: int = 0
    rate: float = 0
    """Mails a second, of all workers together."""
    walking: bool = False
    """Whether the messages that begin the walk are out."""
    held_until: int = 0
    reason: str = ""
    """Why it is held or was cancelled: the key of a sentence."""
    quota_left: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    revision: int = 1

    @classmethod
    def read(cls, values: Mapping[str, Value]) -> Self:
        """Build an edition from an item's values; attributes of newer releases are passed over."""
        names = cls.__dataclass_fields__
        held: dict[str, object] = {name: values[name] for name in names if name in values}
        stored = cast("list[dict[str, object]]", values["videos"])
        known = EditionVideo.__dataclass_fields__
        held["videos"] = tuple(
            EditionVideo(**{name: one[name] for name in known if name in one})  # type: ignore[arg-type]
            for one in stored
        )
        return cls(**cast("dict[str, str]", held))  # type: ignore[arg-type]

    def attributes(self) -> dict[str, object]:
        """Return the values to store."""
        return {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "videos": [dataclasses.asdict(video) for video in self.videos],
            "entity": "edition",
            "ttl": self.created_at + POLICY.retention.editions,
        }


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of all editions."""

    until: int = 0
    """Up to when videos have been announced; 0 before the first edition."""
    active: tuple[str, ...] = ()
    """Ids of the editions that are looked after, the oldest first."""
    announced: frozenset[str] = frozenset()
    """Ids of the videos that editions announced, as far back as the next one looks."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far one shard of one language has been walked."""

    after: str = ""
    """Where the next page begins; empty at the beginning."""
    pages: int = 0
    chunks: int = 0
    done: bool = False
