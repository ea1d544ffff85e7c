"""What each function reads from its environment: one typed object per function, failing at start.

The names are those of the variables in ``template.yaml``, in lower case; a test compares the two.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


class MissingSettingsError(RuntimeError):
    """The environment lacks variables; the message names them, never their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonSettings:
    """What every function has, from the template's Globals."""

    stage: str
    organisation: str
    powertools_service_name: str
    powertools_log_level: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Raises:
            MissingSettingsError: a variable is not set (an empty one counts as set).
            ValueError: a number is not one.
        """
        source = os.environ if environment is None else environment
        missing = [f.name.upper() for f in fields(cls) if f.name.upper() not in source]
        if missing:
            raise MissingSettingsError(f"not set: {', '.join(missing)}")
        values: dict[str, str | int] = {}
        for field in fields(cls):
            raw = source[field.name.upper()]
            values[field.name] = int(raw) if field.type is int else raw
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSettings(CommonSettings):
    """Settings of ``registration``."""

    accounts_table: str
    flow_keys_secret: str
    addresses_parameter: str
    origin_secret: str
    password_policy: str
    mail_domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetSettings(CommonSettings):
    """Settings of ``password_reset``."""

    accounts_table: str
    flow_keys_secret: str
    addresses_parameter: str
    origin_secret: str
    password_policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsSettings(CommonSettings):
    """Settings of ``sessions``."""

    accounts_table: str
    addresses_parameter: str
    origin_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings(CommonSettings):
    """Settings of ``account``."""

    accounts_table: str
    addresses_parameter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsletterSettings(CommonSettings):
    """Settings of ``newsletter``."""

    accounts_table: str
    addresses_parameter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssuanceSettings(CommonSettings):
    """Settings of ``code_issuance``."""

    accounts_table: str
    flow_keys_secret: str
    addresses_parameter: str
    mail_domain: str
    configuration_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesSettings(CommonSettings):
    """Settings of ``notices``."""

    accounts_table: str
    addresses_parameter: str
    mail_domain: str
    configuration_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueSettings(CommonSettings):
    """Settings of ``catalogue``."""

    catalogue_table: str
    site_bucket: str
    addresses_parameter: str
    password_policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsSettings(CommonSettings):
    """Settings of ``downloads``."""

    accounts_table: str
    catalogue_table: str
    media_bucket: str
    link_keys_secret: str
    download_signer_role: str
    presigned_seconds: int
    media_endpoint_url: str
    addresses_parameter: str
    origin_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings(CommonSettings):
    """Settings of ``ingest``."""

    catalogue_table: str
    media_bucket: str
    public_bucket: str
