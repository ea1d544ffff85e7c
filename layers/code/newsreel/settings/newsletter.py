"""What ``newsletter`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    accounts_table: str
    addresses_parameter: str
    unsubscribe_keys_secret: str
