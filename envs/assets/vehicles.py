"""Cars, bicycles, motorcycles and wheelchairs with drawn proportions; each faces +x."""

import numpy as np

from goldentime.envs.assets.shapes import Assembly, Shape, box, dome, extrude, lathe, ring, tube, turned

__all__ = ["bicycle", "car", "motorcycle", "wheelchair"]

Rng = np.random.Generator


def _wheel(a: Assembly, x: float, y: float, radius: float, width: float) -> None:
    """A car's wheel: tyre and hub cap."""
    edge = 0.12 * radius
    profile = [
        (radius - edge, -width / 2),
        (radius, -width / 2 + edge),
        (radius, width / 2 - edge),
        (radius - edge, width / 2),
    ]
    a.add("tyres", lathe(profile, (x, y, radius), 18, "y"))
    a.add("trim", lathe([(0.6 * radius, -width / 2 - 0.012), (0.6 * radius, width / 2 + 0.012)], (x, y, radius), 12, "y"))


def car(rng: Rng) -> Assembly:
    """A saloon, hatchback, estate or van."""
    length, width = rng.uniform(3.6, 4.8), rng.uniform(1.65, 1.9)
    form = str(rng.choice(["saloon", "hatchback", "estate", "van"]))
    height = rng.uniform(1.80, 2.00) if form == "van" else rng.uniform(1.40, 1.55)
    clear, wheel = 0.20, rng.uniform(0.29, 0.34)
    waist = 0.62 * height
    nose, tail = length / 2, -length / 2
    hood = {"van": 0.14}.get(form, 0.27) * length
    boot = {"saloon": 0.17}.get(form, 0.02) * length
    bonnet = waist - (0.02 if form == "van" else 0.10)
    a = Assembly()
    body = [
        (tail, clear + 0.12),
        (tail + 0.08, clear),
        (nose - 0.10, clear),
        (nose, clear + 0.15),
        (nose - 0.03, bonnet - 0.12),
        (nose - 0.20, bonnet - 0.03),
        (nose - hood, waist),
        (tail + boot, waist),
        (tail + 0.06, waist - 0.02),
        (tail, waist - 0.15),
    ]
    a.add("body", extrude(body, width, top=0.94))
    lean_front = 0.16 * length if form != "van" else 0.10 * length
    lean_back = {"saloon": 0.13, "hatchback": 0.09, "estate": 0.04, "van": 0.02}[form] * length
    cabin = [
        (tail + boot + 0.02, waist - 0.02),
        (nose - hood, waist - 0.02),
        (nose - hood - lean_front, height - 0.05),
        (tail + boot + lean_back, height - 0.05),
    ]
    a.add("glass", extrude(cabin, 0.92 * width, top=0.80))
    front, back = nose - hood - lean_front, tail + boot + lean_back
    a.add("body", box((front - back + 0.06, 0.77 * width, 0.06), ((front + back) / 2, 0, height - 0.03), (0.95, 0.92)))
    for x0, x1, z1 in ((nose - hood, front, height - 0.03), (tail + boot + 0.02, back, height - 0.03)):
        for side in (-1, 1):
            a.add("body", tube([(x0, side * 0.455 * width, waist), (x1, side * 0.375 * width, z1)], 0.035, 5))
    for side in (-1, 1):
        middle = (front + back) / 2 - 0.02 * length
        a.add("body", tube([(middle, side * 0.455 * width, waist), (middle, side * 0.375 * width, height - 0.04)], 0.04, 5))
        a.add("body", box((0.12, 0.10, 0.09), (nose - hood - 0.12, side * (0.47 * width + 0.06), waist + 0.05)))
        a.add("lights", box((0.10, 0.32, 0.12), (nose - 0.05, side * 0.34 * width, bonnet - 0.14)))
        a.add("rear_lights", box((0.06, 0.22, 0.14), (tail + 0.015, side * 0.37 * width, waist - 0.20)))
        for x in (nose - 0.19 * length, tail + 0.19 * length):
            _wheel(a, x, side * (width / 2 - 0.09), wheel, 0.20)
    a.add(
        "trim",
        box((0.06, 0.9 * width, 0.12), (nose - 0.01, 0, clear + 0.10)),
        box((0.06, 0.9 * width, 0.12), (tail, 0, 0.34)),
    )
    a.add("plate", box((0.03, 0.50, 0.11), (nose + 0.02, 0, clear + 0.16)), box((0.03, 0.50, 0.11), (tail - 0.03, 0, 0.48)))
    return a


def _spokes(radius: float, x: float, y: float, count: int, thick: float) -> list[Shape]:
    angle = np.arange(count) * np.pi / count
    return [
        tube(
            [(x - radius * np.cos(t), y, radius * (1 - np.sin(t))), (x + radius * np.cos(t), y, radius * (1 + np.sin(t)))],
            thick,
            4,
        )
        for t in angle
    ]


def bicycle(rng: Rng) -> Assembly:
    """Two spoked wheels, a diamond or step-through frame, with or without a basket."""
    radius, base = rng.uniform(0.30, 0.36), rng.uniform(1.00, 1.10)
    seat_height, thick = rng.uniform(0.78, 0.95), rng.uniform(0.016, 0.022)
    step_through, basket = bool(rng.random() < 0.4), bool(rng.random() < 0.5)
    rear, front = -base / 2, base / 2
    crank, seat = (rear + 0.43, 0.0, radius - 0.04), (rear + 0.26, 0.0, seat_height)
    head_low, head_top = (front - 0.20, 0.0, 0.66), (front - 0.25, 0.0, 0.84)
    tube_high = (rear + 0.36, 0.0, 0.48) if step_through else (rear + 0.30, 0.0, seat_height - 0.16)
    a = Assembly()
    for x in (rear, front):
        a.add("tyres", ring(radius - 0.02, 0.024, (x, 0, radius), n=28))
        a.add("metal", *_spokes(radius - 0.02, x, 0.0, 6, 0.006))
        a.add("metal", lathe([(0.03, -0.05), (0.03, 0.05)], (x, 0, radius), 8, "y"))
    a.add("frame", tube([crank, seat], thick), tube([crank, head_low], 1.2 * thick), tube([tube_high, head_top], thick))
    a.add("frame", tube([head_low, head_top], 1.3 * thick))
    for side in (-0.05, 0.05):
        a.add(
            "frame", tube([crank, (rear, side, radius)], 0.7 * thick), tube([(rear, side, radius), tube_high], 0.7 * thick)
        )
        a.add("frame", tube([(front, side, radius), (front - 0.16, side, 0.60), head_low], 0.7 * thick))
    grip = head_top[2] + 0.14
    a.add("metal", tube([head_top, (head_top[0] - 0.02, 0, grip)], 0.014))
    a.add(
        "metal",
        tube(
            [
                (head_top[0] - 0.14, -0.28, grip),
                (head_top[0], -0.12, grip),
                (head_top[0], 0.12, grip),
                (head_top[0] - 0.14, 0.28, grip),
            ],
            0.014,
        ),
    )
    a.add("seat", dome((0.15, 0.08, 0.05), (seat[0], 0, seat_height + 0.02), -0.6, 10, 4))
    a.add("metal", lathe([(0.09, -0.012), (0.09, 0.012)], (crank[0], 0.05, crank[2]), 14, "y"))
    for side in (-1, 1):
        end = (crank[0] + side * 0.15, side * 0.10, crank[2] - side * 0.06)
        a.add("metal", tube([(crank[0], side * 0.06, crank[2]), end], 0.011))
        a.add("tyres", box((0.09, 0.08, 0.025), (end[0], side * 0.14, end[2])))
    if basket:
        a.add("metal", box((0.26, 0.34, 0.22), (head_top[0] + 0.20, 0, grip - 0.12), (1.15, 1.15)))
    return a


def motorcycle(rng: Rng) -> Assembly:
    """A street motorcycle, or a scooter with a box for deliveries."""
    radius, base = rng.uniform(0.29, 0.32), rng.uniform(1.30, 1.45)
    delivery = bool(rng.random() < 0.4)
    rear, front = -base / 2, base / 2
    a = Assembly()
    for x in (rear, front):
        a.add("tyres", ring(radius - 0.06, 0.065, (x, 0, radius), n=24, m=8))
        a.add(
            "metal", lathe([(0.16, -0.03), (0.16, 0.03)], (x, 0, radius), 12, "y"), *_spokes(radius - 0.08, x, 0, 3, 0.02)
        )
    a.add("engine", box((0.44, 0.28, 0.32), (-0.02, 0, 0.42), (0.8, 0.8)))
    a.add("metal", lathe([(0.10, -0.19), (0.10, 0.19)], (0.04, 0, 0.40), 12, "y"))
    tank = [(-0.14, 0.70), (0.26, 0.66), (0.36, 0.78), (0.26, 0.92), (0.02, 0.92), (-0.14, 0.80)]
    a.add("body", extrude(tank, 0.30, top=0.7))
    saddle = [(-0.16, 0.70), (-0.14, 0.80), (-0.42, 0.80), (-0.72, 0.90), (-0.80, 0.86), (-0.50, 0.68)]
    a.add("seat", extrude(saddle, 0.26, top=0.85))
    a.add("body", extrude([(-0.88, 0.80), (-0.84, 0.86), (-0.40, 0.70), (-0.30, 0.52), (-0.50, 0.56)], 0.20))
    neck = (front - 0.36, 0.0, 0.92)
    for side in (-0.09, 0.09):
        a.add("metal", tube([(front, side, radius), (neck[0], side, 0.98)], 0.026, 8))
        a.add("engine", tube([(rear, side * 1.1, radius), (-0.10, side * 1.1, 0.40)], 0.028))
        a.add("metal", tube([(neck[0] - 0.02, side * 4, 1.16), (neck[0] + 0.12, side * 4.4, 1.26)], 0.012))
        a.add("metal", dome((0.025, 0.06, 0.04), (neck[0] + 0.13, side * 4.4, 1.28), -1, 8, 5))
    a.add(
        "body",
        extrude(
            [
                (front - 0.26, 2 * radius - 0.02),
                (front - 0.02, 2 * radius + 0.06),
                (front + 0.24, 2 * radius - 0.08),
                (front, 2 * radius + 0.02),
            ],
            0.14,
        ),
    )
    a.add(
        "engine",
        tube(
            [(neck[0] - 0.18, -0.38, 1.06), (neck[0], -0.20, 1.12), (neck[0], 0.20, 1.12), (neck[0] - 0.18, 0.38, 1.06)],
            0.02,
        ),
    )
    a.add("body", dome((0.12, 0.15, 0.15), (neck[0] + 0.10, 0, 0.97), -1, 10, 6))
    a.add("lights", lathe([(0.10, 0.0), (0.10, 0.05)], (neck[0] + 0.18, 0, 0.97), 12, "x"))
    a.add("rear_lights", box((0.04, 0.16, 0.06), (-0.89, 0, 0.82)))
    a.add("metal", lathe([(0.06, -0.62), (0.06, -0.25), (0.035, 0.0)], (-0.16, -0.17, 0.30), 10, "x"))
    a.add("metal", tube([(-0.18, -0.17, 0.30), (0.08, -0.13, 0.28), (0.20, -0.06, 0.42)], 0.026))
    if delivery:
        a.add("body", box((0.46, 0.46, 0.42), (-0.68, 0, 1.09)))
    return a


def wheelchair(rng: Rng) -> Assembly:
    """Large wheels behind, castors in front, seat, back, foot rests."""
    radius, width, seat = rng.uniform(0.28, 0.31), rng.uniform(0.50, 0.62), rng.uniform(0.46, 0.52)
    half = width / 2
    a = Assembly()
    for side in (-1, 1):
        y = side * half
        a.add("tyres", ring(radius - 0.015, 0.018, (-0.12, y, radius), n=26))
        a.add("metal", ring(radius - 0.05, 0.009, (-0.12, y + side * 0.035, radius), n=22, m=5))
        a.add("metal", *_spokes(radius - 0.02, -0.12, y, 5, 0.006))
        a.add("tyres", ring(0.065, 0.016, (0.34, 0.82 * y, 0.081), n=12))
        rail = 0.86 * y
        a.add("frame", tube([(-0.20, rail, 0.20), (-0.22, rail, seat + 0.42), (-0.32, rail, seat + 0.45)], 0.014))
        a.add("frame", tube([(-0.22, rail, seat + 0.20), (0.18, rail, seat + 0.20), (0.21, rail, seat)], 0.014))
        a.add("frame", tube([(-0.21, rail, seat), (0.24, rail, seat), (0.38, rail, 0.14)], 0.014))
        a.add("frame", tube([(-0.20, rail, 0.22), (0.32, rail, 0.22), (0.34, 0.82 * y, 0.08)], 0.014))
        a.add("seat", box((0.30, 0.06, 0.035), (-0.02, rail, seat + 0.225)))
        a.add("metal", box((0.16, 0.4 * half, 0.02), (0.42, 0.45 * y, 0.12)))
        a.add("tyres", tube([(-0.30, rail, seat + 0.45), (-0.42, rail, seat + 0.45)], 0.02))
    a.add("seat", box((0.44, 1.66 * half, 0.05), (0.0, 0, seat + 0.01)))
    a.add("seat", turned(box((0.04, 1.66 * half, 0.42), (-0.22, 0, seat + 0.22)), "y", -0.05, (-0.22, 0, seat)))
    return a
