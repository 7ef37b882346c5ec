"""Dead reckoning in a building: over every floor the rangefinder tells the height, over furniture it does not."""

from typing import Any

import numpy as np
import pytest

from goldentime.perception.odometry import Odometer, ScanMap

LIDAR = {"columns": 8, "elevations_deg": [0.0], "azimuth_span_deg": 360.0, "max_range_m": 15.0}
BRIEF: dict[str, Any] = {"action_hz": 10, "start_yaw_rad": 0.0, "sensors": {"lidar": {"options": LIDAR}}}


def reading(range_m: float, up_m_s: float = 0.0, height_m: float = 0.0) -> dict[str, np.ndarray]:
    return {
        "attitude": np.zeros(3, np.float32),
        "flow": np.array([0.0, 0.0, up_m_s], np.float32),
        "barometer": np.array([height_m - 0.1], np.float32),
        "rangefinder": np.array([range_m - 0.1], np.float32),
        "lidar": np.full((1, 8), 15.0, np.float32),
    }


def climb(odometer: Odometer, top_m: float) -> float:
    """Straight up through a stairwell, over whose lowest floor the rangefinder looks until it is over the next."""
    z = 0.1
    while z < top_m:
        z += 0.1
        odometer.update(reading(z, 1.05, z))
    return z


@pytest.mark.parametrize("floors", [(0.0,), (0.0, 3.0)])
def test_over_the_ground_the_height_is_what_the_rangefinder_says(floors):
    odometer = Odometer(BRIEF, 0.1, floors)
    climb(odometer, 1.3)
    for _ in range(30):
        fix = odometer.update(reading(1.3, 0.0, 1.3))
    assert fix.position_m[2] == pytest.approx(1.3, abs=0.02)


def test_over_the_next_floor_it_is_that_floor_and_what_the_rangefinder_says():
    odometer = Odometer(BRIEF, 0.1, (0.0, 3.0))
    climb(odometer, 4.3)
    for _ in range(60):
        fix = odometer.update(reading(1.2, 0.0, 4.4))
    assert fix.position_m[2] == pytest.approx(4.2, abs=0.03)


def test_over_a_table_the_height_stays():
    odometer = Odometer(BRIEF, 0.1, (0.0, 3.0))
    climb(odometer, 1.3)
    before = odometer.update(reading(1.3, 0.0, 1.3)).position_m[2]
    for _ in range(20):
        fix = odometer.update(reading(0.6, 0.0, 1.3))
    assert fix.position_m[2] == pytest.approx(before, abs=0.06)


def test_a_scan_map_keeps_the_first_point_of_each_cell():
    plan = ScanMap()
    x = np.arange(-2.0, 2.0, 0.1) + 0.05
    wall, later = (np.column_stack([x, np.full(len(x), y)]) for y in (0.02, 0.08))
    plan.insert(np.concatenate([wall, later]))
    plan.insert(later)
    away, normal, known = plan.lines(np.array([[0.0, 0.3], [9.0, 9.0]]))
    assert known.tolist() == [True, False]
    assert abs(away[0]) == pytest.approx(0.28)
    assert np.abs(normal[0]) == pytest.approx([0.0, 1.0], abs=1e-6)
