"""What programs of teams ask: JSON, with a token in the head `Authorization: Bearer TOKEN`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import FileResponse

from goldentime.eval.service.faults import Fault
from goldentime.eval.service.tables import Team
from goldentime.eval.service.uploads import Offer, check_hash
from goldentime.eval.service.views import (
    RoundView,
    SubmissionView,
    log_file,
    log_names,
    rounds_of,
    submissions_of,
)
from goldentime.eval.service.web import bearer_team, service_of
from goldentime.records import record

__all__ = ["Receipt", "drained", "router"]

_DRAINED = 16 << 20
"""Bytes of a refused upload that are read all the same, so that a client which does not listen yet hears why."""

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ROUND = {
    "name": "final",
    "mission": "course2020",
    "split": "hidden-final",
    "episodes": 20,
    "quota": 10,
    "left": 9,
    "size_mib": 512,
    "is_open": True,
    "engine": "auto",
    "settings": {},
    "limits": {"step_s": 0.5},
}
SUBMISSION = {
    "id": 7,
    "team": "my team",
    "round": "final",
    "mission": "course2020",
    "name": "first try",
    "sha256": SHA,
    "size": 48213,
    "state": "done",
    "position": None,
    "outcome": "ok",
    "charged": True,
    "text": "",
    "episodes": {"ok": 19, "timeout": 1},
    "flown": 20,
    "planned": 20,
    "attempts": 1,
    "uploaded": "2026-01-31T09:00:00Z",
    "started": "2026-01-31T09:00:04Z",
    "ended": "2026-01-31T09:07:31Z",
    "run": "final-000007",
    "entry": 12,
    "worker": "",
}


@record
class Receipt:
    """The answer to an upload."""

    id: int
    new: bool
    """False where the team had handed in this archive in this round before: then `id` is that submission."""
    status: str
    """Where to ask what became of it."""


@record
class Refused:
    """The answer to what can't be done."""

    error: str
    """Names the field, what was expected and what came."""


def _shown(example: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"example": example}}}


def _refused(*rows: tuple[int, str]) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Refused, **_shown({"error": text})} for status, text in rows}


_NOBODY = (401, "token: expected a team's token, got another text")
_OTHERS = (404, "submission: expected one of your own, got 8")

router = APIRouter(prefix="/api", tags=["teams"])
Asker = Annotated[Team, Depends(bearer_team)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[7])]


@router.get("/rounds", responses={200: _shown([ROUND]), **_refused(_NOBODY)})
def list_rounds(request: Request, team: Asker) -> list[RoundView]:
    """All rounds, the newest first, with how many submissions the team has left."""
    return rounds_of(service_of(request).database, team.id)


@router.post(
    "/rounds/{name}/submissions",
    status_code=201,
    responses={
        201: _shown({"id": 7, "new": True, "status": "/api/submissions/7"}),
        **_refused(
            _NOBODY,
            (404, "round: expected one that was opened, got 'finale'"),
            (409, "round: expected an open one, got final, which is closed"),
            (413, "archive: expected at most 536870912 bytes, got more than 536870912"),
            (422, "archive: a path that leads out of the submission: '../agent.py'"),
            (429, "quota: expected at most 10 submissions of a team in round final, got one more"),
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The archive that `goldentime submit pack` wrote, as it is.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def hand_in(
    request: Request,
    response: Response,
    team: Asker,
    name: Annotated[str, Path(examples=["final"])],
    sha256: Annotated[str, Header(alias="X-Content-SHA256", examples=[SHA], description="Of the archive.")],
) -> Receipt:
    """Hand in an archive. The same archive in the same round is the same submission: ask again when no answer came."""
    length = request.headers.get("content-length", "")
    offer = Offer(
        team=team.name,
        round=name,
        sha256=check_hash(sha256),
        length=int(length) if length.isdecimal() else None,
    )
    stream = request.stream()
    try:
        number, is_new = await service_of(request).door.take(offer, stream)
    except Fault:
        await drained(stream)
        raise
    response.status_code = 201 if is_new else 200
    return Receipt(id=number, new=is_new, status=f"/api/submissions/{number}")


async def drained(stream: Any) -> None:
    """Read some of what is left of a request."""
    count = 0
    try:
        async for piece in stream:
            count += len(piece)
            if count > _DRAINED:
                return
    except (RuntimeError, Fault):
        return  # the stream was read to its end, or is no form


@router.get("/submissions", responses={200: _shown([SUBMISSION]), **_refused(_NOBODY)})
def list_submissions(request: Request, team: Asker) -> list[SubmissionView]:
    """The team's own submissions, the newest first."""
    return submissions_of(service_of(request).database, team.id)


@router.get("/submissions/{number}", responses={200: _shown(SUBMISSION), **_refused(_NOBODY, _OTHERS)})
def show_submission(request: Request, team: Asker, number: Number) -> SubmissionView:
    """One of them."""
    return own_submission(request, team, number)


def own_submission(request: Request, team: Team, number: int) -> SubmissionView:
    """A team's submission.

    Raises:
        Fault: there is none of this number, or it is another team's; the answer is the same.
    """
    found = submissions_of(service_of(request).database, team.id, number)
    if not found:
        raise Fault(404, f"submission: expected one of your own, got {number}")
    return found[0]


@router.get(
    "/submissions/{number}/logs",
    responses={200: _shown(["0000.txt", "0001.txt", "episodes.jsonl"]), **_refused(_NOBODY, _OTHERS)},
)
def list_logs(request: Request, team: Asker, number: Number) -> list[str]:
    """Names of the files that the team may read of its run."""
    return log_names(service_of(request).home, own_submission(request, team, number).run)


@router.get(
    "/submissions/{number}/logs/{name}",
    response_class=FileResponse,
    responses={
        200: {"content": {"text/plain": {"example": "--- ok\nloaded the network in 2.1 s\n"}}},
        **_refused(_NOBODY, (404, "log: expected one of this submission's logs, got '0099.txt'")),
    },
)
def show_log(
    request: Request, team: Asker, number: Number, name: Annotated[str, Path(examples=["0000.txt"])]
) -> FileResponse:
    """One of these files."""
    return FileResponse(
        log_file(service_of(request).home, own_submission(request, team, number).run, name),
        media_type="text/plain; charset=utf-8",
    )
