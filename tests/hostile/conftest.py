"""What all hostile submissions meet: a short mission, tight limits, and things of others that must stay as they are."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from goldentime.eval.engines.choose import engine_named
from goldentime.eval.folder import read_folder
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.results import read_results
from goldentime.eval.runner import RunOptions
from goldentime.eval.submit.run import Request, Verdict, run_submission

HERE = Path(__file__).parent
LIMITS = {
    "memory_mib": 256,
    "cpu_s": 20,
    "processes": 24,
    "file_mib": 4,
    "scratch_mib": 8,
    "output_kib": 32,
}
CANARY = "canary-" + os.urandom(8).hex()


@pytest.fixture(scope="session", params=["bubblewrap", pytest.param("podman", marks=pytest.mark.slow)])
def wall(request: pytest.FixtureRequest) -> str:
    """An engine with a wall; the tests are skipped where it does not work."""
    name: str = request.param
    try:
        engine_named(name)
    except InfrastructureError as error:
        pytest.skip(str(error))
    return name


class Ground:
    """A referee's folder with things of others in it, and what becomes of submissions there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in {"ledger.jsonl": "{}\n", "secret.key": CANARY, "teams/other/agent.py": "ours = 1\n"}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
            (folder / name).chmod(0o644)
        self.others = self.digests()

    def digests(self) -> dict[str, str]:
        names = ("ledger.jsonl", "secret.key", "teams/other/agent.py")
        return {name: sha256((self.folder / name).read_bytes()).hexdigest() for name in names}

    def fly(self, source: Path, engine: str, **limits: float) -> Verdict:
        """Evaluate a submission as a service does."""
        from importlib.resources import files

        config = yaml.safe_load(files("goldentime.configs").joinpath("mission/hover.yaml").read_text("utf-8"))
        config["scenario"]["time_limit_s"] = 0.2
        told = {"path": source, "mission": "hover", "mission_config": config, "engine": engine}
        request = Request(**told, episodes=1, limits={**LIMITS, **limits})
        return run_submission(request, RunOptions(out=self.folder / "run", overwrite=True))

    def fly_code(self, code: str, engine: str, **limits: float) -> tuple[str, str]:
        """Evaluate one file of Python; the outcome of its episode and what the team reads, with the others as before."""
        source = self.folder / "hostile"
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        (source / "agent.py").write_text(code)
        (source / "submission.yaml").write_text("team: bad\nname: worse\nentry: agent.py:Agent\n")
        verdict = self.fly(source, engine, **limits)
        assert (verdict.outcome, sum(verdict.episodes.values())) == ("ok", 1), verdict
        (result,) = read_results(read_folder(self.folder / "run"))
        assert result.error is not None and 0 <= result.score.total <= 100
        told = (self.folder / "run/team/0000.txt").read_text() + (self.folder / "run/team/0000.json").read_text()
        assert CANARY not in told
        assert self.digests() == self.others
        return next(iter(verdict.episodes)), told


@pytest.fixture
def ground(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLDENTIME_SECRET", CANARY)
    # Otherwise a busy machine would make the waits of these tests longer, not their outcome another.
    monkeypatch.setattr("goldentime.eval.submit.agent.slowdown", lambda: 1.0)
    return Ground(tmp_path)
