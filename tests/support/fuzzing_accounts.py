"""Lives through many random lives of accounts, different each time; ends with 1 if one went wrong.

Run by ``make fuzz``: ``python -m tests.support.fuzzing_accounts``.
"""

import argparse
import logging

from tests.support.cloud import ENVIRONMENT


def main() -> None:
    """Live through them, and show the shortest that went wrong."""
    assert ENVIRONMENT  # set before any function is imported
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415

    from tests.support import quick_moto  # noqa: PLC0415
    from tests.support.account_machine import AccountLife, tries, world  # noqa: PLC0415

    quick_moto.install()  # the machine reads items that never change
    parser = argparse.ArgumentParser(description="Lives through random lives of accounts.")
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    logging.disable()
    with world():
        run_state_machine_as_test(AccountLife, settings=tries(options.count, same=False))
    print(f"{options.count:7} lives of accounts, none ended wrong")  # noqa: T201 - the report


if __name__ == "__main__":
    main()
