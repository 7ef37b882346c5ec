"""A contest in small, made once: a ledger, a hidden round of two episodes and a public run, on the cheapest of flights."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from goldentime.eval.plan import Plan
from goldentime.eval.referee import actions
from goldentime.eval.referee.keys import SigningKey, new_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.manifest import Facts
from goldentime.eval.referee.secret import ENVIRONMENT, Secret, read_secret, write_secret
from goldentime.eval.referee.verify import Checks, Verdict, verify_ledger
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import dump


def _plan(split: str, episodes: int) -> Plan:
    overrides = {"scenario": {"time_limit_s": 0.2}}
    return Plan(
        mission="hover",
        overrides=overrides,
        mission_config=dump(load_config("hover", overrides)),
        agent="still",
        agent_config={"_target_": "flying_agents.Still"},
        split=split,
        episodes=episodes,
        rules=load_rules("hover"),
    )


@dataclass(frozen=True)
class Contest:
    """Paths of a contest, and what its organiser holds."""

    path: Path
    key: SigningKey
    secret: Secret

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.jsonl"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    def verify(self, **checks) -> Verdict:
        return verify_ledger(self.ledger, Checks(**{"runs": self.runs, "public_key": self.key.public, **checks}))


@pytest.fixture(scope="session")
def small_plan():
    """Makes the plan of a run in small, from its split and its number of episodes."""
    return _plan


@pytest.fixture(scope="session")
def made(tmp_path_factory, helpers_importable) -> Contest:
    path = tmp_path_factory.mktemp("contest")
    write_secret(path / "secret")
    new_key(path / "key")
    contest = Contest(path, read_signing_key(path / "key"), read_secret(path / "secret"))
    new_ledger(contest.ledger, contest.key, "Test")
    actions.commit(contest.ledger, contest.key, actions.commitment_for(contest.secret, "r1", ["hover"]))
    before = os.environ.get(ENVIRONMENT)
    os.environ[ENVIRONMENT] = str(path / "secret")
    try:
        evaluate(_plan("hidden-r1", 2), RunOptions(out=contest.runs / "alpha"))
    finally:
        os.environ.pop(ENVIRONMENT)
        if before is not None:
            os.environ[ENVIRONMENT] = before
    evaluate(_plan("public", 1), RunOptions(out=contest.runs / "beta"))
    actions.add_run(contest.ledger, contest.key, contest.runs / "alpha", Facts(team="alpha"))
    actions.add_run(contest.ledger, contest.key, contest.runs / "beta")
    actions.reveal(contest.ledger, contest.key, actions.reveal_for(contest.secret, "r1"))
    return contest


@pytest.fixture
def contest(made, tmp_path) -> Contest:
    """A copy to break."""
    shutil.copytree(made.path, tmp_path / "contest")
    return Contest(tmp_path / "contest", made.key, made.secret)
