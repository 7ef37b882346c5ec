"""Hover-v0 against gym-pybullet-drones' HoverAviary and PyFlyt's QuadX-Hover, per control step of 1/30 s over 240 Hz.

python benchmarks/bench_peers.py --peer-python /path/to/python

The peers need other versions of our dependencies, so each environment runs in a process of its own, and they take
turns. `--peer-python`, or GOLDENTIME_PEER_PYTHON, is the interpreter that has them; without it they are looked for in
this one. What is not installed is skipped, and said so.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import os
import subprocess
from typing import NamedTuple

from measure import Bound, options, report, take_turns

OURS = "goldentime Hover-v0, rotor"
TARGET = 4.0
STEPS = 600

LOOP = """
import sys, time
def run(env, action, steps):
    env.reset()
    start = time.process_time()
    for _ in range(steps):
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset()
    return (time.process_time() - start) / steps * 1e6
env, action = make()
print("ready", file=out, flush=True)
for line in sys.stdin:
    print(run(env, action, int(line)), file=out, flush=True)
"""
# What the peers print must not get among the answers.
HEAD = "import os, sys; out = os.fdopen(os.dup(1), 'w'); os.dup2(2, 1)\n"
WORKERS = {
    OURS: """
def make():
    import gymnasium, goldentime, numpy
    from goldentime.envs.airframe import load_airframe
    env = gymnasium.make("goldentime/Hover-v0", action_mode="rotor", disable_env_checker=True)
    return env, {"motion": numpy.full(4, load_airframe("cf2x").hover_rotor_speed_rad_s, numpy.float32)}
""",
    "gym-pybullet-drones HoverAviary, RPM": """
def make():
    import numpy
    from gym_pybullet_drones.envs.HoverAviary import HoverAviary
    from gym_pybullet_drones.utils.enums import ActionType, ObservationType
    env = HoverAviary(act=ActionType.RPM, obs=ObservationType.KIN, ctrl_freq=30, pyb_freq=240)
    return env, numpy.zeros(env.action_space.shape, numpy.float32)
""",
    "PyFlyt QuadX-Hover": """
def make():
    import gymnasium, PyFlyt.gym_envs
    name = max(id for id in gymnasium.registry if id.startswith("PyFlyt/QuadX-Hover-"))
    env = gymnasium.make(name, agent_hz=30)
    action = env.action_space.sample() * 0
    action[-1] = 0.34
    return env, action
""",
}


class Worker(NamedTuple):
    """One environment in its own process."""

    process: subprocess.Popen[str]

    def __call__(self) -> float:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{STEPS}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def start(python: str, code: str) -> Worker | str:
    """A ready worker, or the last line of why there is none."""
    command = [python, "-W", "ignore", "-c", HEAD + code + LOOP]
    pipe = subprocess.PIPE
    # An interpreter of another environment must not find this one's packages.
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=env)
    assert process.stdout is not None
    if process.stdout.readline().strip() == "ready":
        return Worker(process)
    _, errors = process.communicate()
    return (errors.strip().splitlines() or ["no reason given"])[-1]


def main() -> int:
    parser = options(__doc__.splitlines()[0], rounds=9)
    parser.add_argument("--peer-python", default=os.environ.get("GOLDENTIME_PEER_PYTHON", sys.executable))
    args = parser.parse_args()
    workers: dict[str, Worker] = {}
    for name, code in WORKERS.items():
        started = start(sys.executable if name == OURS else args.peer_python, code)
        if isinstance(started, Worker):
            workers[name] = started
        else:
            print(f"skipped {name}: {started} ({args.peer_python}; --peer-python names another)", file=sys.stderr)
    if OURS not in workers:
        return 1
    times = take_turns(workers, args.rounds)
    for worker in workers.values():
        worker.process.communicate()
    bounds = [Bound(f"{name} / ours", name, OURS, at_least=TARGET) for name in workers if name != OURS]
    title = "One control step, in microseconds, resets included"
    return 0 if report(title, times, bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
