"""SAM's command line on this machine builds and deploys what it does elsewhere, only quicker."""

import io
import zipfile

import pytest
import yaml  # type: ignore[import-untyped]
from samcli.yamlhelper import yaml_parse

from infra.local import libyaml
from infra.local.paths import PROJECT
from infra.local.sam import QuickZip


def test_a_template_is_read_as_sam_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "SafeLoader", yaml.SafeLoader)  # puts it back
    text = (PROJECT / "infra" / "site.yaml").read_text(encoding="utf-8")
    read = yaml_parse(text)
    libyaml.prefer()
    assert yaml.SafeLoader is yaml.CSafeLoader
    again = yaml_parse(text)
    assert again == read
    assert [*again["Resources"]] == [*read["Resources"]]


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
