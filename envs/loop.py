"""The step pipeline shared by the single-agent and the multi-agent environment."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.control.cascade import START, make_controller
from goldentime.control.frames import yaw_of
from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.actions import ActionSchema
from goldentime.envs.airframe import Airframe, load_airframe
from goldentime.envs.mission import EnvConfig, Mission, Recorder
from goldentime.envs.navigation import Motion, Navigator
from goldentime.envs.physics import Command, Physics, Rays, divide_rates
from goldentime.envs.scenario import Scenario, scenario_digest
from goldentime.envs.sensors.base import Mount, SensorSuite, Stage, data_sheets, fitted
from goldentime.envs.surroundings import Surroundings
from goldentime.envs.wind import Wind
from goldentime.errors import ClosedError, ConfigError, InvalidActionError
from goldentime.records import dump
from goldentime.rng import stream
from goldentime.types import TEAM, ActionMode, Event, Setpoint, Vec3

__all__ = ["Loop", "StepResult"]

Observation = dict[str, NDArray[Any]]
_STILL: Vec3 = (0.0, 0.0, 0.0)


class StepResult(NamedTuple):
    """What one step gives, per drone where it is a list."""

    observations: list[Observation]
    rewards: list[float]
    terminated: bool
    truncated: bool


class Loop:
    """Physics, rules, senses and controllers of one world, stepped together."""

    def __init__(
        self, config: EnvConfig, mission: Mission, physics: Physics, rays: Rays, recorder: Recorder | None
    ) -> None:
        self._config, self._mission, self._physics, self._rays = config, mission, physics, rays
        self._recorder = recorder
        if config.contest and config.nav.kind == "truth":
            raise ConfigError(f"{config.id}: nav.kind: contest mode needs 'onboard', got 'truth', which is a position fix")
        self._rotor_mode = config.action_mode is ActionMode.ROTOR
        tick_hz = config.action_hz if self._rotor_mode else config.control_hz
        self._ticks = divide_rates(tick_hz, config.action_hz, "control_hz", "action_hz")
        self._substeps = divide_rates(
            config.physics_hz, tick_hz, "physics_hz", "action_hz" if self._rotor_mode else "control_hz"
        )
        self._air_ticks = 1 if tick_hz <= config.wind_hz else divide_rates(tick_hz, config.wind_hz, "control_hz", "wind_hz")
        self._tick_s = 1.0 / tick_hz
        self._weights = dict(config.reward)
        self._reporting = mission.report is not None
        self._stage = Stage()
        self._scenario: Scenario | None = None
        self._fit(mission.generate(np.random.default_rng(0)))

    def _fit(self, scenario: Scenario) -> None:
        """Build what depends on the number and kind of drones; it must not change between episodes."""
        airframes = [load_airframe(spec.airframe) for spec in scenario.drones]
        holders = {kit.carrier for kit in scenario.kits} | {drone for load in scenario.loads for drone in load.drones}
        grippers = [i in holders for i in range(len(airframes))]
        config = self._config
        self.schemas = [
            ActionSchema(config.action_mode, airframe.vehicle, gripper=gripper, report=self._mission.report)
            for airframe, gripper in zip(airframes, grippers, strict=True)
        ]
        self.suites = [
            SensorSuite(
                fitted(config.sensors, spec.role),
                Mount(i, airframe, self._rays, self._stage),
                config.action_hz,
                contest=config.contest,
            )
            for i, (airframe, spec) in enumerate(zip(airframes, scenario.drones, strict=True))
        ]
        self._controllers = [make_controller(config.action_mode, a.vehicle, self._tick_s) for a in airframes]
        self._airframes = airframes

    def reset(self, seed: int) -> tuple[list[Observation], Mapping[str, Any]]:
        """Draw a scenario and start it.

        Returns:
            Observations and the brief.
        """
        scenario = self._mission.generate(stream(seed, "scenario"))
        self._scenario = scenario
        self._physics.reset(scenario)
        self._surroundings = Surroundings(scenario)
        self._state = self._surroundings.follow(self._physics.read())
        self._progress = self._mission.start(scenario, self._state)
        config = self._config
        # In rotor mode the air is refreshed once a tick, so its clock is the tick itself.
        self._wind = Wind(scenario.wind, self._airframes, self._tick_s * self._air_ticks, stream(seed, "wind"))
        self._air = [_STILL] * len(self._airframes)
        motions = self._physics.motions()
        self._navigators = [
            Navigator(config.nav, motion, self._tick_s, stream(seed, "navigation", i)) for i, motion in enumerate(motions)
        ]
        self._memories = [START] * len(self._airframes)
        self._held = [_neutral(config, *drone) for drone in zip(self._airframes, motions, strict=True)]
        self._tick = 0
        self._over = False
        self._down: frozenset[int] = frozenset()
        self._stage.begin(scenario)
        for i, suite in enumerate(self.suites):
            suite.reset(seed, i)
        sheet = self._mission.sheet(scenario)
        if self._recorder is not None:
            self._begin_record(seed, scenario, sheet.facts)
        return [suite.read(self._state) for suite in self.suites], self._full_brief(sheet.brief)

    def _full_brief(self, brief: Mapping[str, Any]) -> dict[str, Any]:
        config = self._config
        return {
            "mission": config.mission,
            "title": config.title,
            "action_mode": config.action_mode.value,
            "action_hz": config.action_hz,
            "action": [schema.describe() for schema in self.schemas],
            "sensors": data_sheets(config.sensors),
            "told": [suite.told() for suite in self.suites],
            **brief,
        }

    def _begin_record(self, seed: int, scenario: Scenario, facts: Mapping[str, float]) -> None:
        assert self._recorder is not None
        header = {
            "mission": self._config.mission,
            "env_id": self._config.id,
            "seed": seed,
            "scenario": dump(scenario),
            "scenario_digest": scenario_digest(scenario),
            "config": dump(self._config),
            "facts": dict(facts),
        }
        self._recorder.begin(header)
        self._recorder.record(self._state, (), {})

    def step(self, actions: Sequence[Any]) -> StepResult:
        """Apply one action per drone.

        Raises:
            InvalidActionError: in training mode, before anything has moved.
            ClosedError: before the first reset or after the episode's end.
        """
        if self._scenario is None or self._over:
            raise ClosedError("step: call reset() first; the episode is over or has not begun")
        setpoints, events = self._check(actions)
        physics, still = self._physics, self._wind.still and self._surroundings.still
        draughts = self._surroundings.draughts([drone.position_m for drone in self._state.drones])
        for number in range(self._ticks):
            if not still and self._tick % self._air_ticks == 0:
                air = self._wind.step(physics.motions())
                self._air = [_sum(*pair) for pair in zip(air, draughts, strict=True)] if draughts else air
            physics.apply(self._commands(setpoints))
            physics.advance(self._substeps)
            self._tick += 1
            if number == 0 and any(setpoint.release for setpoint in setpoints):
                # A step lets go of one thing, not of one a tick.
                setpoints = [setpoint._replace(release=False) for setpoint in setpoints]
        before, self._state = self._state, self._surroundings.follow(physics.read())
        reports = [setpoint.report for setpoint in setpoints] if self._reporting else ()
        verdict = self._mission.judge(self._progress, before, self._state, reports)
        self._progress, self._down = verdict.progress, verdict.down
        events.extend(verdict.events)
        self._over = verdict.end is not None
        if self._over:
            events.extend(self._settle())
        rewards, terms = self._reward(events)
        observations = [suite.read(self._state) for suite in self.suites]
        for suite in self.suites:
            events.extend(suite.events(final=self._over))
        if self._recorder is not None:
            self._recorder.record(self._state, events, terms)
            if verdict.end is not None:
                self._recorder.end(verdict.end)
        return StepResult(observations, rewards, self._over and not verdict.truncated, self._over and verdict.truncated)

    def _settle(self) -> list[Event]:
        """What rules say at the very end, when the world has run on until the time limit."""
        settle = getattr(self._mission, "settle", None)
        if settle is None or self._scenario is None:
            return []
        last = self._surroundings.run_on(self._state, self._scenario.time_limit_s)
        return list(settle(self._progress, last))

    def _check(self, actions: Sequence[Any]) -> tuple[list[Setpoint], list[Event]]:
        events: list[Event] = []
        setpoints = []
        for i, action in enumerate(actions):
            try:
                setpoint = self.schemas[i].parse(action)
            except InvalidActionError as error:
                if not self._config.contest:
                    raise
                events.append(Event(self._state.time_s, "invalid_action", i, 1.0, {"reason": str(error)}))
                setpoint = self._held[i]._replace(release=False, report=None)
            setpoints.append(setpoint)
        for i in self._down:
            setpoints[i] = setpoints[i]._replace(release=False, report=None)
        self._held = setpoints
        return setpoints, events

    def _commands(self, setpoints: list[Setpoint]) -> list[Command]:
        if self._rotor_mode:
            air = self._air
            return [Command(setpoint.motion, air[i], setpoint.release) for i, setpoint in enumerate(setpoints)]
        commands = []
        for i, motion in enumerate(self._physics.motions()):
            nav = self._navigators[i].estimate(motion)
            rotors, self._memories[i] = self._controllers[i](setpoints[i].motion, nav, self._memories[i])
            commands.append(Command(rotors, self._air[i], setpoints[i].release))
        for i in self._down:
            commands[i] = Command((0.0,) * self._airframes[i].layout.count, self._air[i], release=False)
        return commands

    def _reward(self, events: Sequence[Event]) -> tuple[list[float], dict[str, float]]:
        rewards = [0.0] * len(self.schemas)
        terms: dict[str, float] = {}
        weights = self._weights
        for event in events:
            weight = weights.get(event.kind)
            if weight is not None:
                term = weight * event.value
                terms[event.kind] = terms.get(event.kind, 0.0) + term
                for drone in range(len(rewards)) if event.drone == TEAM else (event.drone,):
                    rewards[drone] += term
        return rewards, terms

    def close(self) -> None:
        """Close the world."""
        self._stage.close()
        self._physics.close()


def _sum(a: Vec3, b: Vec3) -> Vec3:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _neutral(config: EnvConfig, airframe: Airframe, start: Motion) -> Setpoint:
    """The setpoint that is held when the very first action is invalid: to stay where the drone is."""
    mode = config.action_mode
    if mode is ActionMode.ROTOR:
        return Setpoint((airframe.hover_rotor_speed_rad_s,) * 4, release=False)
    if mode is ActionMode.RATE:
        return Setpoint((GRAVITY_M_S2, 0.0, 0.0, 0.0), release=False)
    if mode is ActionMode.WAYPOINT:
        # Contest mode, where alone this is used, has on-board navigation, whose frame begins at the start.
        return Setpoint((0.0, 0.0, 0.0, yaw_of(start.quaternion_xyzw)), release=False)
    return Setpoint((0.0, 0.0, 0.0, 0.0), release=False)
