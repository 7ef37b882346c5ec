"""What every mission of the registry promises to those who fly it."""

import json
import types
import warnings
from collections.abc import Mapping

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import goldentime
from goldentime import ConfigError, InvalidActionError
from goldentime.envs.loop import Loop
from goldentime.envs.scenario import Scenario
from goldentime.errors import ClosedError, GoldenTimeError
from goldentime.missions.registry import load_config, make_env, make_mission, make_team_env, team_names
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

SEED = 987_654_321_123


def env_id(name):
    return f"goldentime/{load_config(name).id}"


def same(first, second):
    return first.keys() == second.keys() and all(first[key].tobytes() == second[key].tobytes() for key in first)


def test_gymnasium_check_is_clean(single):
    env = gymnasium.make(env_id(single), disable_env_checker=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # The only render mode is a window, which needs a display.
        check_env(env.unwrapped, skip_render_check=True)
    env.close()
    # Actions are in SI units; `baselines` has the normalised view that this advice is about.
    found = [str(w.message) for w in caught if "symmetric and normalized" not in str(w.message)]
    assert found == []


def test_the_wrapped_environment_flies_without_a_warning(single):
    with gymnasium.make(env_id(single)) as env:
        env.action_space.seed(0)
        env.reset(seed=1)
        for _ in range(20):
            _, _, terminated, truncated, _ = env.step(env.action_space.sample())
            if terminated or truncated:
                env.reset()


def test_only_missions_for_one_drone_have_a_gymnasium_id(mission):
    assert (env_id(mission) in gymnasium.registry) == (mission not in team_names())


def test_observations_lie_in_their_space_and_info_is_empty(single, make):
    env = make(single)
    env.action_space.seed(0)
    observation, info = env.reset(seed=3)
    for _ in range(60):
        assert observation in env.observation_space
        assert info == {}
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        assert type(reward) is float
        assert type(terminated) is type(truncated) is bool
        if terminated or truncated:
            observation, info = env.reset()


def test_the_brief_is_json_and_says_how_to_act(single, make):
    env = make(single)
    env.reset(seed=SEED)
    brief = json.loads(json.dumps(env.brief, allow_nan=False))
    assert brief["mission"] == load_config(single).mission
    assert len(brief["action"]["motion"]["names"]) == env.action_space["motion"].shape[0]
    assert brief["sensors"].keys() == env.observation_space.spaces.keys()
    assert str(SEED) not in json.dumps(brief)


# Privacy


def reachable(root, depth):
    """Everything that public attributes and containers lead to, with its path."""
    seen, todo = set(), [("env", root, depth)]
    while todo:
        path, value, left = todo.pop()
        yield path, value
        if left == 0 or id(value) in seen or isinstance(value, str | bytes | int | float | np.ndarray | np.generic | type):
            continue
        if isinstance(value, types.ModuleType | types.FunctionType | types.MethodType | types.BuiltinFunctionType):
            continue
        seen.add(id(value))
        if isinstance(value, Mapping):
            todo += [(f"{path}[{key!r}]", item, left - 1) for key, item in value.items()]
        elif isinstance(value, list | tuple | set | frozenset):
            todo += [(f"{path}[{i}]", item, left - 1) for i, item in enumerate(value)]
        for name in dir(value):
            if not name.startswith("_"):
                try:
                    todo.append((f"{path}.{name}", getattr(value, name), left - 1))
                except Exception:  # a property that does not work tells nothing
                    continue


def leaks(env, seed, scenario, depth=5):
    """Paths to the seed, the scenario or a true start coordinate."""
    starts = [x for drone in scenario.drones for x in drone.position if x not in (0.0, round(x, 3))]
    found = []
    for path, value in reachable(env, depth):
        shows_seed = isinstance(value, int | np.integer | str | bytes) and str(seed) in str(value)
        if shows_seed or isinstance(value, Scenario | WorldState | DroneState | Loop):
            found.append(path)
        elif isinstance(value, float | np.ndarray) and np.size(value) < 1000:
            numbers = np.asarray(value, dtype=object).ravel()
            if any(isinstance(n, float) and abs(n - x) < 1e-6 for n in numbers for x in starts):
                found.append(path)
    return found


def test_nothing_public_reveals_seed_scenario_or_truth(single, mild):
    scenario = make_mission(load_config(single)).generate(stream(SEED, "scenario"))
    env = gymnasium.make(env_id(single), disable_env_checker=True)
    env.reset(seed=SEED)
    env.step(mild(env))
    assert leaks(env, SEED, scenario) == []
    assert leaks(env.unwrapped, SEED, scenario) == []
    env.close()


def test_nothing_public_reveals_seed_scenario_or_truth_of_a_team(team):
    scenario = make_mission(load_config(team)).generate(stream(SEED, "scenario"))
    env = make_team_env(team)
    env.reset(seed=SEED)
    assert leaks(env, SEED, scenario) == []
    env.close()


def test_the_search_for_leaks_finds_planted_ones(make):
    scenario = make_mission(load_config("hover")).generate(stream(SEED, "scenario"))
    env = make("hover")
    env.reset(seed=SEED)
    env.spawn = np.array(scenario.drones[0].position)
    env.task = {"now": scenario}
    env.source = np.random.default_rng(SEED)
    assert sorted(path.split(".")[1].split("[")[0] for path in set(leaks(env, SEED, scenario, depth=4))) >= sorted(
        ["spawn", "source", "task"]
    )


# Life cycle


def test_step_before_reset_is_refused(single, make, mild):
    env = make(single)
    with pytest.raises(ClosedError, match="reset"):
        env.step(mild(env))


def test_step_after_the_end_is_refused(single, make, notes, mild):
    env = make(single, recorder=notes)
    env.reset(seed=0)
    action = {**mild(env), "motion": env.action_space["motion"].low}
    for _ in range(20_000):
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            break
    assert notes.reason is not None
    with pytest.raises(ClosedError, match="reset"):
        env.step(action)
    env.reset(seed=0)
    env.step(action)


def test_use_after_close_is_refused(single, make):
    env = make(single)
    env.reset(seed=0)
    env.close()
    env.close()
    with pytest.raises(ClosedError):
        env.reset(seed=0)


# Actions

BAD_MOTIONS = {
    "nan": lambda low, high: np.array([np.nan, *high[1:]]),
    "inf": lambda low, high: np.array([np.inf, *high[1:]]),
    "too high": lambda low, high: high * np.float32(1.01) + 1,
    "too low": lambda low, high: low - 1,
    "three numbers": lambda low, high: high[:3],
    "a table": lambda low, high: np.stack([low, high]),
    "a word": lambda low, high: "fast",
    "words": lambda low, high: ["a", "b", "c", "d"],
    "nothing": lambda low, high: None,
    "a number": lambda low, high: 1.0,
    "huge": lambda low, high: [10**400, 0, 0, 0],
    "overflow": lambda low, high: np.array([1e300, 0, 0, 0]),
    "numerals": lambda low, high: ["0", "0", "0", "0"],
    "truths": lambda low, high: [True, False, False, False],
    "ragged": lambda low, high: [[0.0], 0.0, 0.0, 0.0],
    "complex": lambda low, high: np.array([1j, 0, 0, 0]),
}


def bad_actions(env, good):
    """Every kind of wrong action, with the field that its error must name."""
    motion = env.action_space["motion"]
    for name, bend in BAD_MOTIONS.items():
        yield name, {**good, "motion": bend(motion.low, motion.high)}, "action.motion"
    yield "missing field", {}, "action"
    yield "unknown field", {"jump": 1, **good}, "jump"
    yield "fields that can't be sorted", {1: 0, None: 1, **good}, "None"
    yield "no mapping", good["motion"], "action"
    yield "None", None, "action"
    if "release" in good:
        for value in (2, -1, 0.5, "yes", "1", None, np.nan, [1], np.array([1]), np.array([0, 1]), 1j):
            yield f"release {value}", {**good, "release": value}, "action.release"
    if "report" in good:
        for field, value in bad_reports(good["report"]):
            yield f"report {field} {value}", {**good, "report": value}, f"action.report{field}"


def bad_reports(good):
    """Every kind of wrong report."""
    wholes: tuple[object, ...] = (None, 0, [], {}, {"kind": 0}, {**good, "colour": 1})
    for whole in wholes:
        yield "", whole
    bad: dict[str, tuple[object, ...]] = {
        "kind": (-1, 1000, 0.5, "1", None, np.nan, [1]),
        "position_m": (None, [1.0, 2.0], [np.nan, 0, 0], [np.inf, 0, 0], [1e9, 0, 0], ["1", "2", "3"], 1.0),
        "described": (2, -1, 0.5, "yes", None),
        "placed": (2, -1, 0.5, "yes", None),
        "azimuth_rad": (None, np.nan, 3.2, -3.2, "1", [0.0], 1j),
        "elevation_rad": (None, np.nan, 1.6, np.inf, "1"),
        "onset_s": (None, np.nan, -0.1, 1e9, "1", [1.0]),
        "text": (None, 5, b"EXIT", "a" * 65, "\n", "\u1112\u1161\u11ab", ["EXIT"]),
    }
    for field in good:
        # What is not listed is one of a mission's own questions and counts.
        for value in bad.get(field, (-1, 1000, 0.5, "1", None, np.nan, [1])):
            yield f".{field}", {**good, field: value}


def test_wrong_actions_are_refused_by_field_and_move_nothing(single, make, mild):
    env, twin = make(single, contest=False), make(single, contest=False)
    for one in (env, twin):
        one.reset(seed=5)
    good = mild(env)
    for name, action, field in bad_actions(env, good):
        with pytest.raises(InvalidActionError, match=field):
            env.step(action)
            pytest.fail(f"{name} was accepted")
    for _ in range(3):
        assert same(env.step(good)[0], twin.step(good)[0])


def test_in_contest_mode_wrong_actions_hold_the_last_one(single, make, mild, notes, contest_overrides):
    overrides = contest_overrides(single)
    env, twin = make(single, recorder=notes, **overrides), make(single, **overrides)
    good = mild(env)
    for number, (name, action, _) in enumerate(bad_actions(env, good)):
        if number % 8 == 0:  # before the flight can come to an end
            for one in (env, twin):
                one.reset(seed=5)
        for one in (env, twin):
            one.step(good)
        observation, *_, info = env.step(action)
        assert same(observation, twin.step(good)[0]), name
        assert info == {}
        found = [event for event in notes.events if event.kind == "invalid_action"]
        assert len(found) == number % 8 + 1, name
        assert json.dumps(found[-1].detail["reason"])


def test_in_contest_mode_a_wrong_first_action_is_survived(single, make, notes, contest_overrides):
    env = make(single, recorder=notes, **contest_overrides(single))
    env.reset(seed=5)
    for _ in range(3):
        env.step(None)
    assert sum(event.kind == "invalid_action" for event in notes.events) == 3
    assert not any(drone.contacts for drone in notes.states[-1].drones) or notes.states[0].drones[0].position_m[2] < 0.3


@pytest.mark.parametrize("mode", ["rotor", "rate", "velocity", "waypoint"])
def test_a_wrong_first_action_leaves_the_drone_where_it_is(mode, make, notes, contest_overrides):
    env = make("hover", recorder=notes, action_mode=mode, **contest_overrides("hover"))
    env.reset(seed=5)
    for _ in range(30):
        env.step(None)
    start, end = (np.array(notes.states[i].drones[0].position_m) for i in (0, -1))
    assert np.linalg.norm(end - start) < 0.1


@pytest.mark.parametrize("mode", ["rotor", "rate", "velocity", "waypoint"])
def test_every_action_mode_flies(mode, make):
    env = make("hover", action_mode=mode)
    env.action_space.seed(0)
    env.reset(seed=0)
    observation, *_ = env.step(env.action_space.sample())
    assert observation in env.observation_space
    assert env.brief["action_mode"] == mode


# Configuration


@pytest.mark.parametrize(
    ("overrides", "numbers"),
    [
        ({"physics_hz": 250.0, "control_hz": 120.0, "action_mode": "velocity"}, ("250", "120")),
        ({"control_hz": 100.0, "action_hz": 30.0, "action_mode": "velocity"}, ("100", "30")),
        ({"physics_hz": 240.0, "action_hz": 0.0}, ("0",)),
        ({"physics_hz": 240.0, "action_hz": -30.0}, ("-30",)),
    ],
)
def test_rates_that_do_not_divide_are_refused_with_both_numbers(overrides, numbers):
    with pytest.raises(ConfigError) as caught:
        make_env("hover", **overrides)
    for number in numbers:
        assert f"{number} Hz" in str(caught.value)


def test_rates_are_checked_for_every_mission(single):
    with pytest.raises(ConfigError, match="7 Hz"):
        make_env(single, action_hz=7.0)


def test_unknown_keys_are_refused_with_their_path(single):
    with pytest.raises(ConfigError, match=rf"{single}\.colour: unknown key"):
        make_env(single, colour="red")
    with pytest.raises(ConfigError, match=r"scenario\.colour: unknown key"):
        make_env(single, scenario={"colour": "red"})
    with pytest.raises(ConfigError, match=r"sensors\.eye\.colour: unknown key"):
        make_env(single, sensors={"eye": {"kind": "flow", "hz": 1.0, "colour": "red"}})


def test_wrong_types_are_refused_with_path_and_value(single):
    with pytest.raises(ConfigError, match=rf"{single}\.action_hz.*'fast'"):
        make_env(single, action_hz="fast")


def test_unknown_missions_are_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"hover.*'hoover'"):
        make_env("hoover")


def test_a_mission_is_made_by_the_function_of_its_kind(single, team):
    with pytest.raises(ConfigError, match="make_env"):
        make_team_env(single)
    with pytest.raises(ConfigError, match="make_team_env"):
        make_env(team)


def test_contest_mode_refuses_privileged_sensors(single):
    with pytest.raises(ConfigError, match=r"sensors\.peek: shows ground truth"):
        peek = {"kind": "state", "hz": load_config(single).action_hz}
        make_env(single, contest=True, nav={"kind": "onboard"}, sensors={"peek": peek})


def test_contest_mode_refuses_a_position_fix(single):
    with pytest.raises(ConfigError, match=r"nav\.kind: contest mode needs 'onboard', got 'truth'"):
        make_env(single, contest=True, nav={"kind": "truth"})


def test_an_unknown_render_mode_is_refused(single):
    with pytest.raises(ConfigError, match=r"None or 'human', got 'rgb_array'"):
        make_env(single, render_mode="rgb_array")


def test_all_errors_have_one_base():
    assert all(issubclass(error, GoldenTimeError) for error in (ConfigError, InvalidActionError, ClosedError))
    assert goldentime.make_env is make_env


# Several worlds


def test_worlds_in_one_process_do_not_disturb_each_other(single, make, mild):
    alone = make(single)
    alone.reset(seed=11)
    expected = [alone.step(mild(alone))[0] for _ in range(10)]
    env, other = make(single), make(single)
    other.reset(seed=12)
    env.reset(seed=11)
    for observation in expected:
        assert same(env.step(mild(env))[0], observation)
        other.step(mild(other))


def test_an_environment_forgets_the_previous_episode(single, make, mild):
    env, fresh = make(single), make(single)
    env.reset(seed=1)
    for _ in range(5):
        env.step(mild(env))
    for one in (env, fresh):
        one.reset(seed=2)
    for _ in range(5):
        assert same(env.step(mild(env))[0], fresh.step(mild(fresh))[0])
