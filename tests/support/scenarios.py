"""Every route once, as a person uses it: the steps before, the request, and the expected end.

A scenario starts from the beginning for each fault. ``follow`` does what a refusal's ``next`` says,
as the page would; ``check`` verifies the person's result.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from newsreel.aws import clients
from newsreel.aws.keyring import read_keyring
from newsreel.catalogue.model import Rendition, Transcript, Turn, Video
from newsreel.catalogue.records import (
    FolderRecord,
    FolderResult,
    StoredObject,
    TranscriptRecord,
    VideoRecord,
)
from newsreel.catalogue.table import CatalogueTable
from newsreel.newsletter import tokens

from functions.account import app as account_app
from functions.catalogue import app as catalogue_app
from functions.newsletter import app as newsletter_app
from functions.password_reset import app as reset_app
from tests.support import uploads
from tests.support.accounts import (
    CODE,
    CONFIRM,
    FLOW,
    REGISTRATIONS,
    Reply,
    call,
    confirm,
    deliver,
    items,
    log_in,
    log_out,
    look,
    mails,
    newest_code,
    open_account,
    read_account,
    register,
    send_new_code,
)
from tests.support.credentials import NEW
from tests.support.invariants import redrive
from tests.support.reset_steps import complete, reset_step

if TYPE_CHECKING:
    from tests.support.cloud import Cloud, FakeClock

ADDRESS = "jane@example.org"
TERMS = "2026-01"
STEPS = 8
"""The number of steps after which a person gives up."""
SHELL = """<!doctype html><html lang="en"><head><!-- newsreel:head --></head>
<body><!-- newsreel:skips --><!-- newsreel:main --><!-- newsreel:list --></body></html>"""


def publish() -> None:
    """Put one video with its transcript into the catalogue, and the website's shells beside it."""
    file = Rendition(
        rendition_id="preview-mp4",
        kind="preview",
        label="MP4",
        file_name="preview.mp4",
        size_bytes=7,
        container="mp4",
    )
    since = "2026-02-14T00:00:00Z"
    video = Video(video_id=uploads.VIDEO, title="Doorstep", published_at=since, renditions=[file])
    stored = StoredObject(f"incoming/{uploads.VIDEO}/preview.mp4", "v1", '"e"', since)
    transcript = Transcript(
        video_id=uploads.VIDEO,
        language="en",
        state="checked",
        timed=True,
        version=1,
        turns=[Turn(number=1, kind="statement", text=["Good to see you."], start=0.0, end=1.5)],
    )
    cues = (((0, 1500, "Good to see you."),),)
    record = VideoRecord(video, "published", objects={"preview-mp4": stored})
    outcome = FolderResult("{}", "{}", record, TranscriptRecord(transcript, cues))
    CatalogueTable("catalogue").save_folder(uploads.VIDEO, FolderRecord(), outcome)
    for language in ("en", "fr"):
        for page in ("catalogue", "video"):
            key = f"shells/{language}/{page}.html"
            clients.s3().put_object(Bucket=uploads.SITE, Key=key, Body=SHELL.encode())


class Scenario:
    """One request to one route; each subclass is a route."""

    routes: ClassVar[tuple[tuple[str, str], ...]]
    goal: ClassVar[range] = range(200, 400)
    """The statuses with which it ends well."""

    def __init__(self, cloud: "Cloud", fake_clock: "FakeClock") -> None:
        self.cloud, self.fake_clock = cloud, fake_clock
        self.arrange()

    def arrange(self) -> None:
        """Do the steps before the request."""

    def act(self) -> Reply:
        """Send the request."""
        raise NotImplementedError

    def follow(self, step: str) -> Reply:
        """Do a step other than trying again or waiting."""
        raise AssertionError(f"nothing to do for {step}")

    def check(self, reply: Reply) -> None:
        """Check that the person has the intended result."""


def pursue(scenario: Scenario, reply: Reply) -> Reply:
    """Do what each refusal says until there is no refusal."""
    for _ in range(STEPS):
        if reply.status in scenario.goal:
            return reply
        step = reply.json["next"]
        if step in {"try_again", "wait"}:
            scenario.fake_clock.forward(seconds=int(reply.headers["Retry-After"][0]))
            reply = scenario.act()
        else:
            reply = scenario.follow(step)
    raise AssertionError(f"no way out: {reply.text}")


class StartRegistration(Scenario):
    routes = (("POST", REGISTRATIONS),)

    def act(self) -> Reply:
        return register(ADDRESS)

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        assert confirm(reply.json["registration_id"], newest_code(ADDRESS)).status == 201


class StartRegistrationWithKey(Scenario):
    routes = (("POST", REGISTRATIONS),)

    def act(self) -> Reply:
        return register(ADDRESS, headers={"Idempotency-Key": "one-press"})

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        assert len(items(self.cloud.dynamodb, "flow")) == 1
        assert len(items(self.cloud.dynamodb, "mail_request")) == 1
        assert confirm(reply.json["registration_id"], newest_code(ADDRESS)).status == 201


class StartRegistrationOfKnownAddress(Scenario):
    routes = (("POST", REGISTRATIONS),)

    def arrange(self) -> None:
        open_account(self.cloud.dynamodb, ADDRESS)
        redrive()

    def act(self) -> Reply:
        return register(ADDRESS)


class WithRegistration(Scenario):
    def arrange(self) -> None:
        self.flow_id = str(register(ADDRESS).json["registration_id"])
        deliver(self.cloud.dynamodb)
        self.fake_clock.forward(seconds=61)


class SendNewCode(WithRegistration):
    routes = (("POST", CODE),)

    def act(self) -> Reply:
        return send_new_code(self.flow_id)

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        assert confirm(self.flow_id, newest_code(ADDRESS)).status == 201


class LookAtRegistration(WithRegistration):
    routes = (("GET", FLOW),)

    def act(self) -> Reply:
        return look(self.flow_id)

    def check(self, reply: Reply) -> None:
        assert reply.json["state"] == "open"


class Confirm(WithRegistration):
    routes = (("POST", CONFIRM),)

    def act(self) -> Reply:
        return confirm(self.flow_id, newest_code(ADDRESS))

    def follow(self, step: str) -> Reply:
        # "Log in or reset your password": the account exists and the person knows the password.
        assert step == "log_in"
        return log_in(ADDRESS)

    def check(self, reply: Reply) -> None:
        assert read_account(reply.cookie).json["email"] == ADDRESS
        assert len(items(self.cloud.dynamodb, "account")) == 1
        assert log_in(ADDRESS).status == 201


class ConfirmWithTheLastTry(Confirm):
    routes = (("POST", CONFIRM),)

    def arrange(self) -> None:
        super().arrange()
        for _ in range(4):
            confirm(self.flow_id, "x")

    def follow(self, step: str) -> Reply:
        if step != "send_new_code":
            return super().follow(step)
        assert send_new_code(self.flow_id).status == 202
        deliver(self.cloud.dynamodb)
        return confirm(self.flow_id, newest_code(ADDRESS))


class WithAccount(Scenario):
    """Jane has an account and is signed in."""

    def arrange(self) -> None:
        self.cookie = open_account(self.cloud.dynamodb, ADDRESS).cookie
        redrive()
        self.fake_clock.forward(minutes=1)

    def on_account(self, app: Any, method: str, resource: str, **event: Any) -> Reply:
        return call(app, method, resource, cookie=self.cookie, **event)


def verify(reset_id: str, *, key: str | None = None) -> Reply:
    headers = {"Idempotency-Key": key} if key else None
    return reset_step("POST", reset_id, "verify", {"code": newest_code(ADDRESS)}, headers)


class StartReset(WithAccount):
    routes = (("POST", "/password-resets"),)

    def act(self) -> Reply:
        return call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        reset_id = reply.json["reset_id"]
        assert complete(reset_id, verify(reset_id).json["reset_token"]).status == 204
        assert log_in(ADDRESS, NEW).status == 201


class WithReset(WithAccount):
    def arrange(self) -> None:
        super().arrange()
        self.start()
        self.fake_clock.forward(seconds=61)

    def start(self) -> None:
        reply = call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})
        self.reset_id = str(reply.json["reset_id"])
        deliver(self.cloud.dynamodb)


class SendNewResetCode(WithReset):
    routes = (("POST", "/password-resets/{reset_id}/code"),)

    def act(self) -> Reply:
        return reset_step("POST", self.reset_id, "code")

    def check(self, reply: Reply) -> None:
        deliver(self.cloud.dynamodb)
        assert verify(self.reset_id).status == 200


class LookAtReset(WithReset):
    routes = (("GET", "/password-resets/{reset_id}"),)

    def act(self) -> Reply:
        return reset_step("GET", self.reset_id)


class VerifyWithKey(WithReset):
    """As the page does: a repetition gets the token of which the answer was lost."""

    routes = (("POST", "/password-resets/{reset_id}/verify"),)

    def act(self) -> Reply:
        return verify(self.reset_id, key="one-press-of-a-button")

    def check(self, reply: Reply) -> None:
        assert complete(self.reset_id, reply.json["reset_token"]).status == 204
        assert log_in(ADDRESS, NEW).status == 201


class Verify(VerifyWithKey):
    routes = (("POST", "/password-resets/{reset_id}/verify"),)

    def act(self) -> Reply:
        return verify(self.reset_id)

    def follow(self, step: str) -> Reply:
        # A code is right once, and nothing tells that this is its repetition.
        assert step == "send_new_code"
        assert reset_step("POST", self.reset_id, "code").status == 202
        deliver(self.cloud.dynamodb)
        return verify(self.reset_id)


class Complete(WithReset):
    routes = (("POST", "/password-resets/{reset_id}/complete"),)

    def arrange(self) -> None:
        super().arrange()
        self.token = str(verify(self.reset_id).json["reset_token"])

    def act(self) -> Reply:
        return complete(self.reset_id, self.token)

    def follow(self, step: str) -> Reply:
        # This browser finished the flow earlier; the page then says "updated" and offers to log in.
        assert step == "start_again"
        assert reset_step("GET", self.reset_id).json["state"] == "finished"
        return log_in(ADDRESS, NEW)

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).status == 401
        assert log_in(ADDRESS).code == "wrong_credentials"
        assert log_in(ADDRESS, NEW).status == 201
        [account] = items(self.cloud.dynamodb, "account")
        assert account["epoch"] == {"N": "2"}
        kinds = [notice["kind"]["S"] for notice in items(self.cloud.dynamodb, "notice")]
        assert kinds.count("password_changed") == 1


class LogIn(WithAccount):
    routes = (("POST", "/sessions"),)

    def act(self) -> Reply:
        return log_in(ADDRESS)

    def check(self, reply: Reply) -> None:
        assert read_account(reply.cookie).status == 200
        # An attempt whose answer was lost may count as a failure; one that succeeded does not.
        failures = [one["failures"] for one in items(self.cloud.dynamodb, "log_in_failures")]
        assert failures in ([], [{"N": "0"}], [{"N": "1"}])


class LogOut(WithAccount):
    routes = (("DELETE", "/sessions/current"),)

    def act(self) -> Reply:
        return log_out(self.cookie)

    def follow(self, step: str) -> Reply:
        # The session had ended and only the answer was lost; the browser drops its cookies now.
        assert step == "log_in"
        return log_in(ADDRESS)

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).status == 401


class ReadAccount(WithAccount):
    routes = (("GET", "/account"),)

    def act(self) -> Reply:
        return read_account(self.cookie)


class ReadAccountHoursLater(ReadAccount):
    """The request also writes the session's last use."""

    def arrange(self) -> None:
        super().arrange()
        self.fake_clock.forward(hours=2)


class ChangeLanguage(WithAccount):
    routes = (("PATCH", "/account"),)

    def act(self) -> Reply:
        return self.on_account(account_app, "PATCH", "/account", body={"language": "en"})

    def check(self, reply: Reply) -> None:
        assert reply.json["language"] == "en"


class ListSessions(WithAccount):
    routes = (("GET", "/account/sessions"),)

    def act(self) -> Reply:
        return self.on_account(account_app, "GET", "/account/sessions")

    def check(self, reply: Reply) -> None:
        assert len(reply.json["items"]) == 1


class EndSession(WithAccount):
    routes = (("DELETE", "/account/sessions/{session_id}"),)

    def arrange(self) -> None:
        super().arrange()
        self.other = log_in(ADDRESS).cookie
        listed = self.on_account(account_app, "GET", "/account/sessions").json["items"]
        [self.session_id] = [session["session_id"] for session in listed if not session["current"]]

    def act(self) -> Reply:
        return self.on_account(
            account_app,
            "DELETE",
            "/account/sessions/{session_id}",
            path={"session_id": self.session_id},
        )

    def check(self, reply: Reply) -> None:
        assert read_account(self.other).status == 401
        assert read_account(self.cookie).status == 200


class EndOtherSessions(WithAccount):
    routes = (("DELETE", "/account/sessions/others"),)

    def arrange(self) -> None:
        super().arrange()
        self.others = [log_in(ADDRESS).cookie for _ in range(2)]

    def act(self) -> Reply:
        return self.on_account(account_app, "DELETE", "/account/sessions/others")

    def check(self, reply: Reply) -> None:
        assert [read_account(cookie).status for cookie in self.others] == [401, 401]
        assert read_account(self.cookie).status == 200


class ReadJournal(WithAccount):
    routes = (("GET", "/account/journal"),)

    def act(self) -> Reply:
        return self.on_account(account_app, "GET", "/account/journal")

    def check(self, reply: Reply) -> None:
        assert [event["kind"] for event in reply.json["items"]] == ["registered"]


class ReadTerms(Scenario):
    routes = (("GET", "/terms"),)

    def act(self) -> Reply:
        return call(account_app, "GET", "/terms")


class AcceptTerms(WithAccount):
    routes = (("PUT", "/account/terms"),)

    def act(self) -> Reply:
        return self.on_account(account_app, "PUT", "/account/terms", body={"version": TERMS})

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).json["terms_version"] == TERMS
        assert items(self.cloud.dynamodb, "consent") != []


class Subscribe(WithAccount):
    routes = (("PUT", "/account/newsletter"),)

    def act(self) -> Reply:
        body = {"text_version": "2026-01", "language": "en"}
        return self.on_account(newsletter_app, "PUT", "/account/newsletter", body=body)

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).json["newsletter"] is True
        assert items(self.cloud.dynamodb, "consent") != []


class Unsubscribe(Subscribe):
    routes = (("DELETE", "/account/newsletter"),)

    def arrange(self) -> None:
        super().arrange()
        assert super().act().status == 204

    def act(self) -> Reply:
        return self.on_account(newsletter_app, "DELETE", "/account/newsletter")

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).json["newsletter"] is False


class OneClick(Subscribe):
    routes = (("POST", "/newsletter/unsubscribe/{token}"),)
    method = "POST"

    def arrange(self) -> None:
        super().arrange()
        assert super().act().status == 204
        [account] = items(self.cloud.dynamodb, "account")
        ring = read_keyring("newsreel/test/unsubscribe-keys")
        self.token = tokens.seal(account["account_id"]["S"], ring)

    def act(self) -> Reply:
        resource = "/newsletter/unsubscribe/{token}"
        return call(newsletter_app, self.method, resource, path={"token": self.token})

    def check(self, reply: Reply) -> None:
        assert read_account(self.cookie).json["newsletter"] is False


class ShowUnsubscribePage(OneClick):
    routes = (("GET", "/newsletter/unsubscribe/{token}"),)
    method = "GET"

    def check(self, reply: Reply) -> None:
        assert reply.headers["Location"] == [f"https://media.example.org/unsubscribe#{self.token}"]
        assert read_account(self.cookie).json["newsletter"] is True


class PressNotMe(WithRegistration):
    routes = (("POST", "/not-me/{token}"),)
    method, body = "POST", {"mute": "day"}

    def arrange(self) -> None:
        super().arrange()
        text = mails()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        self.token = str(text.partition("/not-me#")[2].split()[0])

    def act(self) -> Reply:
        path = {"token": self.token}
        return call(newsletter_app, self.method, "/not-me/{token}", path=path, body=self.body)

    def check(self, reply: Reply) -> None:
        assert look(self.flow_id).code == "flow_over"
        register(ADDRESS)
        sent = len(mails())
        deliver(self.cloud.dynamodb)
        assert len(mails()) == sent


class LookAtNotMe(PressNotMe):
    routes = (("GET", "/not-me/{token}"),)
    method, body = "GET", None  # type: ignore[assignment]

    def check(self, reply: Reply) -> None:
        assert reply.json == {"flow": "registration", "muted_until": None}
        assert look(self.flow_id).json["state"] == "open"


class WithLink(WithAccount):
    """One video is published and Jane holds a link to it."""

    def arrange(self) -> None:
        super().arrange()
        self.url = self.make().json["download_url"]

    def make(self) -> Reply:
        return uploads.make_link(self.cookie)


class MakeLink(WithAccount):
    routes = (("POST", uploads.LINK),)

    def act(self) -> Reply:
        return uploads.make_link(self.cookie)

    def check(self, reply: Reply) -> None:
        assert uploads.follow(reply.json["download_url"]).status == 302


class FollowLink(WithLink):
    routes = (("GET", uploads.FOLLOW),)

    def act(self) -> Reply:
        return uploads.follow(self.url)

    def check(self, reply: Reply) -> None:
        assert "X-Amz-Signature" in reply.headers["Location"][0]
        assert len(items(self.cloud.dynamodb, "download")) == 1


class ListDownloads(WithLink):
    routes = (("GET", "/account/downloads"),)

    def arrange(self) -> None:
        super().arrange()
        uploads.follow(self.url)

    def act(self) -> Reply:
        return self.on_account(account_app, "GET", "/account/downloads")

    def check(self, reply: Reply) -> None:
        assert len(reply.json["items"]) == 1


class EraseDownloads(ListDownloads):
    routes = (("DELETE", "/account/downloads"),)

    def act(self) -> Reply:
        return self.on_account(account_app, "DELETE", "/account/downloads")

    def check(self, reply: Reply) -> None:
        assert items(self.cloud.dynamodb, "download") == []


def _reading(name: str, resource: str, ask: Callable[[], Reply]) -> type[Scenario]:
    def act(_self: Scenario) -> Reply:
        return ask()

    return type(name, (Scenario,), {"routes": (("GET", resource),), "act": act})


class ShowMissing(Scenario):
    routes = (("GET", uploads.MISSING),)
    goal = range(404, 405)

    def act(self) -> Reply:
        return uploads.missing()


READING: tuple[type[Scenario], ...] = (
    ShowMissing,
    _reading("ListVideos", "/videos", uploads.list_videos),
    _reading("ListChanges", "/videos/changes", uploads.changes),
    _reading("ReadVideo", "/videos/{video_id}", uploads.read),
    _reading("ReadTranscript", "/videos/{video_id}/transcript", uploads.transcript),
    *(
        _reading(
            f"ReadTranscriptAs{form}",
            f"/videos/{{video_id}}/transcript.{form}",
            lambda form=form: uploads.transcript(form=form),  # type: ignore[misc]
        )
        for form in ("vtt", "srt", "txt")
    ),
    _reading("ShowPage", "/pages/videos/{video_id}", uploads.page),
    _reading("ShowFrenchPage", "/pages/fr/videos/{video_id}", lambda: uploads.page(language="/fr")),
    _reading("ShowHome", "/pages/{page}", lambda: uploads.document("home")),
    _reading("ShowFeed", "/pages/{page}", lambda: uploads.document("feed.atom")),
    _reading("ShowSitemap", "/pages/{page}", lambda: uploads.document("sitemap.xml")),
    _reading("ShowFrenchHome", "/pages/fr/{page}", lambda: uploads.document("home", "/fr")),
    *(
        _reading(f"Read{path}", path, lambda path=path: call(catalogue_app, "GET", path))  # type: ignore[misc]
        for path in ("/config", "/health", "/openapi.json")
    ),
)
SCENARIOS: tuple[type[Scenario], ...] = (
    StartRegistration,
    StartRegistrationWithKey,
    StartRegistrationOfKnownAddress,
    SendNewCode,
    LookAtRegistration,
    Confirm,
    ConfirmWithTheLastTry,
    StartReset,
    SendNewResetCode,
    LookAtReset,
    Verify,
    VerifyWithKey,
    Complete,
    LogIn,
    LogOut,
    ReadAccount,
    ReadAccountHoursLater,
    ChangeLanguage,
    ListSessions,
    EndSession,
    EndOtherSessions,
    ReadJournal,
    ReadTerms,
    AcceptTerms,
    Subscribe,
    Unsubscribe,
    OneClick,
    ShowUnsubscribePage,
    PressNotMe,
    LookAtNotMe,
    MakeLink,
    FollowLink,
    ListDownloads,
    EraseDownloads,
    *READING,
)
