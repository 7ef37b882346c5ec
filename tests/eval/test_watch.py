"""Watching, with the window left out."""

import time

import pytest

from goldentime.eval import episode, watch
from goldentime.eval.plan import Plan
from goldentime.eval.score.rules import load_rules
from goldentime.missions import registry
from goldentime.records import dump


@pytest.mark.parametrize("mission", ["hover", "hover_team"])
def test_one_drone_or_a_team_flies_in_the_window_at_the_speed_of_the_clock(
    mission, helpers_importable, monkeypatch, capsys
):
    windows: list[str | None] = []

    def unseen(make):
        def made(name, *, render_mode, **settings):
            windows.append(render_mode)
            return make(name, **settings)

        return made

    monkeypatch.setattr(episode, "make_env", unseen(registry.make_env))
    monkeypatch.setattr(episode, "make_team_env", unseen(registry.make_team_env))
    overrides = {"scenario": {"time_limit_s": 0.5}}
    plan = Plan(
        mission=mission,
        overrides=overrides,
        mission_config=dump(registry.load_config(mission, overrides)),
        agent="test",
        agent_config={"_target_": "flying_agents.Still"},
        episodes=1,
        rules=load_rules(mission),
    )
    begin = time.perf_counter()
    watch._show(plan, 0)
    assert time.perf_counter() - begin >= 0.5 - 2.0 / 30.0
    assert windows == ["human"]
    assert "episode 0:" in capsys.readouterr().out
