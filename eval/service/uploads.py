"""From a team's bytes to a row in the queue, or to nothing at all."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from goldentime.errors import ConfigError
from goldentime.eval.engines.limits import MIB, Limits
from goldentime.eval.outcomes import InfrastructureError, Outcome, RefusedSubmission
from goldentime.eval.service.database import Database, now
from goldentime.eval.service.faults import NO_ANSWER, Fault
from goldentime.eval.service.home import Home
from goldentime.eval.service.incoming import Incoming, sweep, too_large
from goldentime.eval.service.tables import Round, State, Submission, Team
from goldentime.eval.submit.description import Description, granted, read_description
from goldentime.eval.submit.manifest import Bounds, digest_of
from goldentime.eval.submit.unpack import unpack
from goldentime.missions.registry import load_config, make_mission
from goldentime.records import load, record

__all__ = ["Door", "Offer", "charged_of", "check_hash", "sweep_uploads"]

_HASH = re.compile(r"[0-9a-fA-F]{64}")
_AT_ONCE = 8
_CHECKED_AT_ONCE = 2
_STALL_S = 30.0
"""So long the next bytes of an upload are waited for."""


@record
class Offer:
    """What a team wants to hand in."""

    team: str
    round: str
    sha256: str | None
    """As the team has it; None where it does not say."""
    length: int | None
    """Bytes that the request announces, which may be more than the archive has."""


class Door:
    """Where submissions come in.

    Args:
        stall_s: so long the next bytes of an upload are waited for.
    """

    def __init__(self, home: Home, database: Database, stall_s: float = _STALL_S) -> None:
        self._home, self._database, self._stall_s = home, database, stall_s
        self._busy: set[str] = set()
        self._checks = asyncio.Semaphore(_CHECKED_AT_ONCE)

    async def take(self, offer: Offer, pieces: AsyncIterator[bytes]) -> tuple[int, bool]:
        """Receive an archive, look into it, and put it in the queue.

        Returns:
            the number of the submission, and whether it is new: an archive that the team handed in before, in this round,
            is that submission again.

        Raises:
            Fault: names what does not fit. Nothing of the upload is left then.
        """
        one = await run_in_threadpool(self._admit, offer)
        if offer.team in self._busy:
            raise Fault(409, f"team: expected one upload at a time, got a second one of {offer.team}")
        if len(self._busy) >= _AT_ONCE:
            raise Fault(503, f"upload: expected at most {_AT_ONCE} at once, got one more; try again in a minute")
        self._busy.add(offer.team)
        try:
            with Incoming(self._home, one.size_mib * MIB) as incoming:
                await self._receive(incoming, pieces)
                sha256 = await run_in_threadpool(incoming.seal)
                if offer.sha256 is not None and offer.sha256.lower() != sha256:
                    raise Fault(422, f"sha256: expected {offer.sha256.lower()}, got {sha256} of {incoming.size} bytes")
                async with self._checks:
                    return await run_in_threadpool(self._enter, offer, one, incoming, sha256)
        finally:
            self._busy.discard(offer.team)

    def _admit(self, offer: Offer) -> Round:
        def work(session: Session) -> Round:
            one = session.scalar(select(Round).where(Round.name == offer.round))
            if one is None:
                raise Fault(404, f"round: expected one that was opened, got {offer.round[:80]!r}")
            if not one.is_open:
                raise Fault(409, f"round: expected an open one, got {one.name}, which is closed")
            team = session.scalars(select(Team).where(Team.name == offer.team)).one()
            if offer.sha256 is None or _known(session, one, team, offer.sha256) is None:
                _check_quota(session, one, team)
            return one

        one = self._database.read(work)
        if offer.length is not None and offer.length > one.size_mib * MIB + MIB:  # a form has some bytes around it
            raise too_large(one.size_mib * MIB, str(offer.length))
        return one

    async def _receive(self, incoming: Incoming, pieces: AsyncIterator[bytes]) -> None:
        iterator = aiter(pieces)
        while True:
            try:
                async with asyncio.timeout(self._stall_s):
                    piece = await anext(iterator)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise Fault(408, f"archive: expected its next bytes within {self._stall_s:g} s, got none") from None
            incoming.write(piece)

    def _enter(self, offer: Offer, one: Round, incoming: Incoming, sha256: str) -> tuple[int, bool]:
        described, digest = _looked_into(offer, one, incoming, sha256)
        fresh = partial(Submission, key=incoming.key, sha256=sha256, digest=digest, size=incoming.size, name=described.name)
        incoming.keep()  # from here on the row decides, even if no answer of the database ever comes
        try:
            number, is_new = self._database.write(partial(_insert, offer=offer, fresh=fresh, key=incoming.key))
        except Fault as fault:
            incoming.kept = fault.status == NO_ANSWER
            raise
        incoming.kept = is_new
        return number, is_new


def _looked_into(offer: Offer, one: Round, incoming: Incoming, sha256: str) -> tuple[Description, str]:
    """What the archive says of itself, and the digest of its content, after unpacking it once."""
    bounds = Bounds(archive_mib=one.size_mib, total_mib=2 * one.size_mib)
    folder: Path = incoming.unpacking()
    try:
        digest = digest_of(unpack(incoming.path, folder, sha256, bounds))
        described = read_description(folder)
        granted(described, load(Limits, dict(one.limits), "limits"))
        _check_interface(described, one)
    except InfrastructureError as error:
        raise Fault(507, f"archive: the service can't unpack it now ({error}); try again later") from None
    except (RefusedSubmission, ConfigError) as error:
        raise Fault(422, str(error).replace(str(folder) + "/", "").replace(str(incoming.path), "archive")) from None
    if described.team != offer.team:
        raise Fault(422, f"submission.yaml.team: expected {offer.team!r}, got {described.team!r}")
    return described, digest


def _check_interface(described: Description, one: Round) -> None:
    """Whether the mission can be flown as the team wants it."""
    if described.action_mode:
        try:
            make_mission(load_config(one.mission, {"action_mode": described.action_mode, **one.settings}))
        except ConfigError as error:
            raise ConfigError(f"submission.yaml.action_mode: {error}") from None


def _insert(session: Session, offer: Offer, fresh: "partial[Submission]", key: str) -> tuple[int, bool]:
    """The row, once: whoever is called again after a lost connection finds it."""
    team = session.scalars(select(Team).where(Team.name == offer.team).with_for_update()).one()
    one = session.scalars(select(Round).where(Round.name == offer.round)).one()
    row = fresh(round_id=one.id, team_id=team.id, state=State.QUEUED, uploaded=now(session))
    known = _known(session, one, team, row.sha256)
    if known is not None:
        return known.id, known.key == key
    if not one.is_open:
        raise Fault(409, f"round: expected an open one, got {one.name}, which was closed meanwhile")
    _check_quota(session, one, team)
    session.add(row)
    session.flush()
    return row.id, True


def _known(session: Session, one: Round, team: Team, sha256: str) -> Submission | None:
    same = (Submission.round_id == one.id, Submission.team_id == team.id, Submission.sha256 == sha256.lower())
    return session.scalar(select(Submission).where(*same))


def charged_of(session: Session, round_id: int, team_id: int) -> int:
    """Submissions of a team in a round that count against its quota."""
    flies = Submission.state.in_((State.QUEUED, State.RUNNING))
    flew = Submission.outcome.is_not(None) & (Submission.outcome != Outcome.INFRASTRUCTURE_ERROR)
    mine = (Submission.round_id == round_id, Submission.team_id == team_id)
    return session.scalars(select(func.count()).select_from(Submission).where(*mine, or_(flies, flew))).one()


def _check_quota(session: Session, one: Round, team: Team) -> None:
    used = charged_of(session, one.id, team.id)
    if used >= one.quota:
        raise Fault(429, f"quota: expected at most {one.quota} submissions of a team in round {one.name}, got one more")


def check_hash(text: str | None) -> str | None:
    """A SHA-256 as it was given, if one was.

    Raises:
        Fault: it is none.
    """
    if text is None or not text.strip():
        return None
    if not _HASH.fullmatch(text.strip()):
        raise Fault(422, f"sha256: expected 64 hexadecimal digits, got {text.strip()[:80]!r}")
    return text.strip().lower()


def sweep_uploads(home: Home, database: Database) -> list[str]:
    """Remove archives that no submission answers for; the keys of those removed."""

    def known(keys: Iterable[str]) -> set[str]:
        return set(
            database.read(lambda session: session.scalars(select(Submission.key).where(Submission.key.in_(keys))).all())
        )

    return sweep(home, known)
