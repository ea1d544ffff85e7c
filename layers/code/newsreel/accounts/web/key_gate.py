"""Decides what an access key is good for where everything is public: it is checked, and no more."""

from typing import TYPE_CHECKING, NamedTuple

from newsreel import clock

if TYPE_CHECKING:
    from newsreel.http.request import SignedIn


class KeyGate(NamedTuple):
    """Refuses a key that no longer works, so that a program learns of it; nobody is signed in."""

    accounts_table: str

    def __call__(self, _token: str | None) -> "SignedIn | None":
        """Return None: these routes have no sessions."""
        return None

    def of_key(self, token: str, scope: str) -> "SignedIn | None":
        """Check a key and return None: everybody gets the same answer.

        Raises:
            Refusal: ``key_refused``, ``key_not_allowed``.
        """
        # Imported here: almost all readers come without a key, and save this at a cold start.
        from newsreel.accounts import key_auth  # noqa: PLC0415
        from newsreel.accounts.table.base import AccountsTable  # noqa: PLC0415

        key_auth.check(AccountsTable(self.accounts_table), token, scope, now=clock.epoch())
        return None

    def is_own_origin(self, _origin: str) -> bool:
        """Return False: these routes only read."""
        return False
