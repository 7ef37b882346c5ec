"""The organiser's pages."""

from collections.abc import Callable, Sequence
from typing import Any

import yaml
from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from goldentime.errors import ConfigError, GoldenTimeError
from goldentime.eval.service import organising
from goldentime.eval.service.api import Number
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.form import read_form
from goldentime.eval.service.pages import Visitor, forward, html
from goldentime.eval.service.publish import board_state
from goldentime.eval.service.render import page
from goldentime.eval.service.rounds import RoundForm, add_team, open_round, renew_token, set_open
from goldentime.eval.service.views import rounds_of, submissions_of, teams_of
from goldentime.eval.service.web import ORGANISER, check_origin, service_of
from goldentime.missions.registry import mission_names
from goldentime.records import load

__all__ = ["router"]


def organiser_only(visitor: Visitor) -> None:
    """Let nobody else in.

    Raises:
        Fault: it is not the organiser who asks.
    """
    if visitor != ORGANISER:
        raise Fault(401, "session: expected the organiser, got somebody else")


router = APIRouter(prefix="/organiser", include_in_schema=False, dependencies=[Depends(organiser_only)])
_OURS = Depends(check_origin)


def _overview(request: Request, problem: str = "", token: tuple[str, str] | None = None, status: int = 200) -> Response:
    service = service_of(request)
    values = {
        "rounds": rounds_of(service.database),
        "teams": teams_of(service.database),
        "submissions": submissions_of(service.database),
        "board": board_state(service.home),
        "missions": mission_names(),
        "engines": service.engines,
        "database": service.database.kind,
        "folder": str(service.home.path),
        "problem": problem,
        "token": token,
    }
    return html(request, "organiser", ORGANISER, values, status)


async def _done(request: Request, action: Callable[[], object]) -> Response:
    """Do it and show the page anew, or the page with what was wrong."""
    try:
        await run_in_threadpool(action)
    except GoldenTimeError as error:
        status = error.status if isinstance(error, Fault) else 422
        return await run_in_threadpool(_overview, request, str(error), None, status)
    return forward(request, "/organiser")


@router.get("")
def overview(request: Request) -> Response:
    """Everything on one page."""
    return _overview(request)


@router.get("/submissions")
def table(request: Request) -> Response:
    """The table alone, for the page to refresh."""
    return page(request, "table", {"submissions": submissions_of(service_of(request).database), "organiser": True})


@router.post("/rounds", dependencies=[_OURS])
async def new_round(request: Request) -> Response:
    """Open a round."""
    form = await read_form(request)
    service = service_of(request)
    return await _done(request, lambda: open_round(service.home, service.database, _round_form(form, service.engines)))


def _round_form(form: dict[str, str], engines: Sequence[str]) -> RoundForm:
    told: dict[str, Any] = {key: value.strip() for key, value in form.items() if value.strip()}
    for name in ("settings", "limits"):
        if name in told:
            told[name] = _mapping(name, told[name])
    found = load(RoundForm, told, "round")
    if found.engine not in engines:
        raise ConfigError(
            f"round.engine: expected one of {', '.join(engines)}, got {found.engine}, which has no wall: for agents of "
            "your own, start the service with --no-wall"
        )
    return found


def _mapping(name: str, text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"round.{name}: expected YAML or JSON, got {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"round.{name}: expected a mapping such as {{step_s: 0.5}}, got {text[:80]!r}")
    return found


@router.post("/rounds/{name}/open", dependencies=[_OURS])
async def reopen(request: Request, name: str) -> Response:
    """Let teams hand in again."""
    return await _done(request, lambda: set_open(service_of(request).database, name, True))


@router.post("/rounds/{name}/close", dependencies=[_OURS])
async def close(request: Request, name: str) -> Response:
    """Let teams hand in no more."""
    return await _done(request, lambda: set_open(service_of(request).database, name, False))


@router.post("/teams", dependencies=[_OURS])
async def new_team(request: Request) -> Response:
    """Add a team and show its token, this once."""
    name = (await read_form(request)).get("name", "").strip()
    return await _token(request, name, lambda: add_team(service_of(request).database, name).text)


@router.post("/teams/token", dependencies=[_OURS])
async def new_token(request: Request) -> Response:
    """A new token for a team."""
    name = (await read_form(request)).get("name", "").strip()
    return await _token(request, name, lambda: renew_token(service_of(request).database, name).text)


async def _token(request: Request, name: str, make: Callable[[], str]) -> Response:
    try:
        text = await run_in_threadpool(make)
    except Fault as fault:
        return await run_in_threadpool(_overview, request, fault.text, None, fault.status)
    return await run_in_threadpool(_overview, request, "", (name, text))


@router.post("/submissions/{number}/requeue", dependencies=[_OURS])
async def requeue(request: Request, number: Number) -> Response:
    """Fly again what the referee broke."""
    anew = (await read_form(request)).get("anew", "") == "yes"
    service = service_of(request)
    return await _done(request, lambda: organising.requeue(service.home, service.database, number, anew=anew))


@router.post("/submissions/{number}/withdraw", dependencies=[_OURS])
async def withdraw(request: Request, number: Number) -> Response:
    """Take it off the board."""
    reason = (await read_form(request)).get("reason", "").strip()
    service = service_of(request)
    return await _done(request, lambda: organising.withdraw(service.home, service.database, number, reason))
