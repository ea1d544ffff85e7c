"""A loop of ordinary Python, by which processor time on one machine is compared with another's.

What a handler does: texts, dictionaries, JSON, sorting, a hash. A budget is a number of its rounds.
"""

import hashlib
import json
import time

_EVENT = {
    "resource": "/videos/{video_id}",
    "headers": {f"X-Header-{number}": f"value {number}" * 3 for number in range(12)},
    "query": [{"name": f"name-{number}", "values": [number, number / 7]} for number in range(12)],
}


def microseconds(rounds: int) -> float:
    """Return the processor time of one round."""
    began = time.process_time_ns()
    for _ in range(rounds):
        _round()
    return (time.process_time_ns() - began) / rounds / 1000


def _round() -> str:
    event = json.loads(json.dumps(_EVENT))
    headers = {name.lower(): value.strip() for name, value in event["headers"].items()}
    pairs = [
        f"{entry['name']}={value:.2f}" for entry in event["query"] for value in entry["values"]
    ]
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    text = "\n".join((event["resource"], *lines, "&".join(sorted(pairs))))
    return hashlib.sha256(text.encode()).hexdigest()
