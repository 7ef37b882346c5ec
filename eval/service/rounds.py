"""What an organiser sets up: rounds and teams."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.engines.choose import ENGINES
from goldentime.eval.engines.limits import Limits
from goldentime.eval.referee import actions
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.order import history_of
from goldentime.eval.referee.secret import check_epoch, read_secret
from goldentime.eval.service.database import Database, now
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.home import Home
from goldentime.eval.service.tables import Round, Team
from goldentime.eval.service.tokens import Token, new_token
from goldentime.missions.registry import load_config, make_mission, mission_names
from goldentime.records import load, record

__all__ = ["RoundForm", "add_team", "mission_config", "open_round", "renew_token", "set_open"]

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_LONGEST_NAME = 60


@record
class RoundForm:
    """What an organiser says of a round."""

    name: str
    mission: str
    epoch: str | None = None
    """Of hidden seeds; None for practice on the public split."""
    episodes: int = 20
    quota: int = 10
    """Submissions of a team; what the referee broke does not count."""
    size_mib: int = 512
    engine: str = "auto"
    settings: Mapping[str, Any] | None = None
    """What differs from the mission's file."""
    limits: Mapping[str, Any] | None = None
    """What differs from `engines.limits.Limits`."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError(f"name: expected at most 40 of a-z, 0-9, '.' and '-', got {self.name[:80]!r}")
        for field, most in (("episodes", 10_000), ("quota", 10_000), ("size_mib", 2048)):
            if not 1 <= getattr(self, field) <= most:
                raise ConfigError(f"{field}: expected 1 to {most}, got {getattr(self, field)}")
        if self.epoch is not None:
            check_epoch(self.epoch)
        if self.engine not in ("auto", *ENGINES):
            raise ConfigError(f"engine: expected auto or one of {', '.join(ENGINES)}, got {self.engine[:80]!r}")
        load(Limits, dict(self.limits or {}), "limits")
        make_mission(load_config(self.mission, self.settings))


def mission_config(mission: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The mission's file with a round's settings in it, as `submit.run.Request` takes it."""
    from importlib.resources import files

    import yaml

    text = files("goldentime.configs").joinpath(f"mission/{mission}.yaml").read_text("utf-8")
    return _merged(yaml.safe_load(text), settings)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in over.items():
        inner = found.get(key)
        found[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return found


def open_round(home: Home, database: Database, form: RoundForm) -> None:
    """Open a round; the commitment to its hidden seeds is in the ledger before anyone can hand in.

    Raises:
        Fault: there is a round of this name, with other settings.
        LedgerError: the epoch's seeds are revealed, or its commitment does not cover the mission.
    """
    if form.epoch is not None:
        _commit(home, form.epoch, form.mission)

    def work(session: Session) -> None:
        fresh = Round(
            name=form.name,
            mission=form.mission,
            epoch=form.epoch,
            episodes=form.episodes,
            quota=form.quota,
            size_mib=form.size_mib,
            engine=form.engine,
            settings=dict(form.settings or {}),
            limits=dict(form.limits or {}),
            is_open=True,
            created=now(session),
        )
        known = session.scalar(select(Round).where(Round.name == form.name))
        if known is None:
            session.add(fresh)
        elif _said(known) != _said(fresh):
            raise Fault(409, f"name: expected a new one, got {form.name!r}, which is another round's")
        else:
            known.is_open = True

    database.write(work)


def _said(one: Round) -> list[Any]:
    return [getattr(one, name) for name in RoundForm.__dataclass_fields__]


def _commit(home: Home, epoch: str, mission: str) -> None:
    """Commit to an epoch's seeds in all missions there are, so that further rounds may follow in it."""
    history = history_of(check_chain(home.ledger.read_bytes(), str(home.ledger)).links)
    if epoch in history.keys:
        raise LedgerError(f"epoch: expected one whose seeds are hidden, got {epoch}, whose key is in the ledger")
    made = history.commitments.get(epoch)
    body = actions.commitment_for(read_secret(home.secret_file), epoch, made.missions if made else mission_names())
    actions.commit(home.ledger, home.key(), body)
    if mission not in body.missions:
        raise LedgerError(f"mission: expected one that epoch {epoch} is committed to, got {mission}")


def set_open(database: Database, name: str, is_open: bool) -> None:
    """Open or close a round; what was handed in before is flown all the same."""

    def work(session: Session) -> None:
        known = session.scalar(select(Round).where(Round.name == name))
        if known is None:
            raise Fault(404, f"round: expected one that was opened, got {name[:80]!r}")
        known.is_open = is_open

    database.write(work)


def add_team(database: Database, name: str) -> Token:
    """Make a team and its first token.

    Raises:
        Fault: the name does not fit, or is another team's.
    """
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable() and name.strip() == name):
        raise Fault(422, f"team: expected 1 to {_LONGEST_NAME} printable characters, got {name[:80]!r}")
    token = new_token()

    def work(session: Session) -> None:
        known = session.scalar(select(Team).where(Team.name == name))
        if known is None:
            session.add(Team(name=name, token_id=token.id, token_hash=token.hash, created=now(session)))
        elif known.token_id != token.id:
            raise Fault(409, f"team: expected a new name, got {name!r}, which is there")

    database.write(work)
    return token


def renew_token(database: Database, name: str) -> Token:
    """A new token for a team; the old one and its sessions end."""
    token = new_token()

    def work(session: Session) -> None:
        known = session.scalar(select(Team).where(Team.name == name))
        if known is None:
            raise Fault(404, f"team: expected one that was added, got {name[:80]!r}")
        known.token_id, known.token_hash = token.id, token.hash

    database.write(work)
    return token
