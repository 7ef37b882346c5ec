"""How loud a drone is at its own microphones."""

import math

from goldentime.envs.airframe import Airframe

__all__ = ["noise_at_microphones_db"]

_BELOW_M = 0.15


def noise_at_microphones_db(airframe: Airframe) -> float:
    """Level [dB(A)] of the rotors in hover in the middle of an array 15 cm below their plane.

    Of a drone of mass m a sound power level of 85 + 18.5 lg(m / 900 g) dB(A), Delegated Regulation (EU) 2019/945, class C2,
    that is 11 dB less as a pressure level at 1 m; shared by the rotors, each by its distance.
    """
    at_1_m_db = 74.0 + 18.5 * math.log10(airframe.mass_kg / 0.9)
    away = [math.hypot(x, y, _BELOW_M) for x, y in airframe.layout.position_m]
    return at_1_m_db + 10.0 * math.log10(sum(1.0 / r**2 for r in away) / len(away))
