"""Answers as FastAPI behind Mangum would, with our rules and models, and as our handler does.

`fastapi_peer_runs.py` runs it in a Python with FastAPI: ``fastapi_peer.py <recorded results>
<rounds> <requests a round>`` prints the microseconds of processor time of a request in each round.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

from botocore.client import BaseClient
from fastapi import FastAPI, Query
from fastapi import Path as PathValue
from mangum import Mangum
from newsreel import clock
from newsreel.catalogue import queries
from newsreel.catalogue.model import Video, VideoList
from newsreel.catalogue.queries import ListQuery

from functions.catalogue import app as ours

service = FastAPI()
VideoId = Annotated[str, PathValue(max_length=128)]


def list_videos(query: Annotated[ListQuery, Query()]) -> VideoList:
    """List what is published."""
    return queries.list_videos(ours.table, query).page


def read_video(video_id: VideoId) -> Video:
    """Read one video."""
    return queries.read_video(ours.table, video_id).video


service.add_api_route("/videos", list_videos)
service.add_api_route("/videos/{video_id}", read_video)


def main() -> None:
    """Measure both, by turns."""
    recorded = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rounds, requests = int(sys.argv[2]), int(sys.argv[3])
    mangum = Mangum(service, lifespan="off")
    handlers = {"ours": ours.handler, "fastapi": mangum}
    runs: dict[str, dict[str, list[float]]] = {}
    for route, one in recorded.items():
        clock.now = partial(datetime.fromisoformat, one["time"])
        runs[route] = {name: [] for name in handlers}
        for _ in range(rounds):
            for name, handler in handlers.items():
                runs[route][name].append(_time(handler, one, requests))
    sys.stdout.write(json.dumps(runs))


def _time(handler: Callable[..., Any], recorded: dict[str, Any], requests: int) -> float:
    results = cycle(recorded["results"])
    event = recorded["event"]
    ring = {"current": event["headers"]["x-origin-secret"]}
    secret = {"SecretString": json.dumps(ring)}

    def answer(_client: BaseClient, operation: str, _values: Any) -> Any:
        return secret if operation == "GetSecretValue" else next(results)

    BaseClient._make_api_call = answer  # type: ignore[attr-defined] # noqa: SLF001
    if handler(event, None)["statusCode"] != HTTPStatus.OK:
        raise RuntimeError(f"no answer to {event['path']}")
    began = time.process_time_ns()
    for _ in range(requests):
        handler(event, None)
    return (time.process_time_ns() - began) / requests / 1000


if __name__ == "__main__":
    main()
