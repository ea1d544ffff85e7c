"""What ``newsletter_editions`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    accounts_table: str
    catalogue_table: str
    mail_table: str
    media_bucket: str
    walk_queue: str
    addresses_parameter: str
    mail_domain: str
    newsletter_domain: str
    configuration_set: str
    newsletter_approval: str
    newsletter_rate: int
    press_office_email: str
