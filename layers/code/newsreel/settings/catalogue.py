"""What ``catalogue`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    catalogue_table: str
    site_bucket: str
    addresses_parameter: str
    password_policy: str
