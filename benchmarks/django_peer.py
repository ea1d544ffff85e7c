"""Answers as a Django service would: log-in and sign-up by django-allauth, and a download link.

An ordinary project in one file, as fast as it can be: SQLite in memory, no debugging, no rate
limits, no mail, and a password hash that takes no time. `peers.py` runs it in a Python with Django:
``django_peer.py <rounds> <requests a round>`` prints, for each route, the microseconds of processor
time that a request took in each round.
"""

import gc
import json
import sys
import time
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING

import boto3
import django
from botocore.config import Config
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

_PASSWORD = "Quiet-Otter-42-Maps"  # noqa: S105 - opens nothing
_CSRF = "c" * 32
_HOST = "media.example.org"

settings.configure(
    ALLOWED_HOSTS=[_HOST],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.headless",
    ],
    # The middleware of `django-admin startproject`, and allauth's own.
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ],
    PASSWORD_HASHERS=[f"{__name__}.NoHash"],
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    ACCOUNT_LOGIN_METHODS={"email"},
    ACCOUNT_SIGNUP_FIELDS=["email*", "password1*"],
    ACCOUNT_EMAIL_VERIFICATION="mandatory",
    ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED=True,
    ACCOUNT_RATE_LIMITS=False,
    HEADLESS_ONLY=True,
    HEADLESS_FRONTEND_URLS={"account_signup": f"https://{_HOST}/"},
    ROOT_URLCONF=__name__,
    SECRET_KEY="s" * 50,
    USE_TZ=True,
)
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.contrib.auth.hashers import BasePasswordHasher  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402


class NoHash(BasePasswordHasher):  # type: ignore[misc] # Django has no types
    """Hashes a password in no time."""

    algorithm = "none"

    def encode(self, _password: str, _salt: str) -> str:
        """Return a constant hash."""
        return "none$"

    def verify(self, _password: str, _encoded: str) -> bool:
        """Accept every password."""
        return True


class Asset(models.Model):  # type: ignore[misc] # Django has no types
    """A file of a video."""

    video_id = models.CharField(max_length=100)
    rendition_id = models.CharField(max_length=120)
    key = models.CharField(max_length=300)
    file_name = models.CharField(max_length=200)
    published_at = models.DateTimeField()

    class Meta:
        """Assigns the model to its application."""

        app_label = "media"
        constraints = (models.UniqueConstraint(fields=["video_id", "rendition_id"], name="file"),)

    def __str__(self) -> str:
        """Return the file name."""
        return f"{self.video_id}/{self.rendition_id}"


_s3 = boto3.client(
    "s3",
    region_name="eu-central-1",
    aws_access_key_id="testing",
    aws_secret_access_key="testing",  # noqa: S106 - opens nothing
    config=Config(signature_version="s3v4"),
)


def link(request: HttpRequest, video_id: str) -> JsonResponse:
    """Give a signed-in user a presigned URL of one file."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "not_signed_in"}, status=401)
    rendition_id = json.loads(request.body)["rendition"]
    asset = get_object_or_404(
        Asset, video_id=video_id, rendition_id=rendition_id, published_at__lte=timezone.now()
    )
    url = _s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": "media",
            "Key": asset.key,
            "ResponseContentDisposition": f'attachment; filename="{asset.file_name}"',
        },
        ExpiresIn=3600,
    )
    return JsonResponse({"url": url, "file_name": asset.file_name}, status=201)


urlpatterns = [
    path("_allauth/", include("allauth.headless.urls")),
    path("videos/<str:video_id>/downloads", link),
]
_answer = WSGIHandler()


def post(address: str, body: dict[str, str], session: str = "") -> tuple[int, dict[str, str]]:
    """Answer a browser's request; returns the status and the cookies set."""
    raw = json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": address,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(raw)),
        "SERVER_NAME": _HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "198.51.100.7",
        "HTTP_HOST": _HOST,
        "HTTP_ORIGIN": f"https://{_HOST}",
        "HTTP_REFERER": f"https://{_HOST}/",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "HTTP_COOKIE": f"csrftoken={_CSRF}" + (f"; sessionid={session}" if session else ""),
        "HTTP_X_CSRFTOKEN": _CSRF,
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(raw),
        "wsgi.errors": sys.stderr,
    }
    started: list[tuple[str, list[tuple[str, str]]]] = []
    response = _answer(environ, lambda status, headers: started.append((status, headers)))
    for _ in response:
        pass
    response.close()
    status, headers = started[0]
    set_cookies = [value for name, value in headers if name == "Set-Cookie"]
    pairs = [cookie.partition(";")[0].strip().partition("=") for cookie in set_cookies]
    return int(status[:3]), {name: value for name, _, value in pairs}


def main() -> None:
    """Measure the three routes, alternating."""
    rounds, requests = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Asset)
    yesterday = timezone.now() - timedelta(days=1)
    Asset.objects.create(
        video_id="briefing",
        rendition_id="preview-mp4",
        key="incoming/briefing/preview.mp4",
        file_name="preview.mp4",
        published_at=yesterday,
    )
    reader = User.objects.create_user("reader", "reader@example.org", _PASSWORD)
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    people = count()

    def log_in() -> tuple[int, dict[str, str]]:
        body = {"email": reader.email, "password": _PASSWORD}
        return post("/_allauth/browser/v1/auth/login", body)

    def sign_up() -> int:
        body = {"email": f"person-{next(people)}@example.org", "password": _PASSWORD}
        return post("/_allauth/browser/v1/auth/signup", body)[0]

    session = log_in()[1]["sessionid"]

    def make_link() -> int:
        return post("/videos/briefing/downloads", {"rendition": "preview-mp4"}, session)[0]

    # allauth answers 401 when it has mailed a code that must be entered next.
    routes: dict[str, tuple[int, Callable[[], int]]] = {
        "log in": (200, lambda: log_in()[0]),
        "register": (401, sign_up),
        "link": (201, make_link),
    }
    taken: dict[str, list[float]] = {name: [] for name in routes}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, (expected, send) in routes.items():
            if send() != expected:
                raise RuntimeError(f"{name} was not answered by {expected}")
            began = time.process_time_ns()
            for _ in range(requests):
                send()
            taken[name].append((time.process_time_ns() - began) / requests / 1000)
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
