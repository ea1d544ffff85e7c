"""Scenarios of the routes that ask for the password again, and of the undo link."""

from functions.catalogue import app as catalogue_app
from functions.downloads import app as downloads_app
from functions.password_reset import app as reset_app
from tests.support import uploads
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
    deliver,
    items,
    log_in,
    newest_code,
    read_account,
)
from tests.support.credentials import (
    CHANGES,
    KEY,
    KEYS,
    NEW,
    NEW_ADDRESS,
    UNDO,
    bearer,
    change_password,
    change_step,
    confirm_change,
    list_keys,
    make_key,
    revoke_key,
    start_change,
    undo,
    undo_token,
)
from tests.support.invariants import redrive
from tests.support.reset_steps import complete
from tests.support.scenarios import ADDRESS, TERMS, WithAccount, verify

CHANGE = f"{CHANGES}/{{change_id}}"


class ChangePassword(WithAccount):
    routes = (("PUT", "/account/password"),)

    def act(self) -> Reply:
        return change_password(self.cookie)

    def follow(self, step: str) -> Reply:
        # It was changed and only the answer was lost: the session that asked has ended.
        assert step == "log_in"
        return log_in(ADDRESS, NEW)

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).status == 401
        assert read_account(reply.cookie).status == 200
        assert log_in(ADDRESS, NEW).status == 201
        kinds = [notice["kind"]["S"] for notice in items(self.cloud.dynamodb, "notice")]
        assert kinds.count("password_replaced") == 1


class StartEmailChange(WithAccount):
    routes = (("POST", CHANGES),)

    def act(self) -> Reply:
        return start_change(self.cookie)

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        change_id = reply.json["change_id"]
        assert confirm_change(self.cookie, change_id, newest_code(NEW_ADDRESS)).status == 200


class StartEmailChangeWithKey(StartEmailChange):
    routes = (("POST", CHANGES),)

    def act(self) -> Reply:
        return start_change(self.cookie, headers={"Idempotency-Key": "one-press"})

    def check(self, reply: Reply) -> None:
        requested = items(self.cloud.dynamodb, "mail_request")
        assert len([one for one in requested if one["purpose"]["S"] == "email_change"]) == 1
        super().check(reply)


class StartAnotherEmailChange(StartEmailChange):
    """The first one waits for its code in another tab."""

    routes = (("POST", CHANGES),)

    def arrange(self) -> None:
        super().arrange()
        assert start_change(self.cookie, "third@example.org").status == 202
        self.fake_clock.forward(minutes=1)


class WithEmailChange(WithAccount):
    def arrange(self) -> None:
        super().arrange()
        self.change_id = str(start_change(self.cookie).json["change_id"])
        deliver(self.cloud.dynamodb)
        self.fake_clock.forward(seconds=61)


class LookAtEmailChange(WithEmailChange):
    routes = (("GET", CHANGE),)

    def act(self) -> Reply:
        return change_step("GET", self.change_id, cookie=self.cookie)

    def check(self, reply: Reply) -> None:
        assert reply.json["state"] == "open"


class SendNewEmailChangeCode(WithEmailChange):
    routes = (("POST", f"{CHANGE}/code"),)

    def act(self) -> Reply:
        return change_step("POST", self.change_id, "code", cookie=self.cookie)

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        code = newest_code(NEW_ADDRESS)
        assert confirm_change(self.cookie, self.change_id, code).status == 200


class ConfirmEmailChange(WithEmailChange):
    routes = (("POST", f"{CHANGE}/confirm"),)

    def act(self) -> Reply:
        return confirm_change(self.cookie, self.change_id, newest_code(NEW_ADDRESS))

    def follow(self, step: str) -> Reply:
        # It was changed and only the answer was lost: the session that asked has ended.
        assert step == "log_in"
        return log_in(NEW_ADDRESS)

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).status == 401
        assert read_account(reply.cookie).json["email"] == NEW_ADDRESS
        assert log_in(ADDRESS).code == "wrong_credentials"
        redrive()
        assert undo_token()


class UndoEmailChange(WithEmailChange):
    routes = (("POST", UNDO),)
    method = "POST"

    def arrange(self) -> None:
        super().arrange()
        code = newest_code(NEW_ADDRESS)
        assert confirm_change(self.cookie, self.change_id, code).status == 200
        redrive()
        self.token = undo_token()
        self.fake_clock.forward(seconds=1)

    def act(self) -> Reply:
        return undo(self.token, self.method)

    def follow(self, step: str) -> Reply:
        # It was undone and only the answer was lost; the page says to reset the password.
        assert step == "reset_password"
        return Reply(204, {}, "")

    def check(self, reply: Reply) -> None:
        assert [log_in(one).code for one in (ADDRESS, NEW_ADDRESS)] == ["wrong_credentials"] * 2
        self.fake_clock.forward(seconds=1)
        begun = call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})
        deliver(self.cloud.dynamodb)
        reset_id = str(begun.json["reset_id"])
        assert complete(reset_id, verify(reset_id).json["reset_token"]).status == 204
        assert log_in(ADDRESS, NEW).status == 201


class ShowUndoPage(UndoEmailChange):
    routes = (("GET", UNDO),)
    method = "GET"

    def check(self, reply: Reply) -> None:
        assert reply.headers["Location"] == [f"https://media.example.org/undo#{self.token}"]
        assert log_in(NEW_ADDRESS, PASSWORD).status == 201


class CreateKey(WithAccount):
    routes = (("POST", KEYS),)

    def act(self) -> Reply:
        return make_key(self.cookie)

    def check(self, reply: Reply) -> None:
        assert load_by(reply.json["key"]).status == 201


class ListKeys(WithAccount):
    routes = (("GET", KEYS),)

    def arrange(self) -> None:
        super().arrange()
        self.key = make_key(self.cookie).json

    def act(self) -> Reply:
        return list_keys(self.cookie)

    def check(self, reply: Reply) -> None:
        assert [one["key_id"] for one in reply.json["items"]] == [self.key["key_id"]]


class RevokeKey(ListKeys):
    routes = (("DELETE", KEY),)

    def act(self) -> Reply:
        return revoke_key(self.cookie, self.key["key_id"])

    def check(self, reply: Reply) -> None:
        assert load_by(self.key["key"]).code == "key_refused"
        kinds = [one["kind"]["S"] for one in items(self.cloud.dynamodb, "journal")]
        assert kinds.count("key_revoked") == 1


class MakeLinkWithKey(ListKeys):
    routes = (("POST", uploads.LINK),)

    def act(self) -> Reply:
        return load_by(self.key["key"])

    def check(self, reply: Reply) -> None:
        assert uploads.follow(reply.json["download_url"]).status == 302


class ReadVideosWithKey(ListKeys):
    routes = (("GET", "/videos"),)

    def act(self) -> Reply:
        return call(catalogue_app, "GET", "/videos", headers=bearer(self.key["key"]))

    def check(self, reply: Reply) -> None:
        assert reply.status == 200


def load_by(key: str) -> Reply:
    body = {"rendition": "preview-mp4", "terms_version": TERMS}
    path = {"video_id": uploads.VIDEO}
    return call(downloads_app, "POST", uploads.LINK, path=path, body=body, headers=bearer(key))


CREDENTIAL_SCENARIOS = (
    CreateKey,
    ListKeys,
    RevokeKey,
    MakeLinkWithKey,
    ReadVideosWithKey,
    ChangePassword,
    StartEmailChange,
    StartEmailChangeWithKey,
    StartAnotherEmailChange,
    LookAtEmailChange,
    SendNewEmailChangeCode,
    ConfirmEmailChange,
    UndoEmailChange,
    ShowUndoPage,
)
