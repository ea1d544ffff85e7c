"""Lives through many random histories of uploads; ends with 1 if one of them ended wrong.

Run by ``make fuzz``: ``python -m tests.support.fuzzing_histories``.
"""

import argparse
import io
import logging
from collections import Counter
from contextlib import redirect_stdout

from tests.support.cloud import ENVIRONMENT

_TOLD_EACH = 50


def main() -> None:
    """Live through them, and print what happened."""
    assert ENVIRONMENT  # set before any function is imported
    from tests.support import histories  # noqa: PLC0415

    parser = argparse.ArgumentParser(description="Lives through random histories of uploads.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    logging.disable()
    happened: Counter[str] = Counter()
    failed = 0
    for seed in range(options.first, options.first + options.count):
        with redirect_stdout(io.StringIO()):  # functions print their metrics
            wrong, came = histories.live(seed)
        happened += came
        failed += bool(wrong)
        for fault in wrong:
            print(f"seed {seed}: {fault}", flush=True)  # noqa: T201 - the report
        if not (seed + 1 - options.first) % _TOLD_EACH:
            print(f"{seed + 1 - options.first} lived through", flush=True)  # noqa: T201 - progress
    for what, number in happened.most_common():
        print(f"{number:7} {what}")  # noqa: T201 - the report
    print(f"{options.count:7} histories, {failed} ended wrong")  # noqa: T201 - the report
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
