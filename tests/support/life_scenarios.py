"""The scenarios of an account's end, and of what its owner takes along."""

from functions.credentials import app as credentials_app
from tests.support.accounts import PASSWORD, Reply, items, mails, register
from tests.support.invariants import redrive, stored
from tests.support.scenarios import ADDRESS, Scenario, WithAccount


class DeleteAccount(WithAccount):
    """Whatever breaks off, a repetition goes on, and nothing of the account is left."""

    routes = (("POST", "/account/deletion"),)

    def arrange(self) -> None:
        super().arrange()
        [account] = items(self.cloud.dynamodb, "account")
        self.partition = str(account["pk"]["S"])

    def act(self) -> Reply:
        body = {"current_password": PASSWORD}
        return self.on_account(credentials_app, "POST", "/account/deletion", body=body)

    def follow(self, step: str) -> Reply:
        # It was deleted and only the answer was lost: the address is free.
        assert step == "log_in"
        return register(ADDRESS)

    def check(self, reply: Reply) -> None:
        redrive()
        # Straight from moto: this is checked after each of very many strikes.
        held = stored()
        left = [one for kind in held.values() for one in kind if one["pk"]["S"] == self.partition]
        assert [one["sk"]["S"] for one in left] == ["CLOSING"]  # until the schedule looks again
        assert held["email_reservation"] == []
        told = [mail for mail in mails() if mail["Subject"] == "Your account is deleted"]
        assert [mail["To"] for mail in told] == [ADDRESS]


class ExportAccount(WithAccount):
    routes = (("GET", "/account/export"),)

    def act(self) -> Reply:
        return self.on_account(credentials_app, "GET", "/account/export")

    def check(self, reply: Reply) -> None:
        kinds = {one["kind"] for one in reply.json["items"]}
        assert {"account", "session", "device", "journal"} <= kinds


LIFE_SCENARIOS: tuple[type[Scenario], ...] = (DeleteAccount, ExportAccount)
