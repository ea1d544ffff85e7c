"""What ``code_issuance`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    accounts_table: str
    mail_table: str
    flow_keys_secret: str
    trail_keys_secret: str
    addresses_parameter: str
    mail_domain: str
    configuration_set: str
