"""Starts as Lambda does, says so, waits for a line, and answers one event; then exits.

Run by ``first_answers.py`` in the bare runtime:
``first_answer_child.py <file of the event> <folder of app.py> <layer's python folder...>``.
"""

import json
import os
import sys


class Context:
    """What the handlers look at."""

    function_name = "newsreel"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:newsreel"
    aws_request_id = "00000000-0000-4000-8000-000000000000"


def main() -> None:
    """Start what the arguments name."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not loaded yet
        wanted = json.load(file)
    sys.path[:0] = sys.argv[2:]
    _trust(wanted["roots"])
    from datetime import UTC, datetime  # noqa: PLC0415 - what is measured

    from newsreel import clock  # noqa: PLC0415

    clock.now = lambda: datetime.fromtimestamp(wanted["time"], UTC)
    import app  # type: ignore[import-not-found] # noqa: PLC0415
    from newsreel.aws import clients  # noqa: PLC0415

    clients.dynamodb()
    _hash_in_no_time()
    os.write(1, b"ready\n")
    os.read(0, 1)
    answer = app.handler(wanted["event"], Context())
    os.write(1, b"done\n" if answer["statusCode"] == wanted["status"] else b"failed\n")
    # Exit without cleaning up, as Lambda does.
    os._exit(0)


def _trust(roots: str) -> None:
    """Put the server's authority among Amazon's; releases of before have AWS_CA_BUNDLE alone."""
    try:
        from newsreel.aws import trusted_roots  # noqa: PLC0415 - what is measured
    except ImportError:
        return
    trusted_roots.AMAZON_ROOTS = roots


def _hash_in_no_time() -> None:
    passwords = sys.modules.get("newsreel.accounts.passwords")
    if passwords is not None:
        passwords._hasher = NoHash()  # type: ignore[attr-defined] # noqa: SLF001


class NoHash:
    """Hashes a password in no time."""

    def hash(self, _password: str) -> str:
        """Return a constant hash."""
        return "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"

    def verify(self, _hash: str, _password: str) -> bool:
        """Accept every password."""
        return True

    def check_needs_rehash(self, _hash: str) -> bool:
        """Accept every hash as up to date."""
        return False


main()
