"""The web application."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from goldentime.eval.log import versions
from goldentime.eval.service import api, organiser, pages
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.leases import expire
from goldentime.eval.service.render import page
from goldentime.eval.service.tables import Team
from goldentime.eval.service.uploads import sweep_uploads
from goldentime.eval.service.web import Heads, Service, signed_in

__all__ = ["make_app"]

_SWEEP_S = 5.0
_GONE = 499
_ABOUT = """Hand in archives of `goldentime submit pack`, and follow what becomes of them.

Every request shows the team's token: `Authorization: Bearer TOKEN`. What can't be done is answered with one sentence that
names the field, what was expected and what came: `{"error": "sha256: expected 64 hexadecimal digits, got 'x'"}`.
"""


def make_app(service: Service, sweep_s: float = _SWEEP_S) -> FastAPI:
    """The application of a service.

    Args:
        sweep_s: between looks for leases that ran out and for uploads that a kill left.
    """

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_sweep, service)
        sweeping = asyncio.create_task(_keep_sweeping(service, sweep_s))
        yield
        sweeping.cancel()

    app = FastAPI(
        title="Golden Time referee",
        version=versions()["goldentime"],
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=alive,
    )
    app.state.service = service
    app.include_router(api.router)
    app.include_router(pages.router)
    app.include_router(organiser.router)
    app.add_exception_handler(Fault, _fault)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_middleware(Heads)
    return app


def _sweep(service: Service) -> None:
    expire(service.database, service.leases)
    sweep_uploads(service.home, service.database)


async def _keep_sweeping(service: Service, sweep_s: float) -> None:
    while True:
        await asyncio.sleep(sweep_s)
        try:
            await run_in_threadpool(_sweep, service)
        except (Fault, OSError) as error:
            print(f"service: {error}", file=sys.stderr)


def _answer(request: Request, status: int, text: str) -> Response:
    """The same sentence for programs and for people."""
    heads = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": text}, status, heads)
    try:
        visitor = signed_in(request)
    except Fault:
        visitor = None
    who = visitor.name if isinstance(visitor, Team) else visitor
    values = {"who": who, "is_organiser": visitor == "organiser", "status": status, "text": text}
    return page(request, "problem", values, status)


def _fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, Fault)
    return _answer(request, error.status, error.text)


def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _answer(request, 404, f"path: expected one of this service, got {request.url.path[:80]!r}")
    if error.status_code == 405:
        return _answer(request, 405, f"method: expected another one for this path, got {request.method}")
    return _answer(request, error.status_code, str(error.detail))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    told = []
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0])
        missing = item["type"] == "missing"
        told.append(f"{field}: missing" if missing else f"{field}: {item['msg']}, got {str(item['input'])[:80]!r}")
    return _answer(request, 422, "; ".join(told))


def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=_GONE)
