"""Airframes: the published or derived parameters of a multirotor, read from a data file."""

import math
from functools import cache
from pathlib import Path

from goldentime.control.mixer import RotorLayout
from goldentime.control.vehicle import GRAVITY_M_S2, Vehicle
from goldentime.errors import ConfigError
from goldentime.records import load_yaml, record

__all__ = ["AIR_DENSITY_KG_M3", "Airframe", "Battery", "airframe_names", "load_airframe"]

AIR_DENSITY_KG_M3 = 1.225
"""ISA sea level."""

_FOLDER = Path(__file__).parent / "assets" / "airframes"


@record
class Battery:
    """A pack with open-circuit voltage linear in the state of charge and one series resistance."""

    full_v: float
    empty_v: float
    capacity_ah: float
    resistance_ohm: float
    avionics_w: float
    hover_endurance_s: float
    """Time from full to empty in hover without payload; fixes the power that the rotors draw."""


@record
class Airframe:
    """A multirotor. Rotor i sits at `layout.position_m[i]`; all rotors are alike and point up."""

    name: str
    source: str
    """Where the figures come from."""
    mass_kg: float
    inertia_kg_m2: tuple[float, float, float]
    """Principal moments about the body axes."""
    hull_radius_m: float
    hull_height_m: float
    """The collision hull: an upright cylinder around the centre of mass."""
    layout: RotorLayout
    rotor_radius_m: float
    rotor_speed_min_rad_s: float
    rotor_speed_max_rad_s: float
    """At full battery voltage; sags in proportion to the voltage."""
    rotor_time_constant_s: float
    """First-order lag from commanded to actual rotor speed."""
    rotor_drag_xy_n_s2: float
    """Force per air speed and per summed rotor speed across the rotor discs [N / (m/s) / (rad/s)]."""
    rotor_drag_z_n_s2: float
    """The same along the rotor axes (loss of thrust in climb)."""
    body_drag_area_m2: float
    """Drag coefficient times frontal area; the force is 1/2 rho CdA |v| v."""
    max_tilt_rad: float
    max_speed_m_s: float
    max_yaw_rate_rad_s: float
    battery: Battery
    payload_kg: float = 0.0
    """Largest relief kit the gripper holds; 0 without a gripper."""
    rotor_plane_m: float = 0.0
    """Height of the rotors' plane above the centre of mass."""
    rotor_blades: int = 2
    """Of each rotor."""
    noise_db: float | None = None
    """A-weighted sound pressure level in hover at 1 m, mean over all directions [dB(A) re 20 uPa]; none for the rule of
    `hover_noise_db`."""

    @property
    def hover_rotor_speed_rad_s(self) -> float:
        """Rotor speed at which the summed thrust equals the weight."""
        return math.sqrt(self.mass_kg * GRAVITY_M_S2 / (self.layout.count * self.layout.thrust_n_s2))

    @property
    def thrust_to_weight(self) -> float:
        """Largest collective thrust over weight, at full voltage."""
        return (self.rotor_speed_max_rad_s / self.hover_rotor_speed_rad_s) ** 2

    @property
    def hover_noise_db(self) -> float:
        """`noise_db`, or what a drone of that mass may emit at most under Delegated Regulation (EU) 2019/945, part 15,
        class C2: a sound power level of 85 + 18.5 lg(m / 900 g) dB(A), 11 dB less as a pressure level at 1 m."""
        return 74.0 + 18.5 * math.log10(self.mass_kg / 0.9) if self.noise_db is None else self.noise_db

    @property
    def vehicle(self) -> Vehicle:
        """What a controller knows of this airframe."""
        return Vehicle(
            mass_kg=self.mass_kg,
            inertia_kg_m2=self.inertia_kg_m2,
            layout=self.layout,
            rotor_speed_min_rad_s=self.rotor_speed_min_rad_s,
            rotor_speed_max_rad_s=self.rotor_speed_max_rad_s,
            rotor_time_constant_s=self.rotor_time_constant_s,
            max_tilt_rad=self.max_tilt_rad,
            max_speed_m_s=self.max_speed_m_s,
            max_yaw_rate_rad_s=self.max_yaw_rate_rad_s,
        )

    @property
    def rotor_power_w_s3(self) -> float:
        """Electrical power per cubed rotor speed, such that hovering empties the battery in `hover_endurance_s`."""
        mean_v = 0.5 * (self.battery.full_v + self.battery.empty_v)
        hover_w = self.battery.capacity_ah * 3600.0 * mean_v / self.battery.hover_endurance_s - self.battery.avionics_w
        return hover_w / (self.layout.count * self.hover_rotor_speed_rad_s**3)


def airframe_names() -> list[str]:
    """The airframes that ship with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def load_airframe(name: str) -> Airframe:
    """Read an airframe by name, or by path when `name` ends in `.yaml`.

    Raises:
        ConfigError: no such airframe, or its file does not fit.
    """
    if name.endswith(".yaml"):
        airframe = load_yaml(Airframe, Path(name))
    elif name in airframe_names():
        airframe = load_yaml(Airframe, _FOLDER / f"{name}.yaml")
    else:
        raise ConfigError(f"airframe: expected one of {', '.join(airframe_names())} or a .yaml file, got {name!r}")
    airframe.layout.check(f"airframe {name}")
    if airframe.thrust_to_weight <= 1.0:
        raise ConfigError(f"airframe {name}: thrust-to-weight must exceed 1, got {airframe.thrust_to_weight:.3f}")
    return airframe
