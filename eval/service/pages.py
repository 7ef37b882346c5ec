"""The pages of visitors and teams."""

import mimetypes
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from goldentime.eval.service.api import Number, drained, own_submission
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.form import UploadForm, read_form
from goldentime.eval.service.publish import board_state
from goldentime.eval.service.render import FOLDER, page
from goldentime.eval.service.tables import Team
from goldentime.eval.service.tokens import SESSION_S
from goldentime.eval.service.uploads import Offer, check_hash
from goldentime.eval.service.views import counts_of, log_file, log_names, logged_episodes, rounds_of, submissions_of
from goldentime.eval.service.web import COOKIE, ORGANISER, check_origin, service_of, signed_in

__all__ = ["forward", "html", "router"]

_ASSETS = {
    "htmx.min.js": "text/javascript; charset=utf-8",
    "service.js": "text/javascript; charset=utf-8",
    "service.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FONT = "korean.otf"
_KOREAN = "NotoSansKR"
_OURS = Depends(check_origin)

router = APIRouter(include_in_schema=False)
Visitor = Annotated[Team | str | None, Depends(signed_in)]


def html(request: Request, name: str, visitor: Team | str | None, values: Mapping[str, Any], status: int = 200) -> Response:
    """A page with its head."""
    who = visitor.name if isinstance(visitor, Team) else visitor
    return page(request, name, {"who": who, "is_organiser": visitor == ORGANISER, **values}, status)


def forward(request: Request, address: str) -> Response:
    """Go to another page after a form, with and without JavaScript."""
    if request.headers.get("hx-request"):
        return Response(headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def team_of(visitor: Visitor) -> Team:
    """The team that is signed in.

    Raises:
        Fault: none is.
    """
    if not isinstance(visitor, Team):
        raise Fault(401, "session: expected a team that is signed in, got none")
    return visitor


Member = Annotated[Team, Depends(team_of)]


@router.get("/")
def home(request: Request, visitor: Visitor) -> Response:
    """Rounds, the board, and where to sign in."""
    service = service_of(request)
    values = {"rounds": rounds_of(service.database), "board": board_state(service.home), "problem": ""}
    return html(request, "home", visitor, values)


@router.post("/sign-in", dependencies=[_OURS])
async def sign_in(request: Request) -> Response:
    """Begin a session."""
    token = (await read_form(request)).get("token", "").strip()
    service = service_of(request)
    try:
        cookie = await run_in_threadpool(service.sign_in, token)
    except Fault as fault:
        rounds = await run_in_threadpool(rounds_of, service.database)
        values = {"rounds": rounds, "board": board_state(service.home), "problem": fault.text}
        return html(request, "home", None, values, fault.status)
    response = forward(request, "/organiser" if cookie.startswith(f"{ORGANISER}.") else "/team")
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict", secure=secure)
    return response


@router.post("/sign-out", dependencies=[_OURS])
def sign_out(request: Request) -> Response:
    """End it."""
    response = forward(request, "/")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _team_page(request: Request, team: Team, problem: str = "", status: int = 200) -> Response:
    database = service_of(request).database
    rounds = rounds_of(database, team.id)
    values = {"rounds": rounds, "submissions": submissions_of(database, team.id), "problem": problem}
    return html(request, "team", team, values, status)


@router.get("/team")
def team_page(request: Request, team: Member) -> Response:
    """Upload, and all submissions."""
    return _team_page(request, team)


@router.get("/team/submissions")
def team_table(request: Request, team: Member) -> Response:
    """The table alone, for the page to refresh."""
    return page(
        request, "table", {"submissions": submissions_of(service_of(request).database, team.id), "organiser": False}
    )


@router.post("/team/rounds/{name}", dependencies=[_OURS])
async def hand_in(request: Request, team: Member, name: str) -> Response:
    """Take an archive from the form."""
    stream: Any = request.stream()
    try:
        form = UploadForm(request)
        stream = form.pieces()
        await form.begin()
        length = request.headers.get("content-length", "")
        given = check_hash(form.fields.get("sha256"))
        offer = Offer(team=team.name, round=name, sha256=given, length=int(length) if length.isdecimal() else None)
        await service_of(request).door.take(offer, stream)
    except Fault as fault:
        await drained(stream)
        return await run_in_threadpool(_team_page, request, team, fault.text, fault.status)
    return forward(request, "/team")


@router.get("/team/submissions/{number}")
def submission_page(request: Request, team: Member, number: Number) -> Response:
    """One submission and its logs."""
    return html(request, "submission", team, _details(request, team, number))


@router.get("/team/submissions/{number}/details")
def submission_details(request: Request, team: Member, number: Number) -> Response:
    """What moves on that page, for it to refresh."""
    return page(request, "details", _details(request, team, number))


def _details(request: Request, team: Team, number: int) -> dict[str, Any]:
    one, folder = own_submission(request, team, number), service_of(request).home
    return {"one": one, "logs": log_names(folder, one.run), "flights": logged_episodes(folder, one.run)}


@router.get("/team/submissions/{number}/logs/{name}")
def submission_log(request: Request, team: Member, number: Number, name: str) -> Response:
    """A log as plain text."""
    path = log_file(service_of(request).home, own_submission(request, team, number).run, name)
    return FileResponse(path, media_type="text/plain; charset=utf-8")


@router.get("/static/{name}")
def asset(name: str) -> Response:
    """Style and scripts."""
    korean = korean_font() if name == _FONT else None
    if korean is not None:
        return FileResponse(korean, media_type="font/otf", headers={"Cache-Control": "max-age=604800"})
    if name not in _ASSETS:
        raise Fault(404, f"file: expected one of {', '.join(_ASSETS)}, got {name[:80]!r}")
    return FileResponse(FOLDER / name, media_type=_ASSETS[name])


def korean_font() -> Path | None:
    """For browsers without a font for Korean, where the extra `see` has brought one."""
    if find_spec("PIL") is None:
        return None
    from goldentime.envs.signage.fonts import font_names, font_path

    return Path(str(font_path(_KOREAN))) if _KOREAN in font_names() else None


@router.get("/board")
def board_address() -> Response:
    """With its slash, so that links within the board hold."""
    return RedirectResponse("/board/", 308)


@router.get("/board/{path:path}")
def board(request: Request, path: str) -> Response:
    """The public board, as `goldentime board build` leaves it in a folder."""
    root = service_of(request).home.board
    if not root.is_dir():
        time.sleep(0.2)  # it is swapped for a new one by two renames
    found = (root / (path or "index.html")).resolve()
    if found.is_relative_to(root) and found.is_file():
        return FileResponse(found, media_type=_type_of(found))
    raise Fault(404, f"board: expected one of its pages, got {path[:80]!r}")


def _type_of(path: Path) -> str:
    known = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


@router.get("/health")
def health(request: Request) -> dict[str, int]:
    """For monitors: that the database answers, and how many submissions are in which state."""
    return counts_of(service_of(request).database)
