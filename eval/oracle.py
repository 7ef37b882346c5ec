"""The oracle: flies a mission with reports knowing the truth, to show that it can be won.

    python -m goldentime.eval.oracle mission=search split=public episodes=20
    python -m goldentime.eval.oracle mission=signs scenario.scene.place=street
    python -m goldentime.eval.oracle mission=voices sensors.microphones=null

It sees what the log's header and the recorder see, which no agent does, and is no agent: it can't be chosen with `agent=`.
It flies the route by its true position and reports each thing, at its true place, just before it passes it; of voices it
hovers and reports each call when it is over; in a rescue it also carries the kits to whom they help most.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from rich.console import Console

from goldentime.control.frames import yaw_of
from goldentime.control.waypath import Waypath, chase, make_waypath
from goldentime.envs.scenario import Scenario, scenario_from_json
from goldentime.envs.signs import face_corners
from goldentime.errors import ConfigError, GoldenTimeError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.oracle_rescue import RescueOracle
from goldentime.eval.oracle_team import TeamOracle
from goldentime.eval.oracle_voices import VoicesOracle
from goldentime.eval.score.aggregate import Aggregate, aggregate
from goldentime.eval.score.rules import Rules, load_rules, rules_from_json
from goldentime.eval.score.score import Score, score
from goldentime.eval.splits import episode_seed
from goldentime.eval.tables import score_table
from goldentime.missions.registry import load_config, make_env, make_team_env, team_names
from goldentime.types import DroneState, Event, WorldState

__all__ = ["fly_oracle", "main", "oracle_scores", "team_actions"]

_SPEED_M_S, _AHEAD_M, _EARLY_M = 1.0, 0.6, 2.0


class Claim(NamedTuple):
    """A true report that is still to be made."""

    report: dict[str, Any]
    pass_m: float
    """Distance along the way of its point nearest to the thing."""


class _Witness:
    """A recorder that also keeps the present state."""

    def __init__(self, log: EpisodeLog) -> None:
        self.log = log
        self.state: WorldState | None = None

    def begin(self, header: Mapping[str, Any]) -> None:
        """See `Recorder`."""
        self.log.begin(header)

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Mapping[str, float]) -> None:
        """See `Recorder`."""
        self.state = state
        self.log.record(state, events, reward_terms)

    def end(self, reason: str) -> None:
        """See `Recorder`."""
        self.log.end(reason)


def fly_oracle(mission: str, seed: int, overrides: Mapping[str, Any] | None = None) -> EpisodeLog:
    """Fly one episode.

    Raises:
        ConfigError: the mission has no reports.
    """
    witness = _Witness(EpisodeLog({"agent": "oracle", "mission": mission}))
    if mission in team_names():
        _fly_team(make_team_env(mission, recorder=witness, **(overrides or {})), witness, seed)
        return witness.log
    env = make_env(mission, recorder=witness, **(overrides or {}))
    try:
        env.reset(seed=seed)
        sheet = env.brief["action"].get("report")
        if sheet is None:
            raise ConfigError(f"oracle: expected a mission with reports, got {mission!r}")
        scenario = scenario_from_json(witness.log.header["scenario"])
        if "questions" in sheet:
            _rescue(env, witness, RescueOracle(scenario, sheet["kinds"], sheet["questions"]))
        elif "azimuth_rad" in sheet:
            _hover(env, witness, VoicesOracle(scenario, sheet["kinds"]))
        else:
            way = make_waypath(np.array(scenario.task["route"]))
            _fly(env, witness, way, _claims(scenario, sheet["kinds"], way))
    finally:
        env.close()
    return witness.log


def _claims(scenario: Scenario, kinds: Sequence[str], way: Waypath) -> list[Claim]:
    """All that there is to report, in the order in which the way passes by."""
    task, origin = scenario.task, np.array(scenario.task["origin"])
    claims = []

    def add(at: NDArray[np.float64], report: dict[str, Any]) -> None:
        passed = way.reach_m[int(np.argmin(((way.points_m - at) ** 2).sum(axis=1)))]
        position = (at - origin).astype(np.float32)
        claims.append(Claim({**report, "position_m": position}, float(passed)))

    for number, thing in enumerate(task.get("things", [])):
        if thing["kind"] in task["sought"]:
            described = int(number == task["described"])
            add(np.array(thing["centre"]), {"kind": kinds.index(thing["kind"]), "described": described})
    for sign in scenario.signs if "asked" in task else ():
        if sign.spec.kind in task["asked"]:
            middle = face_corners(sign).reshape(-1, 3).mean(axis=0)
            add(middle, {"kind": kinds.index("text"), "text": sign.spec.text})
    return sorted(claims, key=lambda claim: claim.pass_m)


def _fly(env: Any, witness: _Witness, way: Waypath, claims: list[Claim]) -> None:
    done_m, over = 0.0, False
    silent = _silence(env.action_space)
    low, high = env.action_space["motion"].low, env.action_space["motion"].high
    while not over:
        assert witness.state is not None
        drone = witness.state.drones[0]
        at, yaw = np.array(drone.position_m), yaw_of(drone.quaternion_xyzw)
        done_m, (dx, dy, dz) = chase(way, done_m, at, _AHEAD_M)
        due = bool(claims) and claims[0].pass_m - _EARLY_M <= done_m and done_m > 0.0
        report = claims.pop(0).report if due else silent
        c, s = math.cos(yaw), math.sin(yaw)
        # The chased point is 0.6 m ahead but at the way's end, where this slows down.
        speed = _SPEED_M_S / _AHEAD_M
        motion = np.clip([speed * (c * dx + s * dy), speed * (c * dy - s * dx), speed * dz, 0.0], low, high)
        _, _, ended, cut, _ = env.step({"motion": motion.astype(np.float32), "report": report, **_unsaid(env.action_space)})
        over = ended or cut


def _hover(env: Any, witness: _Witness, oracle: VoicesOracle) -> None:
    over, silent = False, _silence(env.action_space)
    assert witness.state is not None
    place = np.array(witness.state.drones[0].position_m)
    while not over:
        report = oracle.report(witness.state)
        drone = witness.state.drones[0]
        # Held by the true position: with a motion of zeros it would drift.
        x, y, z = np.clip(place - np.array(drone.position_m), -0.5, 0.5).tolist()
        yaw = yaw_of(drone.quaternion_xyzw)
        c, s = math.cos(yaw), math.sin(yaw)
        motion = np.array([c * x + s * y, c * y - s * x, z, 0.0], np.float32)
        _, _, ended, cut, _ = env.step({"motion": motion, "report": report or silent, **_unsaid(env.action_space)})
        over = ended or cut


def _fly_team(env: Any, witness: _Witness, seed: int) -> None:
    try:
        env.reset(seed=seed)
        sheet = env.brief_of("drone_0")["action"].get("report")
        if sheet is None or "questions" not in sheet:
            raise ConfigError("oracle: expected a team's mission with reports, got one without")
        oracle = TeamOracle(scenario_from_json(witness.log.header["scenario"]), sheet)
        while env.agents:
            assert witness.state is not None
            env.step(team_actions(env, oracle, witness.state))
    finally:
        env.close()


def team_actions(env: Any, oracle: TeamOracle, state: WorldState) -> dict[str, dict[str, Any]]:
    """What all drones are to do in the next step, by the names of a `TeamEnv`."""
    rows = zip(env.agents, state.drones, oracle.commands(state), oracle.reports(state), strict=True)
    return {name: _team_action(env.action_space(name), drone, command, report) for name, drone, command, report in rows}


def _team_action(space: Any, drone: DroneState, command: tuple[Any, bool], report: dict[str, Any] | None) -> dict[str, Any]:
    velocity, release = command
    action = {"motion": _motion(space, drone, velocity), "report": {**_silence(space), **(report or {})}}
    if "release" in space.spaces:
        action["release"] = int(release)
    return action | _unsaid(space)


def _motion(space: Any, drone: DroneState, velocity: Any) -> NDArray[np.float32]:
    """A velocity in the world frame as the action space has it."""
    x, y, z = velocity
    yaw = yaw_of(drone.quaternion_xyzw)
    c, s = math.cos(yaw), math.sin(yaw)
    low, high = space["motion"].low, space["motion"].high
    motion: NDArray[np.float32] = np.clip([c * x + s * y, c * y - s * x, z, 0.0], low, high).astype(np.float32)
    return motion


def _rescue(env: Any, witness: _Witness, oracle: RescueOracle) -> None:
    over, silent = False, _silence(env.action_space)
    while not over:
        assert witness.state is not None
        velocity, release = oracle.command(witness.state)
        motion = _motion(env.action_space, witness.state.drones[0], velocity)
        action = {"motion": motion, "report": oracle.report(witness.state) or silent, **_unsaid(env.action_space)}
        if "release" in env.action_space.spaces:
            action["release"] = int(release)
        _, _, ended, cut, _ = env.step(action)
        over = ended or cut


def _silence(space: Any) -> dict[str, Any]:
    """The report that says nothing, of an action space."""
    return {key: part.sample() for key, part in space["report"].spaces.items()} | {"kind": 0}


def _unsaid(space: Any) -> dict[str, Any]:
    """No message, where an action space has any."""
    return {"message": np.zeros(space["message"].shape, np.uint8)} if "message" in space.spaces else {}


def oracle_scores(
    mission: str, split: str, episodes: int, overrides: Mapping[str, Any] | None = None
) -> tuple[Rules, list[Score]]:
    """Fly and score the first episodes of a split; one line each on the terminal."""
    config = load_config(mission, overrides)
    rules = load_rules(config.rules) if isinstance(config.rules, str) else rules_from_json(config.rules)
    scores = []
    for index in range(episodes):
        log = fly_oracle(mission, episode_seed(split, index), overrides)
        scores.append(score(log, rules))
        print(f"{index:3d} {scores[-1].total:6.2f} {log.reason}", flush=True)
    return rules, scores


def main(arguments: Sequence[str]) -> int:
    """The command: `mission`, `split`, `episodes`, and overrides of the mission's configuration by dotted names."""
    settings: dict[str, Any] = {"mission": "search", "split": "public", "episodes": 20}
    overrides: dict[str, Any] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals:
            raise ConfigError(f"oracle: expected name=value, got {argument!r}")
        if name in settings:
            settings[name] = yaml.safe_load(text)
            continue
        place = overrides
        *folders, last = name.split(".")
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = yaml.safe_load(text)
    rules, scores = oracle_scores(settings["mission"], settings["split"], int(settings["episodes"]), overrides)
    figures: Aggregate | None = aggregate(scores)
    if figures is not None:
        Console().print(score_table(figures, rules))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except GoldenTimeError as error:
        sys.exit(str(error))
