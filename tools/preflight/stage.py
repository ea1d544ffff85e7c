"""Decides what a stage is: what samconfig.toml says of it, with the template's defaults."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]


class UnknownStageError(Exception):
    """samconfig.toml has no such section; the message names those that it has."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is to be deployed, and where."""

    name: str
    stack: str
    region: str
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, name: str, path: Path = PROJECT / "samconfig.toml") -> "Stage":
        """Read a stage.

        Raises:
            UnknownStageError: there is no such section.
        """
        sections: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        stages = [key for key, one in sections.items() if isinstance(one, dict) and "deploy" in one]
        if name not in stages:
            known = ", ".join(stages)
            raise UnknownStageError(f"samconfig.toml has no stage {name!r}; it has {known}.")
        deploy = sections[name]["deploy"]["parameters"]
        parameters = {key: str(one) for key, one in deploy["parameter_overrides"].items()}
        return cls(name, str(deploy["stack_name"]), str(deploy["region"]), parameters)

    def of(self, parameter: str, default: str = "") -> str:
        """Return a parameter's value, or the template's default, which the caller knows."""
        return self.parameters.get(parameter, default)

    @property
    def mail_domains(self) -> list[str]:
        """The domains that codes and editions come from, if mail is sent at all."""
        domain = self.of("MailDomain")
        return [domain, self.of("NewsletterDomain") or f"news.{domain}"] if domain else []
