"""What ``newsletter_send`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    accounts_table: str
    catalogue_table: str
    mail_table: str
    send_queue: str
    addresses_parameter: str
    mail_domain: str
    newsletter_domain: str
    configuration_set: str
    trail_keys_secret: str
    unsubscribe_keys_secret: str
    newsletter_concurrency: int
