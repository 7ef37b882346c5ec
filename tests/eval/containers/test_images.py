"""Submissions in the agent's image: the same score as behind any other wall, and the same limits."""

import json
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from goldentime.errors import ConfigError
from goldentime.eval.containers.build import Recipe
from goldentime.eval.containers.command import containers_command
from goldentime.eval.containers.images import AGENT, Image, find_image
from goldentime.eval.engines.choose import engine_named
from goldentime.eval.engines.trial import try_limit
from goldentime.eval.folder import read_folder
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.referee.manifest import write_manifest
from goldentime.eval.runner import RunOptions
from goldentime.eval.submit.command import init_command
from goldentime.eval.submit.run import Request, run_submission

AGENT_CODE = """
import numpy as np
class Agent:
    def reset(self, brief):
        self.rng = np.random.default_rng(5)
    def act(self, seen):
        return {"motion": np.array([9.81 + self.rng.normal(), 0, 0, 0], np.float32)}
"""


@pytest.fixture(scope="module")
def image() -> Image:
    """The agent's image; the tests are skipped where it was not built."""
    try:
        found = find_image(AGENT)
    except InfrastructureError as error:
        pytest.skip(str(error))
    if found is None:
        pytest.skip(f"{AGENT} is not here: make images")
    try:
        engine_named("podman", AGENT)
    except InfrastructureError as error:
        pytest.skip(str(error))
    return found


@pytest.fixture
def request_for(tmp_path):
    source = tmp_path / "mine"
    source.mkdir()
    (source / "agent.py").write_text(AGENT_CODE)
    (source / "submission.yaml").write_text("team: image\nname: noise\nentry: agent.py:Agent\n")
    config = yaml.safe_load(files("goldentime.configs").joinpath("mission/hover.yaml").read_text("utf-8"))
    config["scenario"]["time_limit_s"] = 1.0
    return Request(path=source, mission="hover", mission_config=config, episodes=1)


@pytest.mark.slow
def test_the_image_changes_no_byte_of_the_score_and_stands_in_the_manifest(image, request_for, tmp_path):
    try:
        engine_named("bubblewrap")
    except InfrastructureError as error:
        pytest.skip(str(error))
    ways = {"bubblewrap": None, "podman": AGENT}
    for engine, name in ways.items():
        verdict = run_submission(replace(request_for, engine=engine, image=name), RunOptions(out=tmp_path / engine))
        assert verdict.episodes == {"ok": 1}, verdict
    for file in ("episodes.jsonl", "scorecard.json", "episodes/0000.npz"):
        assert (tmp_path / "podman" / file).read_bytes() == (tmp_path / "bubblewrap" / file).read_bytes()
    folder = read_folder(tmp_path / "podman")
    assert folder.plan.agent_config["image"] == image.identity
    assert write_manifest(folder).images == {"agent": image.identity}


@pytest.mark.slow
@pytest.mark.parametrize("limit", ["network", "writing", "secrets", "rights", "memory"])
def test_limits_hold_in_the_image(image, limit):
    _, held, text = try_limit(engine_named("podman", image.identity), limit)
    assert held, text


def test_an_image_that_is_not_here_is_an_infrastructure_error(request_for, tmp_path):
    if shutil.which("podman") is None:
        pytest.skip("podman is not installed")
    verdict = run_submission(
        replace(request_for, engine="podman", image="localhost/nobody"), RunOptions(out=tmp_path / "run")
    )
    assert verdict.outcome == "infrastructure_error"
    assert "localhost/nobody is not on this machine: 'goldentime containers build' makes" in verdict.text
    assert json.loads((tmp_path / "run/outcome.json").read_bytes())["outcome"] == "infrastructure_error"


def test_only_podman_knows_images():
    with pytest.raises(ConfigError, match=r"agent\.image: expected agent\.engine=podman with it, got agent\.engine=auto"):
        engine_named("auto", AGENT)


def test_what_a_build_lacks_is_named(tmp_path, monkeypatch, capsys):
    with pytest.raises(ConfigError, match="only: expected agent and referee, got board"):
        Recipe(only=("board",))
    with pytest.raises(ConfigError, match=r"expected constraints\.txt, got .*nowhere"):
        containers_command(["build", "--constraints", str(tmp_path / "nowhere")])
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(InfrastructureError, match="podman is not installed"):
        containers_command(["list"])


def test_a_teams_own_container_is_made_of_the_agents_image(tmp_path):
    init_command(tmp_path / "mine")
    text = Path(tmp_path / "mine/Containerfile").read_text()
    assert f"ARG IMAGE={AGENT}\nFROM ${{IMAGE}}" in text
