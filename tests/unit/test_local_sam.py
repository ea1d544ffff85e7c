"""SAM's command line on this machine builds and deploys what it does elsewhere, only quicker."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from samcli.yamlhelper import yaml_parse

from infra.local.paths import PROJECT
from infra.local.sam import QuickZip


def test_a_template_that_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    """In another process: SAM takes the class that writes while it is imported."""
    site = PROJECT / "infra" / "site.yaml"
    program = (
        "import json, sys; from infra.local import libyaml; libyaml.prefer(); import yaml;"
        "from samcli import yamlhelper as sam;"
        "assert issubclass(sam.CfnDumper, yaml.CSafeDumper);"
        "read = sam.yaml_parse(open(sys.argv[1], encoding='utf-8').read());"
        "open(sys.argv[2], 'w', encoding='utf-8').write(sam.yaml_dump(read))"
    )
    written = tmp_path / "written.yaml"
    command = [sys.executable, "-c", program, str(site), str(written)]
    subprocess.run(command, cwd=PROJECT, check=True)
    assert yaml_parse(written.read_text(encoding="utf-8")) == yaml_parse(
        site.read_text(encoding="utf-8")
    )


def test_what_is_packed_is_the_same() -> None:
    contents = {"a.py": b"x = 1\n" * 1000, "empty": b"", "b/c.pyc": bytes(range(256)) * 40}
    packed = io.BytesIO()
    with QuickZip(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents
        assert {one.external_attr >> 16 for one in archive.infolist()} == {0o755}
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_DEFLATED}
