"""Every line that a function logs can be found again: by request, record or video, and function."""

import io
import json
import os
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from newsreel.lambda_runtime import log
from newsreel.lambda_runtime.error_log import RecordFailedError

from functions.code_issuance import app as code_issuance_app
from functions.ingest import app as ingest_app
from functions.mail_redrive import app as mail_redrive_app
from functions.registration import app as registration_app
from tests.support import uploads
from tests.support.accounts import register
from tests.support.cloud import Cloud
from tests.support.events import api_event, stream_event


def lines(logged: io.StringIO) -> list[dict[str, Any]]:
    read = [json.loads(line) for line in logged.getvalue().splitlines()]
    return [line for line in read if line["message"] != "counted"]


def broken(*_values: object, **_more: object) -> None:
    raise RuntimeError("text that must not be logged")


def test_a_fault_of_a_request_has_the_request_id_of_the_access_log(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsreel.accounts.table.flows.read", broken)
    event = api_event("GET", "/registrations/{registration_id}", path={"registration_id": "x"})
    for request_id in ("first-request", "second-request"):
        event["requestContext"]["requestId"] = request_id
        registration_app.handler(event, None)  # type: ignore[arg-type]
    logged_ids = [(line["message"], line["request_id"]) for line in lines(logged)]
    assert logged_ids == [("fault", "first-request"), ("fault", "second-request")]


def test_a_line_of_a_schedule_has_a_time_that_lambda_reads(
    cloud: Cloud, logged: io.StringIO
) -> None:
    mail_redrive_app.handler({}, None)  # type: ignore[arg-type]
    assert "T" in lines(logged)[-1]["timestamp"]


def test_a_line_of_a_stream_record_has_its_sequence_number(
    cloud: Cloud, logged: io.StringIO
) -> None:
    register("jane@example.org")
    image = next(
        item
        for item in cloud.dynamodb.scan(TableName="accounts")["Items"]
        if item["entity"]["S"] == "mail_request"
    )
    event = stream_event(image)
    event["Records"][0]["dynamodb"]["SequenceNumber"] = "4421584500000000017450439091"
    code_issuance_app.handler(event, None)  # type: ignore[arg-type]
    assert lines(logged)[-1]["sequence_number"] == "4421584500000000017450439091"


def test_a_line_of_ingest_has_the_video_that_it_is_about(cloud: Cloud, logged: io.StringIO) -> None:
    uploads.upload("notes.txt", b"Hello")
    assert lines(logged)[-1]["video_id"] == uploads.VIDEO


def test_each_folder_that_failed_is_named_and_the_others_are_still_done(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads.upload("notes.txt", b"Hello")
    uploads.upload("notes.txt", b"Hello", "2026-03-05-other-video")
    read_folder = ingest_app.table.read_folder

    def fail_once(_table: object, video_id: str) -> object:
        if video_id == uploads.VIDEO:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetItem")
        return read_folder(video_id)

    monkeypatch.setattr(type(ingest_app.table), "read_folder", fail_once)
    logged.truncate(0)
    logged.seek(0)
    with pytest.raises(RecordFailedError):
        uploads.tick()
    # It could not be compared, and then not be reconciled.
    failed = [line for line in lines(logged) if line["level"] == "ERROR"]
    named = [(line["video_id"], line["aws_error"]) for line in failed]
    assert named == [(uploads.VIDEO, "AccessDenied")] * 2


def test_a_timestamp_is_one_that_lambdas_level_filter_can_read(
    cloud: Cloud, logged: io.StringIO
) -> None:
    uploads.upload("notes.txt", b"Hello")
    for line in lines(logged):
        assert "T" in line["timestamp"]
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None


def test_a_line_names_the_function_that_lambda_runs(
    logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "AWS_LAMBDA_FUNCTION_NAME", "newsreel-dev-RegistrationFunction")
    log.identify(function_name=log.function_name())
    try:
        log.logger.warning("busy")
    finally:
        log.identify(function_name=None)
    assert lines(logged)[-1]["function_name"] == "newsreel-dev-RegistrationFunction"
