"""What all routes share: the service behind them, who asks, and the heads of answers."""

import time
from urllib.parse import urlsplit

from sqlalchemy import select
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goldentime.eval.engines.choose import ENGINES
from goldentime.eval.service.database import Database
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.home import Home
from goldentime.eval.service.leases import LeaseOptions
from goldentime.eval.service.tables import Team
from goldentime.eval.service.tokens import fits, hash_of, id_of, open_session, session_of
from goldentime.eval.service.uploads import Door

__all__ = [
    "COOKIE",
    "ORGANISER",
    "Heads",
    "Service",
    "bearer_team",
    "check_origin",
    "service_of",
    "signed_in",
]

COOKIE = "goldentime"
ORGANISER = "organiser"

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_BOARD = "sandbox allow-scripts allow-downloads; frame-ancestors 'none'"
"""The board shows what strangers wrote and replays run scripts: they get an origin of their own, without our cookies."""


class Service:
    """All that the routes work on.

    Args:
        no_wall: whether rounds may be opened whose submissions run as the service's own user.
    """

    def __init__(self, home: Home, database: Database, leases: LeaseOptions, *, no_wall: bool = False) -> None:
        self.home, self.database, self.leases = home, database, leases
        self.engines = ("auto", *(name for name in ENGINES if no_wall or name != "process"))
        self.door = Door(home, database)
        self._session_key = home.session_key()

    def organiser_hash(self) -> str:
        """Of the token in the file as it is now, so that a new one counts at once."""
        return hash_of(self.home.organiser_token())

    def sign_in(self, token: str) -> str:
        """The cookie for a token.

        Raises:
            Fault: it is nobody's.
        """
        organiser = self.organiser_hash()
        if fits(token, organiser):
            return open_session(self._session_key, ORGANISER, organiser, time.time())
        team = self.team_by_token(token)
        return open_session(self._session_key, str(team.id), team.token_hash, time.time())

    def team_by_token(self, token: str) -> Team:
        """Whose token it is.

        Raises:
            Fault: nobody's.
        """
        public = id_of(token)
        team = self.database.read(lambda session: session.scalar(select(Team).where(Team.token_id == public)))
        if not fits(token, team.token_hash if team else "0" * 64) or team is None:
            raise Fault(401, "token: expected a team's token, got another text")
        return team

    def visitor(self, cookie: str) -> "Team | str | None":
        """The team of a session, `organiser`, or nobody."""
        who = cookie.partition(".")[0]
        if who == ORGANISER:
            stored = {ORGANISER: self.organiser_hash()}
            return session_of(self._session_key, cookie, stored, time.time())
        if not who.isdecimal() or len(who) > 9:
            return None
        team = self.database.read(lambda session: session.get(Team, int(who)))
        if team is None or session_of(self._session_key, cookie, {who: team.token_hash}, time.time()) is None:
            return None
        return team


def service_of(connection: HTTPConnection) -> Service:
    """The service that an app was made for."""
    found: Service = connection.app.state.service
    return found


def bearer_team(request: Request) -> Team:
    """The team that a program's request comes from.

    Raises:
        Fault: it shows no token, or one that is nobody's.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Fault(401, "Authorization: expected 'Bearer TOKEN', got none")
    return service_of(request).team_by_token(token.strip())


def signed_in(request: Request) -> "Team | str | None":
    """Who opens a page: a team, `organiser` or nobody."""
    cookie = request.cookies.get(COOKIE)
    return service_of(request).visitor(cookie) if cookie else None


def check_origin(request: Request) -> None:
    """Refuse what another site's page makes a browser send; the cookie is SameSite=Strict besides.

    Raises:
        Fault: it comes from elsewhere, or does not say from where.
    """
    origin = request.headers.get("origin")
    own = request.headers.get("host", "")
    if origin is None and request.headers.get("sec-fetch-site") == "same-origin":
        return
    if origin is None or urlsplit(origin).netloc != own:
        raise Fault(403, f"Origin: expected {own}, got {(origin or 'none')[:100]}")


class Heads:
    """Puts the heads on every answer that keep a browser from doing what we don't ask for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        board = scope["path"].startswith("/board/")
        public = board or scope["path"].startswith("/static/")

        async def with_heads(message: Message) -> None:
            if message["type"] == "http.response.start":
                heads = MutableHeaders(scope=message)
                heads["Content-Security-Policy"] = _BOARD if board else _PAGE
                heads["X-Content-Type-Options"] = "nosniff"
                heads["X-Frame-Options"] = "DENY"
                heads["Referrer-Policy"] = "same-origin"  # with none at all, browsers hide the origin of forms too
                heads["Cross-Origin-Opener-Policy"] = "same-origin"
                heads["Cross-Origin-Resource-Policy"] = "same-origin"
                heads.setdefault("Cache-Control", "no-cache" if public else "no-store")
            await send(message)

        await self._app(scope, receive, with_heads)
