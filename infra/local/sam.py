"""Runs SAM's command line without what makes it slow: YAML is read by libyaml, zips are quick ones.

SAM reads the templates several times with the parser that is written in Python, and packs layers as
tightly as if they had a long way to go: more than half of the processor time of a deployment to
this machine. What is built and deployed is the same; deployments to AWS run SAM as it is. It is
started by its path, ``python -P infra/local/sam.py <what sam is told>``, from any folder.
"""

import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).resolve().parents[2]))
from infra.local import libyaml

if TYPE_CHECKING:
    from _typeshed import SizedBuffer

_QUICKEST = 1


class QuickZip(zipfile.ZipFile):
    """A zip file whose entries are compressed with the least effort."""

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: "SizedBuffer | str",
        compress_type: int | None = None,
        compresslevel: int | None = _QUICKEST,
    ) -> None:
        """Add an entry (zipfile's own signature)."""
        super().writestr(zinfo_or_arcname, data, compress_type, compresslevel)


def main() -> None:
    """Run one command of SAM; it ends this process."""
    libyaml.prefer()
    zipfile.ZipFile = QuickZip  # type: ignore[misc]
    from samcli.cli.main import cli  # noqa: PLC0415 (it takes both while it is imported)

    cli(prog_name="sam")


if __name__ == "__main__":
    main()
