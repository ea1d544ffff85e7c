"""What ``downloads`` reads from its environment."""

from dataclasses import dataclass

from newsreel.settings import CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The names of its variables, in lower case."""

    accounts_table: str
    catalogue_table: str
    media_bucket: str
    link_keys_secret: str
    download_signer_role: str
    presigned_seconds: int
    media_endpoint_url: str
    addresses_parameter: str
