"""Recorded flights through a rescue's building: films, sound and who is in them, without physics.

A drone follows the proven graph of the building at an even speed. The people live as they do in the missions; drones are
recorded one after another in the same time, so that none is in another's way or moves those who would follow it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from goldentime.envs.acoustics.calls import HeardCall
from goldentime.envs.acoustics.clip import render_clip
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.acoustics.hover import HOVER_STEP_S, hover_speeds
from goldentime.envs.airframe import load_airframe
from goldentime.envs.hazards.smoke import transmittance
from goldentime.envs.render.air import Air
from goldentime.envs.render.content import instances
from goldentime.envs.render.frame import View, make_frame
from goldentime.envs.render.photos import look
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.scenes.proof import sampled
from goldentime.envs.surroundings import Surroundings
from goldentime.eval.dataset.detection import process_renderer
from goldentime.eval.dataset.flight import course_yaw
from goldentime.missions.rescue_place import RescueConfig, Site, compose, standing_m
from goldentime.missions.rescue_tour import Ways, best_tour
from goldentime.records import record
from goldentime.types import DroneState, Vec3, WorldState

__all__ = ["FILM_HZ", "FilmConfig", "SeenRule", "Take", "Tour", "alive", "heard", "share_rooms", "stage_of"]

Rng = np.random.Generator
Floats = NDArray[np.float64]

FILM_HZ = round(1.0 / HOVER_STEP_S)
"""Pictures a second; one is drawn at each state."""
_STEP_M, _ROUND_M, _TURN_S = 0.05, 0.1, 0.4
"""Of the route's samples, how much its corners are rounded, and how slowly a drone turns into a new course."""
_EYE_M = 0.1
"""The camera before the drone's middle, as the missions have it."""


@record
class FilmConfig:
    """How a flight is recorded; pairs are the least and the most. The real films' are unknown; these are ours."""

    duration_s: float = 60.0
    width: int = 640
    height: int = 480
    fov_deg: float = 80.0
    pitch_deg: float = -10.0
    speed_m_s: tuple[float, float] = (0.4, 1.2)
    """As fast as it takes to see all rooms in the time, within these."""
    swing_deg: tuple[float, float] = (20.0, 45.0)
    """How far left and right of its course a drone looks."""
    swing_s: tuple[float, float] = (4.0, 7.0)

    def __post_init__(self) -> None:
        if self.duration_s < 1.0 or self.width % 2 or self.height % 2 or min(self.width, self.height) < 64:
            raise ValueError(f"expected duration_s of at least 1, an even width and height of at least 64, got {self}")


@record
class SeenRule:
    """When somebody has been seen in a film; ours, the real rule is unknown."""

    least_px: float = 16.0
    """Root of the area that a picture shows of them."""
    least_transmittance: float = 0.3
    """Share of their light that passes the smoke."""
    least_frames: int = 5


class Tour(NamedTuple):
    """One drone's way."""

    rooms: tuple[int, ...]
    """Those it is to look into."""
    points: tuple[Vec3, ...]
    """[m] world."""


def stage_of(mission: str, config: RescueConfig, site: Site, rng: Rng) -> Scenario:
    """A site's scenario with one drone and without kits."""
    x, y, z = site.building.entrance.position
    drone = DroneSpec(
        airframe=config.airframe, position=(x, y, standing_m(z, config.airframe)), yaw=site.building.entrance.yaw
    )
    tour = site.tour(range(len(site.people)), [], config.pace)
    return compose(mission, config, site, [tour], rng, drones=(drone,))


def share_rooms(site: Site, drones: int, rng: Rng) -> list[Tour]:
    """Tours of several drones that share all rooms that can be reached, neighbours to one drone."""
    start, nodes = site.building.entrance.node, {}
    for room, compartment in enumerate(site.building.compartments):
        there = [
            n for n in np.flatnonzero(np.array(site.building.graph.rooms) == room).tolist() if _reach(site.ways, start, n)
        ]
        if there and not compartment.sealed and room != site.blaze.rooms[0] and compartment.kind != "stairs":
            nodes[room] = there[int(rng.integers(len(there)))]
    parts = [part.tolist() or [*nodes] for part in np.array_split(np.array([*nodes], np.int64), drones)]
    return [
        Tour(tuple(part), best_tour(site.ways, start, [nodes[room] for room in part], (), RescueConfig().pace).points)
        for part in parts
    ]


def _reach(ways: Ways, start: int, node: int) -> bool:
    return bool(np.isfinite(ways.length_m[start, node]))


def alive(scenario: Scenario, duration_s: float) -> list[WorldState]:
    """The fire and the people at steps of `HOVER_STEP_S`, without any drone."""
    world = Surroundings(scenario)
    times = [round(i * HOVER_STEP_S, 6) for i in range(round(duration_s / HOVER_STEP_S) + 1)]
    return [world.follow(WorldState(time_s, (), ())) for time_s in times]


class Take:
    """One drone's flight, to be filmed and listened to."""

    def __init__(self, scenario: Scenario, world: Sequence[WorldState], tour: Tour, config: FilmConfig, rng: Rng) -> None:
        self._scenario, self._config = scenario, config
        eyes, self._yaw = _flight(tour.points, len(world), config, rng)
        airframe = load_airframe(scenario.drones[0].airframe)
        speeds = hover_speeds(airframe, len(world) - 1, rng).tolist()
        velocity = np.gradient(eyes, HOVER_STEP_S, axis=0).tolist()
        self.states = [
            state._replace(drones=(_drone(at, yaw, moved, rotors, airframe.battery.full_v),))
            for state, at, yaw, moved, rotors in zip(
                world, eyes.tolist(), self._yaw.tolist(), velocity, speeds, strict=True
            )
        ]
        """(n,) every `HOVER_STEP_S`, the first at time 0."""
        self.frames = np.zeros(len(scenario.people), np.int64)
        """(people,) in how many pictures each was seen so far."""

    def pictures(self, rule: SeenRule) -> Iterator[NDArray[np.uint8]]:
        """What the camera sees in all states but the last, each until the next; `frames` grows meanwhile."""
        size, renderer = (self._config.width, self._config.height), process_renderer()
        renderer.load(self._scenario)
        frame = make_frame(*size)
        for state, yaw in zip(self.states[:-1], self._yaw.tolist(), strict=False):
            view = self._view(state, yaw, size)
            renderer.render(view, state, frame)
            areas = np.bincount(frame.instance.ravel(), minlength=int(self._numbers.max(initial=0)) + 1)[self._numbers]
            shown = areas >= rule.least_px**2
            if shown.any():
                shown &= self._through(view, state) >= rule.least_transmittance
            self.frames += shown
            yield frame.rgb

    def _view(self, state: WorldState, yaw: float, size: tuple[int, int]) -> View:
        x, y, z = state.drones[0].position_m
        eye = np.array([x + _EYE_M * math.cos(yaw), y + _EYE_M * math.sin(yaw), z])
        c = self._config
        return look(eye, yaw, math.radians(c.pitch_deg), math.radians(c.fov_deg), size)._replace(hidden_drone=0)

    def _through(self, view: View, state: WorldState) -> Floats:
        """(people,) share of light that passes from a point half a metre above the ground."""
        smoke = self._air.smoke(state)
        at = np.array([person.position_m for person in state.people]).reshape(-1, 3) + np.array([0.0, 0.0, 0.5])
        return np.ones(len(at)) if smoke is None else np.asarray(transmittance(smoke, np.array(view.eye), at)[0])

    @cached_property
    def _numbers(self) -> NDArray[np.int64]:
        """(people,) their instance numbers."""
        found = [number for number, one in enumerate(instances(self._scenario)) if one.kind == "person"]
        return np.array(found, np.int64)

    @cached_property
    def _air(self) -> Air:
        return Air(self._scenario)


def _flight(points: Sequence[Vec3], count: int, config: FilmConfig, rng: Rng) -> tuple[Floats, Floats]:
    """Places (count, 3) [m] and yaws (count,) [rad] along a route; where it ends, the drone hovers on."""
    route = sampled(tuple(points), _STEP_M)
    path: Floats = gaussian_filter1d(route, _ROUND_M / _STEP_M, axis=0, mode="nearest")
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    speed = float(np.clip(along[-1] / config.duration_s, *config.speed_m_s))
    time_s = np.arange(count) * HOVER_STEP_S
    at = np.minimum(speed * time_s, along[-1])
    eyes = np.stack([np.interp(at, along, path[:, axis]) for axis in range(3)], -1)
    swing, period = math.radians(float(rng.uniform(*config.swing_deg))), float(rng.uniform(*config.swing_s))
    yaw = course_yaw(eyes, _TURN_S / HOVER_STEP_S) + swing * np.sin(2.0 * math.pi * (time_s / period + rng.random()))
    return eyes, yaw


def _drone(at: Any, yaw: float, moved: Any, rotors: Any, full_v: float) -> DroneState:
    turn = (0.0, 0.0, math.sin(0.5 * yaw), math.cos(0.5 * yaw))
    still = (0.0, 0.0, 0.0)
    return DroneState(tuple(at), turn, tuple(moved), still, still, tuple(rotors), 1.0, full_v, (), 0.0)


def heard(
    scenario: Scenario, states: Sequence[WorldState], spec: HearingSpec, rng: Rng, left_db: float = 0.0
) -> tuple[NDArray[np.float32], list[HeardCall]]:
    """What the drone's microphones hear along its states, (microphones, n), and which calls these are.

    Args:
        scenario: the world.
        states: of the drone.
        spec: the microphones.
        rng: draws their errors and all noise.
        left_db: how much of the rotors' and the wind's noise is left. The calls' `snr_db` follows it, told from the mean
            powers of that noise and of all else while each call lasts.
    """
    from goldentime.envs.speech.bank import load_bank

    rendered = render_clip(scenario, states, replace(spec, calibration_s=0.0), load_bank(spec.speech).audio, rng)
    stems, left = rendered.stems, 10.0 ** (left_db / 20.0)
    samples = rendered.ear.capsules.convert(stems.calls + np.float32(left) * stems.ego + stems.other)
    found = []
    for call in rendered.heard:
        part = slice(*(max(round(time_s * spec.sample_rate_hz), 0) for time_s in (call.onset_s, call.offset_s)))
        own, other = (float(np.square(stem[:, part], dtype=np.float64).mean()) for stem in (stems.ego, stems.other))
        less_db = 10.0 * math.log10((own + other + 1e-20) / (left**2 * own + other + 1e-20))
        found.append(replace(call, snr_db=call.snr_db + less_db))
    return samples, found
