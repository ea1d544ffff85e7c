"""Decides how an account is shown, and which cookies sign a browser in."""

from pydantic import BaseModel

from newsreel import clock
from newsreel.accounts import devices, session_auth
from newsreel.accounts.devices import Browser
from newsreel.accounts.records import Account
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.sessions import NewSession
from newsreel.accounts.web.models import AccountView, SignedInView
from newsreel.http import cookies
from newsreel.http.api import Response
from newsreel.http.browser import name_of
from newsreel.http.request import Request, SignedIn
from newsreel.policy import POLICY


def view_account(account: Account | SignedIn) -> AccountView:
    """Return an account as its owner sees it."""
    return AccountView(
        account_id=account.account_id,
        email=account.email if isinstance(account, SignedIn) else account.email.text,
        language=account.language,
        newsletter=account.newsletter,
        newsletter_since=_since(account) if account.newsletter else None,
        terms_version=account.terms_version or None,
        created_at=clock.rfc3339(account.created_at),
    )


def _since(account: Account | SignedIn) -> str | None:
    # Accounts that subscribed before this time was recorded have none.
    return clock.rfc3339(account.newsletter_at) if account.newsletter_at else None


def signed_in(new_session: NewSession) -> Response:
    """Return 201 with the account and the session's cookies."""
    return Response(
        201,
        SignedInView(account=view_account(new_session.account)),
        cookies=_cookies_of(new_session),
    )


def renewed(new_session: NewSession, status: int = 204, body: BaseModel | None = None) -> Response:
    """Return an answer with the cookies of the session that replaces the browser's own."""
    return Response(status, body, cookies=_cookies_of(new_session))


def _cookies_of(new_session: NewSession) -> tuple[str, ...]:
    return (
        *cookies.sign_in(new_session.token, new_session.max_age),
        cookies.mark_device(new_session.device_cookie, POLICY.session.device_life),
    )


def own_session(request: Request) -> SessionKey:
    """Return where the table has the session of a private route's request."""
    return SessionKey(request.account.account_id, request.account.session_hash)


def presented_session(request: Request) -> SessionKey | None:
    """Return the session that the browser had before this request, which a new one replaces."""
    return session_auth.key_of(request.cookies.get(cookies.SESSION))


def browser_of(request: Request) -> Browser:
    """Return the browser that a request came from."""
    return devices.from_cookie(
        request.cookies.get(cookies.DEVICE), name_of(request.headers), request.country
    )
