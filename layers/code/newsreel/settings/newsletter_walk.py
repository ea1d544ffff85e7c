"""What ``newsletter_walk`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    accounts_table: str
    mail_table: str
    walk_queue: str
    send_queue: str
    newsletter_concurrency: int
