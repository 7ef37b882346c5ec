"""Hover-v0 against bare PyBullet loops of the same substeps.

One reads the state at every substep, as a loop that computes its forces from the state has to; the other once per control
step, as Hover-v0 itself does.

python benchmarks/bench_hover.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import time
from collections.abc import Callable

import gymnasium
import numpy as np
import pybullet
from measure import Bound, options, report, take_turns

import goldentime  # noqa: F401 - registers the ids
from goldentime.envs.airframe import load_airframe

STEPS = 290
"""Control steps per turn: within one episode of ten seconds."""
SUBSTEPS = 8


def hover(mode: str) -> Callable[[], float]:
    """Hover-v0 at 30 Hz over 240 Hz."""
    env = gymnasium.make("goldentime/Hover-v0", action_mode=mode, disable_env_checker=True)
    speed = load_airframe("cf2x").hover_rotor_speed_rad_s
    motion = {"rotor": [speed] * 4, "rate": [9.81, 0.0, 0.0, 0.0]}[mode]
    action = {"motion": np.array(motion, np.float32)}

    def run() -> float:
        env.reset(seed=1)
        start = time.process_time()
        for _ in range(STEPS):
            env.step(action)
        return (time.process_time() - start) / STEPS * 1e6

    return run


def bare(*, read_every_substep: bool) -> Callable[[], float]:
    """The calls that the physics can't do without, and nothing else."""
    frame = load_airframe("cf2x")
    client = pybullet.connect(pybullet.DIRECT)
    pybullet.setGravity(0, 0, -9.81, client)
    pybullet.setPhysicsEngineParameter(fixedTimeStep=1 / 240, deterministicOverlappingPairs=1, physicsClientId=client)
    pybullet.createMultiBody(
        0, pybullet.createCollisionShape(pybullet.GEOM_PLANE, physicsClientId=client), physicsClientId=client
    )
    shape = pybullet.createCollisionShape(
        pybullet.GEOM_CYLINDER, radius=frame.hull_radius_m, height=frame.hull_height_m, physicsClientId=client
    )
    body = pybullet.createMultiBody(frame.mass_kg, shape, -1, (0, 0, 1), physicsClientId=client)
    pybullet.changeDynamics(body, -1, linearDamping=0, angularDamping=0, physicsClientId=client)
    force, torque = (0.0, 0.0, frame.mass_kg * 9.81), (0.0, 0.0, 0.0)
    push, turn, step = pybullet.applyExternalForce, pybullet.applyExternalTorque, pybullet.stepSimulation
    pose, twist = pybullet.getBasePositionAndOrientation, pybullet.getBaseVelocity

    def run() -> float:
        start = time.process_time()
        for _ in range(STEPS):
            for _ in range(SUBSTEPS):
                push(body, -1, force, (0.0, 0.0, 0.0), 1, client)
                turn(body, -1, torque, 1, client)
                step(client)
                if read_every_substep:
                    pose(body, client)
                    twist(body, client)
            pose(body, client)
            twist(body, client)
        return (time.process_time() - start) / STEPS * 1e6

    return run


def main() -> int:
    args = options(__doc__.splitlines()[0], rounds=25).parse_args()
    each, once = "bare loop, state at every substep", "bare loop, state once per step"
    cases = {
        each: bare(read_every_substep=True),
        once: bare(read_every_substep=False),
        "Hover-v0, rotor": hover("rotor"),
        "Hover-v0, rate (its default)": hover("rate"),
    }
    bounds = [
        Bound("Hover-v0 rotor / state at every substep", "Hover-v0, rotor", each, at_most=1.4),
        Bound("Hover-v0 rotor / state once per step", "Hover-v0, rotor", once, at_most=1.4),
        Bound("Hover-v0 rate / state at every substep", "Hover-v0, rate (its default)", each),
    ]
    title = "One control step of 1/30 s, 8 substeps, in microseconds"
    return 0 if report(title, take_turns(cases, args.rounds), bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
