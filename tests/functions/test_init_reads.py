"""What functions read during init, and that no such read can keep one from answering."""

import importlib.util
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from types import ModuleType
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError
from newsreel.lambda_runtime import init_reads
from newsreel.lambda_runtime.init_reads import LONGEST

from tests.support.accounts import call
from tests.support.cloud import ENVIRONMENT, Cloud
from tests.support.fault_injection import forget
from tests.support.template import ROOT, functions

_OWN = [
    name
    for name, function in functions().items()
    if any(variable.endswith("_SECRET") for variable in function.environment)
]
_ROUTES = {
    name: next(iter(sorted(function.routes)))
    for name, function in functions().items()
    if function.routes
}
Meet = Callable[[], None]


@pytest.fixture(autouse=True)
def _in_lambda(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "newsreel")
    # However busy this machine is, nothing is late here unless a test makes it so.
    monkeypatch.setattr(init_reads, "LONGEST", 60.0)
    forget()


def start(name: str) -> ModuleType:
    """Import a function's file anew, as a starting environment does."""
    spec = importlib.util.spec_from_file_location(
        f"started_{name}", ROOT / "functions" / name / "app.py"
    )
    assert spec is not None
    assert spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app


@contextmanager
def reading_ahead(meet: Meet | None = None, *, only: int | None = None) -> Iterator[list[str]]:
    """List what is read beside the main thread; each read, or one of them, meets something."""
    make: Any = BaseClient._make_api_call  # type: ignore[attr-defined]
    read: list[str] = []

    def note(client: BaseClient, operation: str, values: dict[str, Any]) -> Any:
        if threading.current_thread() is not threading.main_thread():
            read.append(values.get("SecretId", operation))
            if meet is not None and only in {None, len(read) - 1}:
                meet()
        return make(client, operation, values)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", note)
        yield read


def answer_of(app: ModuleType, name: str) -> int:
    method, resource = _ROUTES[name]
    path = {
        part: "x" for part in ("video_id", "token", "file_name", "session_id") if part in resource
    }
    return call(app, method, resource, path=path).status


@pytest.mark.parametrize("name", _OWN)
def test_every_secret_of_a_function_is_read_during_init(name: str) -> None:
    with reading_ahead() as read:
        app = start(name)
    secrets = {
        ENVIRONMENT[one.name.upper()] for one in fields(app.Settings) if "_secret" in one.name
    }
    role = {"AssumeRole"} if name == "downloads" else set()
    assert set(read) == secrets | role
    assert len(read) == len(set(read))


@pytest.mark.parametrize("name", _ROUTES)
def test_a_function_that_read_ahead_reads_nothing_again(name: str) -> None:
    start(name)
    with reading_ahead() as read:
        app = start(name)
    assert read == (["AssumeRole"] if name == "downloads" else [])
    assert answer_of(app, name) < 500


@pytest.mark.thorough
@pytest.mark.parametrize("name", _ROUTES)
def test_a_function_answers_whichever_read_of_its_init_fails(name: str) -> None:
    def fail() -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager.example")

    with reading_ahead() as reads:
        start(name)
    assert reads
    for number in range(len(reads)):
        forget()
        with reading_ahead(fail, only=number) as read:
            app = start(name)
        assert len(read) == len(reads)  # the others are read all the same
        assert answer_of(app, name) < 500


@pytest.mark.thorough
@pytest.mark.parametrize("name", _ROUTES)
def test_a_function_answers_whichever_read_of_its_init_hangs(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading_ahead() as reads:
        start(name)
    assert reads
    monkeypatch.setattr(init_reads, "LONGEST", 0.05)
    over, before = threading.Event(), {*threading.enumerate()}
    try:
        for number in range(len(reads)):
            forget()
            with reading_ahead(lambda: void(over.wait()), only=number):
                app = start(name)
                assert answer_of(app, name) < 500
    finally:
        over.set()
        # What a thread reads later would reach no AWS of this test.
        for thread in {*threading.enumerate()} - before:
            thread.join()


def void(_value: object) -> None:
    """Drop a value."""


def test_reads_of_init_may_take_a_second_of_lambdas_ten() -> None:
    assert LONGEST == 1.0


def test_nothing_is_read_ahead_outside_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME")
    with reading_ahead() as read:
        start("catalogue")
    assert read == []
