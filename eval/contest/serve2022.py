"""A mission flown live with the mission server of 2022 before it: an agent flies, a team watches and answers over HTTP."""

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError
from goldentime.eval.contest.desk2022 import Desk, DeskRules, FlightState
from goldentime.eval.contest.http2022 import MissionServer, Page
from goldentime.eval.contest.rooms2022 import Run2022, Truth2022, answers_bytes, truth_bytes
from goldentime.eval.contest.rooms2022_truth import sought_people, truth_of
from goldentime.eval.episode import build_agent
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import save_log
from goldentime.eval.plan import Plan
from goldentime.files import append_line, write_atomic
from goldentime.missions.registry import load_config, make_env, make_mission
from goldentime.missions.search_place import local
from goldentime.records import record
from goldentime.rng import stream
from goldentime.types import Event, WorldState

__all__ = ["Serve2022Options", "Served", "serve2022"]

_ARMED = 0.2
"""Share of the hover speed that all rotors of an armed drone reach."""
_KEPT_S = 30.0
"""Of sound, for teams that ask late."""
_FRESH_S = 0.05
"""How long the loop sleeps at most, so that the end of a run is noticed."""


@record
class Serve2022Options:
    """Where and for whom a mission is served."""

    host: str = "127.0.0.1"
    port: int = 8022
    """0 takes a free one."""
    team_id: str = "team"
    secret: str = ""
    """Empty draws one and prints it."""
    speed: float = 1.0
    """Of the flight against the clock; 0 for as fast as it goes."""
    grace_s: float = 5.0
    """By the clock, for answers after the flight is over."""
    photos: bool = True
    """Whether photos are drawn of those who are sought; needs EGL and the extra `see`."""
    desk: DeskRules = DeskRules()
    out: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port < 65_536 or self.speed < 0.0 or self.grace_s < 0.0 or not self.team_id:
            raise ValueError(f"expected a port, speed and grace_s of at least 0 and a team_id, got {self}")


@record
class Served:
    """What became of a run."""

    run: Run2022
    truth: Truth2022
    log: EpisodeLog


class _Watch:
    """Tells the desk of the flight while the log is written."""

    def __init__(self, log: EpisodeLog, desk: Desk, scenario: Scenario, hover_rad_s: float) -> None:
        self._log, self._desk, self._task = log, desk, scenario.task
        self._least_rad_s = _ARMED * hover_rad_s

    def begin(self, header: Mapping[str, Any]) -> None:
        """See `Recorder`."""
        self._log.begin(header)

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Mapping[str, float]) -> None:
        """See `Recorder`."""
        self._log.record(state, events, reward_terms)
        drone = state.drones[0]
        place = local(self._task, drone.position_m)
        armed = min(drone.rotor_speed_rad_s) >= self._least_rad_s
        x, y, z = (round(number, 4) for number in place)
        self._desk.observe(FlightState(round(state.time_s, 4), armed, z, (x, y, z), drone.quaternion_xyzw))

    def end(self, reason: str) -> None:
        """See `Recorder`."""
        self._log.end(reason)


class _Senses:
    """The last picture and the last sound of the flight, for whoever asks."""

    def __init__(self, rate_hz: int) -> None:
        self._lock, self._rate = threading.Lock(), rate_hz
        self._picture: NDArray[np.uint8] | None = None
        self._sound: deque[tuple[float, NDArray[np.float32]]] = deque()

    def take(self, time_s: float, observation: Mapping[str, NDArray[Any]]) -> None:
        """What the drone's sensors say by now."""
        with self._lock:
            self._picture = observation.get("camera", self._picture)
            if "microphones" in observation and time_s > 0.0:
                self._sound.append((time_s, observation["microphones"]))
                while self._sound[0][0] < time_s - _KEPT_S:
                    self._sound.popleft()

    def picture(self, query: Mapping[str, str]) -> Page | None:
        """A JPEG of the camera's last picture."""
        with self._lock:
            picture = self._picture
        if picture is None:
            return None
        from goldentime.eval.dataset.detection import jpeg

        return Page("image/jpeg", jpeg(picture, 90))

    def sound(self, query: Mapping[str, str]) -> Page | None:
        """A WAV of all sound after a time, as far as it is kept."""
        after_s = float(query.get("after", "-inf"))
        with self._lock:
            parts = [part for time_s, part in self._sound if time_s > after_s]
        if not parts:
            return None
        from goldentime.eval.dataset.sounds import wav_bytes

        return Page("audio/wav", wav_bytes(np.concatenate(parts, axis=1), self._rate))


def serve2022(
    plan: Plan, options: Serve2022Options, ready: Callable[[str, str], None] = lambda url, secret: None
) -> Served:
    """Fly the plan's first episode with a mission server before it; returns when it is over.

    Args:
        plan: mission and agent.
        options: see there.
        ready: is told the server's address and the secret before the flight begins.

    Raises:
        ConfigError: the mission has no rooms to tell of, or the port is taken.
    """
    config, seed = load_config(plan.mission, plan.overrides), plan.seed(0)
    scenario = make_mission(config).generate(stream(seed, "scenario"))
    sought = sought_people(scenario, stream(seed, "contest.rooms2022"))
    truth = truth_of(scenario, sought)
    if not truth or "message" not in scenario.task:
        raise ConfigError(f"serve2022: expected a rescue in rooms with plates, such as rooms2022, got {plan.mission}")
    secret = options.secret or secrets.token_hex(8)
    desk = Desk(options.team_id, secret, frozenset(truth), options.desk)
    log = EpisodeLog(labels={"agent": plan.agent, "index": 0, "mission": plan.mission, "split": plan.split})
    hover = _hover_rad_s(scenario)
    senses = _Senses(_rate_hz(config.sensors))
    pages = _pages(desk, senses, scenario, sought if options.photos else ())
    with _Listening(options, desk, pages) as server:
        host, port = str(server.server_address[0]), int(server.server_address[1])
        ready(f"http://{host}:{port}", secret)
        env = make_env(plan.mission, recorder=_Watch(log, desk, scenario, hover), **plan.overrides)
        try:
            _fly(env, plan, desk, senses, options)
        finally:
            env.close()
        _wait(desk, options.grace_s)
    log.end("ended")
    served = Served(run=desk.run(), truth=truth, log=log)
    _write(served, options.out)
    return served


def _hover_rad_s(scenario: Scenario) -> float:
    from goldentime.envs.airframe import load_airframe

    return load_airframe(scenario.drones[0].airframe).hover_rotor_speed_rad_s


def _rate_hz(sensors: Mapping[str, Any]) -> int:
    ear = sensors.get("microphones")
    return int(ear.options.get("sample_rate_hz", 16_000)) if ear is not None else 16_000


def _pages(
    desk: Desk, senses: _Senses, scenario: Scenario, sought: Sequence[int]
) -> dict[str, Callable[[Mapping[str, str]], Page | None]]:
    photos = {f"/material/person_{i}.jpg": _photo(scenario, person) for i, person in enumerate(sought, 1)}
    material = {"message": scenario.task["message"], "photos": [*photos]}
    pages: dict[str, Callable[[Mapping[str, str]], Page | None]] = {
        "/state": lambda query: _json_page(desk.state()),
        "/material": lambda query: _json_page(material),
        "/camera.jpg": senses.picture,
        "/audio.wav": senses.sound,
    }
    for path, photo in photos.items():
        pages[path] = lambda query, photo=photo: photo  # type: ignore[misc]
    return pages


def _photo(scenario: Scenario, person: int) -> Page:
    from goldentime.envs.render.photos import before_fire, portrait
    from goldentime.eval.dataset.detection import jpeg, process_renderer
    from goldentime.eval.dataset.rescue_photos import PhotoConfig

    calm, config = before_fire(scenario, WorldState(0.0, (), ())), PhotoConfig()
    rgb = portrait(process_renderer(), *calm, person, config.lens, np.random.default_rng(0))
    return Page("image/jpeg", jpeg(rgb, config.quality))


def _json_page(data: Any) -> Page:
    return Page("application/json", json.dumps(data, ensure_ascii=False).encode())


class _Listening:
    """A server in a thread of its own, as long as the block lasts."""

    def __init__(self, options: Serve2022Options, desk: Desk, pages: Mapping[str, Any]) -> None:
        posts = options.out / "posts.jsonl" if options.out is not None else None

        def watch(path: str, status: str, msg: str) -> None:
            if posts is not None:
                append_line(posts, {"path": path, "status": status, "msg": msg, "time_s": desk.state().get("time_s")})

        if posts is not None:
            posts.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._server = MissionServer((options.host, options.port), desk, pages, watch)
        except OSError as error:
            raise ConfigError(f"serve2022: can't listen at {options.host}:{options.port} ({error.strerror})") from None
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> MissionServer:
        self._thread.start()
        return self._server

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _fly(env: Any, plan: Plan, desk: Desk, senses: _Senses, options: Serve2022Options) -> None:
    """Until the flight is over or the team ends its run."""
    agent = build_agent(plan)
    observation, _ = env.reset(seed=plan.seed(0))
    agent.reset(env.unwrapped.brief)
    period_s = 1.0 / env.metadata["render_fps"]
    due, time_s, over = time.perf_counter(), 0.0, False
    while not over and not desk.ended:
        senses.take(time_s, observation)
        observation, _, terminated, truncated, _ = env.step(agent.act(observation))
        time_s, over = float(desk.state()["time_s"]), terminated or truncated
        if options.speed > 0.0:
            # A flight that falls behind the clock does not hurry afterwards.
            due = max(due + period_s / options.speed, time.perf_counter())
            _sleep_until(due, desk)
    senses.take(time_s, observation)


def _sleep_until(due: float, desk: Desk) -> None:
    while not desk.ended and (left_s := due - time.perf_counter()) > 0.0:
        time.sleep(min(left_s, _FRESH_S))


def _wait(desk: Desk, grace_s: float) -> None:
    _sleep_until(time.perf_counter() + grace_s, desk)


def _write(served: Served, out: Path | None) -> None:
    if out is not None:
        write_atomic(out / "rooms2022_GT.json", truth_bytes(served.truth))
        write_atomic(out / "answers.json", answers_bytes(served.run))
        save_log(served.log, out / "flight.jsonl")
