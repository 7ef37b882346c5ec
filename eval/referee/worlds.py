"""Whether the worlds that were flown in are those that their seeds give: each is drawn again from the mission's code."""

import json
from collections.abc import Mapping
from typing import Any

from goldentime.envs.scenario import scenario_digest
from goldentime.errors import GoldenTimeError
from goldentime.eval.folder import RunFolder
from goldentime.eval.plan import differences
from goldentime.eval.referee.findings import Finding
from goldentime.missions.registry import load_config, make_mission
from goldentime.records import dump
from goldentime.rng import stream

__all__ = ["check_worlds"]


def check_worlds(folder: RunFolder, seeds: Mapping[int, int]) -> list[Finding]:
    """Draw each episode's scenario again.

    Holds for the release that flew: another one may draw other worlds, and says so by the mission's configuration only
    where that changed too.

    Args:
        seeds: what each episode's seed has to be.
    """
    plan = folder.plan
    try:
        config = load_config(plan.mission, plan.overrides)
        changed = differences(plan.mission_config, json.loads(json.dumps(dump(config))))
        if changed:
            return [Finding(str(folder.path / "run.json"), "mission_config", "today's", "; ".join(changed[:3]))]
        mission = make_mission(config)
        drawn = {index: scenario_digest(mission.generate(stream(seed, "scenario"))) for index, seed in seeds.items()}
    except GoldenTimeError as error:
        return [Finding(str(folder.path / "run.json"), "mission", "one that can be made here", str(error))]
    logged = {index: _header(folder, index).get("scenario_digest") for index in seeds}
    return [
        Finding(str(folder.log(index)), f"world of episode {index}", drawn[index], str(logged[index]))
        for index in seeds
        if drawn[index] != logged[index]
    ]


def _header(folder: RunFolder, index: int) -> dict[str, Any]:
    with folder.log(index).open("rb") as file:
        header: dict[str, Any] = json.loads(file.readline())["header"]
    return header
