"""File names from any system: composed or not, they are the same name; leftovers are one line."""

import unicodedata

import pytest
from newsreel.aws import clients
from newsreel.ingest.folder_state import FolderState

from tests.support.advice.folder_cases import other_sound, sound
from tests.support.cloud import Cloud
from tests.support.uploads import (
    MEDIA,
    VIDEO,
    describe,
    finding_codes,
    folder_finding_codes,
    put,
    read,
    receipt,
    remove,
    tick,
    transcript,
    upload,
)

NAME = "D\u00e9fense \u1ed9 \uac00.wav"
FROM_A_MAC = unicodedata.normalize("NFD", NAME)


def test_a_name_from_a_mac_is_the_one_of_metadata(cloud: Cloud) -> None:
    put(FROM_A_MAC, sound())
    describe(files={NAME: {"kind": "master"}})
    assert folder_finding_codes() == ["no_audio_file", "no_transcript"]
    [rendition] = read().json["renditions"]
    assert (rendition["kind"], rendition["file_name"]) == ("master", NAME)
    assert [file["file_name"] for file in receipt()["files"]] == [NAME, "metadata.json"]


def test_names_in_metadata_from_a_mac_are_those_of_other_systems(cloud: Cloud) -> None:
    put(NAME, sound())
    describe(
        files={FROM_A_MAC: {"kind": "master"}},
        speakers=[{"name": unicodedata.normalize("NFD", "Ren\u00e9 Dup\u00e9r\u00e9")}],
    )
    assert read().json["renditions"][0]["kind"] == "master"
    assert read().json["speakers"][0]["name"] == "Ren\u00e9 Dup\u00e9r\u00e9"
    upload("transcript.txt", "Ren\u00e9 Dup\u00e9r\u00e9: Bonjour.\n".encode())
    assert transcript().json["turns"][0]["speaker"] == "Ren\u00e9 Dup\u00e9r\u00e9"


def test_a_transcript_from_a_mac_is_found_by_its_name(cloud: Cloud) -> None:
    put("a.wav", sound())
    describe(language="fr")
    upload(unicodedata.normalize("NFD", "propos_fran\u00e7ais.txt"), b"Mark Rutte: Bonjour.\n")
    assert transcript().json["turns"][0]["text"] == ["Bonjour."]


@pytest.mark.thorough
def test_of_two_files_of_one_name_the_newer_counts_and_the_older_is_told(cloud: Cloud) -> None:
    put("a.wav", sound())
    put(FROM_A_MAC, sound())
    put(NAME, other_sound())
    describe()
    renditions = {one["file_name"]: one["size_bytes"] for one in read().json["renditions"]}
    assert renditions == {"a.wav": len(sound()), NAME: len(other_sound())}
    assert finding_codes(FROM_A_MAC) == ["name_twice"]
    assert finding_codes(NAME) == []
    remove(FROM_A_MAC)
    assert [file["file_name"] for file in receipt()["files"]] == [NAME, "a.wav", "metadata.json"]


@pytest.mark.thorough
def test_a_file_that_was_known_under_its_other_name_keeps_its_id_and_its_links(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("newsreel.ingest.scan.unicodedata.normalize", lambda _form, name: name)
        put(FROM_A_MAC, sound())
        describe()
        [before] = read().json["renditions"]
        assert before["file_name"] == FROM_A_MAC
    describe(location="Munich")
    [after] = read().json["renditions"]
    assert after["rendition_id"] == before["rendition_id"]


def test_a_state_with_both_forms_of_a_name_is_read(cloud: Cloud) -> None:
    one = {"key": "k", "etag": "e", "size": 1, "since": "2026-02-14T00:00:00Z"}
    files = {name: {**one, "name": name} for name in (NAME, FROM_A_MAC)}
    state = FolderState.model_validate({"files": files})
    assert [(name, file.name) for name, file in state.files.items()] == [(NAME, NAME)]


@pytest.mark.thorough
def test_leftovers_are_one_line_however_many(cloud: Cloud) -> None:
    put("a.wav", sound())
    for name in (".DS_Store", "._a.wav", "Thumbs.db", "@eaDir/a.wav", "b.wav.filepart", "~$a.docx"):
        put(name, b"x")
    describe()
    [line] = [one for one in receipt()["remarks"] if one["code"] == "leftovers"]
    assert line["message"].endswith(": 6.")
    assert [file["file_name"] for file in receipt()["files"]] == ["a.wav", "metadata.json"]
    clients.s3().delete_object(Bucket=MEDIA, Key=f"incoming/{VIDEO}/.DS_Store")
    tick()
    [line] = [one for one in receipt()["remarks"] if one["code"] == "leftovers"]
    assert line["message"].endswith(": 5.")


@pytest.mark.thorough
@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x9f", "\U000e0041"])
def test_a_name_that_is_not_what_it_looks_like_is_refused(cloud: Cloud, sign: str) -> None:
    put(f"a{sign}vaw.exe.wav", sound())
    describe()
    assert finding_codes(f"a{sign}vaw.exe.wav") == ["name_unusable"]
    assert read().status == 404
