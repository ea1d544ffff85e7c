"""What people did before an update, and what they come back to after it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests

from tests.local_stack.client import TERMS, Client, Person
from tests.local_stack.upload import Folder
from tests.support import media_files

if TYPE_CHECKING:
    from tests.rehearsal.world import World

# What the pages of the release before call the text under the box; the API keeps it as it comes.
NEWSLETTER = {"text_version": "2026-01", "language": "en", "place": "account"}


EMBARGO = timedelta(days=300)


@dataclass
class People:
    """A member with a link, people whose codes are mailed, folders in each state."""

    member: Person
    resetting: Person
    registering: Person
    flow: dict[str, Any]
    code: str
    reset: dict[str, Any]
    reset_code: str
    link: str
    published: Folder
    waiting: Folder
    embargoed: Folder
    mails: dict[str, int]
    newcomer: Person | None = None
    newer_link: str = ""
    newer_flow: tuple[Person, dict[str, Any], str] | None = None

    @classmethod
    def use(cls, world: "World") -> "People":
        """Do all of it on the version that is deployed."""
        stack, s3 = world.stack, world.client("s3")
        published, waiting, embargoed = (
            Folder(stack, s3, f"2026-02-14-{name}-{secrets.token_hex(2)}")
            for name in ("published", "waiting", "embargoed")
        )
        published.put_metadata()
        published.put("a.mp4", media_files.make(media_files.PREVIEW))
        waiting.put("a.mp4", media_files.make(media_files.PREVIEW))
        embargo = datetime.now(UTC) + EMBARGO
        embargoed.put_metadata(publish_at=embargo.strftime("%Y-%m-%dT%H:%M:%SZ"))
        embargoed.put("a.mp4", media_files.make(media_files.PREVIEW))
        member, resetting, registering = (Person.new(stack) for _ in range(3))
        member.register()
        resetting.register()
        answer = member.client.send("PUT", "/api/account/newsletter", json=NEWSLETTER)
        assert answer.ok, answer.text
        flow, code = registering.start(), registering.inbox.code()
        reset = start_reset(resetting)
        link = make_link(member, published)
        embargoed.receipt({"metadata.json", "a.mp4"})
        return cls(
            member, resetting, registering, flow, code, reset, resetting.inbox.code(2), link,
            published, waiting, embargoed,
            {one.email: len(one.inbox.mails()) for one in (member, registering)},
        )  # fmt: skip

    def use_this_version(self, world: "World") -> None:
        """Begin something new, which the release before is to find when it is back."""
        newcomer = self.newcomer
        if newcomer is None:
            newcomer = self.newcomer = Person.new(world.stack)
            newcomer.register()
        self.newer_link = make_link(newcomer, self.published)
        somebody = Person.new(world.stack)
        self.newer_flow = somebody, somebody.start(), somebody.inbox.code()
        for one in (self.member, self.registering, newcomer, somebody):
            self.mails[one.email] = len(one.inbox.mails())


def start_reset(person: Person) -> dict[str, Any]:
    """Ask for a reset from a browser of its own."""
    client = Client(person.client.stack)
    answer = client.post("/api/password-resets", {"email": person.email})
    assert answer.status_code == 202, answer.text
    return {"client": client, **answer.json()}


def make_link(person: Person, folder: Folder) -> str:
    """Return a link to the one file of a folder, once it is published."""
    video = folder.video(lambda answer: answer.ok and bool(answer.json()["renditions"])).json()
    wanted = {"rendition": video["renditions"][0]["rendition_id"], "terms_version": TERMS}
    answer = person.client.post(f"/api/videos/{folder.video_id}/downloads", wanted)
    assert answer.status_code == 201, answer.text
    link: str = answer.json()["download_url"]
    return link


def confirm(person: Person, flow: dict[str, Any], code: str) -> requests.Response:
    """Enter a code of a registration."""
    path = f"/api/registrations/{flow['registration_id']}/confirm"
    return person.client.post(path, {"code": code})


def download(link: str) -> bytes:
    """Return what a link leads to."""
    answer = requests.get(link, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.content
