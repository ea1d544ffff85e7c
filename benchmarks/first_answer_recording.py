"""Records what AWS answers to the first requests of fresh environments of a tree.

Run apart, because the tree may be that of another commit: ``first_answer_recording.py <tree>``
prints, for each route, its function, its event, the time, and AWS's answers by call.
"""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from call_names import call_name  # type: ignore[import-not-found] # beside this file

ROUTES = (
    "POST /registrations",
    "POST /sessions",
    "GET /account",
    "GET /videos",
    "GET /videos/{video_id}",
    "GET /pages/videos/{video_id}",
    "POST /videos/{video_id}/downloads",
    "GET /downloads/{token}/{file_name}",
)


def main() -> None:
    """Record every route."""
    tree = sys.argv[1]
    os.chdir(tree)
    sys.path[:0] = [tree, f"{tree}/layers/code"]
    from moto.core.botocore_stubber import BotocoreStubber  # noqa: PLC0415 - of the tree
    from newsreel import clock  # noqa: PLC0415
    from newsreel.aws import clients  # noqa: PLC0415

    from benchmarks.routes import BESIDE_DJANGO, World  # noqa: PLC0415
    from benchmarks.routes import ROUTES as PREPARE  # noqa: PLC0415
    from tests.support.cloud import ENVIRONMENT, FakeClock, empty_account  # noqa: PLC0415

    answers: dict[str, list[tuple[int, dict[str, str], str]]] = {}
    process = BotocoreStubber.process_request

    def answer(stubber: Any, request: Any) -> Any:
        given: Any = process(stubber, request)
        status, headers, body = given
        named = {name.lower(): _text(value) for name, value in request.headers.items()}
        raw = body if isinstance(body, bytes) else body.encode()
        kept = (status, {str(name): str(value) for name, value in headers.items()})
        call = call_name(request.url, named, request.body or b"")
        answers.setdefault(call, []).append((*kept, base64.b64encode(raw).decode()))
        return given

    fake_clock, recorded = FakeClock(), {}
    with patch.object(clock, "now", lambda: fake_clock.time), empty_account() as cloud:
        world = World(cloud, fake_clock)
        for route in ROUTES:
            prepared = (PREPARE | BESIDE_DJANGO)[route](world)
            world.forget()
            answers.clear()
            with patch.object(BotocoreStubber, "process_request", answer):
                prepared.send()
                for name, secret in ENVIRONMENT.items():  # what init reads, whatever it needs
                    if name.endswith("_SECRET"):
                        clients.secretsmanager().get_secret_value(SecretId=secret)
                if hasattr(prepared.app, "signer"):
                    world.forget()
                    prepared.app.signer.seconds_left()
            recorded[route] = {
                "function": Path(prepared.app.__file__).parent.name,
                "event": prepared.event,
                "status": prepared.status,
                "time": fake_clock.time.timestamp(),
                "answers": {call: list(given) for call, given in answers.items()},
            }
    sys.stdout.write(f"\n{json.dumps({'environment': ENVIRONMENT, 'routes': recorded})}")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


if __name__ == "__main__":
    main()
