"""The local AWS's administrator has keys that belong to one work tree and cannot be guessed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local import administrator

At = Callable[[str], Path]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> At:
    """Act as another work tree."""

    def at(name: str) -> Path:
        path = tmp_path / name / "credentials"
        monkeypatch.setattr(administrator, "CREDENTIALS", path)
        return path

    return at


def test_keys_are_made_once(at: At) -> None:
    at("one")
    assert administrator.keys() == administrator.keys()


def test_two_work_trees_have_different_keys(at: At) -> None:
    at("one")
    first = administrator.keys()
    at("two")
    second = administrator.keys()
    assert first.access_key_id != second.access_key_id
    assert first.secret_access_key != second.secret_access_key


def test_other_users_cannot_read_the_keys(at: At) -> None:
    path = at("one")
    administrator.keys()
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_keys_that_another_process_wrote_meanwhile_stay(at: At) -> None:
    path = at("one")
    first = administrator.keys()
    administrator._make()
    assert administrator.keys() == first
    assert list(path.parent.iterdir()) == [path]


def test_a_secret_is_not_shown_with_its_keys(at: At) -> None:
    at("one")
    keys = administrator.keys()
    assert keys.secret_access_key not in repr(keys)


def test_no_real_account_can_have_such_a_key(at: At) -> None:
    at("one")
    # IAM User Guide, "IAM identifiers": keys of AWS begin with AKIA or ASIA.
    assert not administrator.keys().access_key_id.startswith(("AKIA", "ASIA"))


def test_awss_own_tools_read_the_keys(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3  # noqa: PLC0415 (reads its environment when it is first used)

    path = at("one")
    keys = administrator.keys()
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    session = boto3.Session(profile_name=administrator.PROFILE)
    credentials = session.get_credentials()
    assert credentials
    assert (credentials.access_key, credentials.secret_key) == (
        keys.access_key_id,
        keys.secret_access_key,
    )
    assert session.region_name == "eu-central-1"
