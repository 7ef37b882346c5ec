"""Furniture and doors with drawn proportions; the side one uses faces +x."""

import numpy as np

from goldentime.envs.assets.shapes import Assembly, box, dome, lathe, tube, turned

__all__ = ["bed", "chair", "door", "shelf", "sofa", "table"]

Rng = np.random.Generator


def chair(rng: Rng) -> Assembly:
    """Four legs and a back, or a swivel chair on a star."""
    width, deep, seat = rng.uniform(0.40, 0.50), rng.uniform(0.40, 0.48), rng.uniform(0.43, 0.48)
    back, swivel = rng.uniform(0.38, 0.50), bool(rng.random() < 0.35)
    a = Assembly()
    if swivel:
        a.add("frame", lathe([(0.03, 0.08), (0.03, seat)], n=10))
        for t in np.arange(5) * 2 * np.pi / 5:
            foot = (0.27 * np.cos(t), 0.27 * np.sin(t))
            a.add("frame", tube([(0, 0, 0.10), (*foot, 0.06)], 0.022))
            a.add("frame", dome((0.03, 0.03, 0.03), (*foot, 0.03), -1, 6, 4))
        a.add(
            "frame", tube([(-0.1, 0, seat), (-deep / 2 - 0.03, 0, seat + 0.05), (-deep / 2 - 0.03, 0, seat + 0.25)], 0.02)
        )
    else:
        for x in (-1, 1):
            for y in (-1, 1):
                a.add("frame", box((0.038, 0.038, seat), (x * (deep / 2 - 0.02), y * (width / 2 - 0.02), seat / 2)))
        for y in (-1, 1):
            a.add("frame", box((0.035, 0.035, back), (-deep / 2 + 0.02, y * (width / 2 - 0.02), seat + back / 2)))
    a.add("seat", box((deep, width, 0.05), (0, 0, seat + 0.01)))
    low = 0.45 * back
    leaf = box((0.035, 0.92 * width, back - low + 0.04), (-deep / 2 + 0.02, 0, seat + (low + back) / 2))
    a.add("seat", turned(leaf, "y", -0.08, (-deep / 2 + 0.02, 0, seat)))
    return a


def table(rng: Rng) -> Assembly:
    """Rectangular on four legs, or round on a column."""
    long, wide, tall = rng.uniform(0.9, 1.8), rng.uniform(0.6, 0.9), rng.uniform(0.70, 0.76)
    a = Assembly()
    if rng.random() < 0.3:
        radius = 0.6 * wide
        a.add("top", lathe([(radius, tall - 0.03), (radius, tall)], n=24))
        a.add("frame", lathe([(0.045, 0.02), (0.045, tall - 0.02)], n=10))
        a.add("frame", lathe([(0.6 * radius, 0.0), (0.5 * radius, 0.035)], n=20))
        return a
    a.add("top", box((wide, long, 0.035), (0, 0, tall - 0.018)))
    for x in (-1, 1):
        a.add("frame", box((0.03, long - 0.16, 0.07), (x * (wide / 2 - 0.06), 0, tall - 0.07)))
        for y in (-1, 1):
            a.add(
                "frame", box((0.05, 0.05, tall - 0.03), (x * (wide / 2 - 0.06), y * (long / 2 - 0.06), (tall - 0.03) / 2))
            )
    return a


def sofa(rng: Rng) -> Assembly:
    """Two or three cushions between arms."""
    seats = int(rng.integers(2, 4))
    each, deep, seat = rng.uniform(0.58, 0.68), rng.uniform(0.80, 0.95), rng.uniform(0.38, 0.44)
    arm, back = rng.uniform(0.14, 0.22), rng.uniform(0.75, 0.88)
    inner = seats * each
    a = Assembly()
    a.add(
        "frame",
        *[
            box((0.06, 0.06, 0.10), (x * (deep / 2 - 0.08), y * (inner / 2 + arm - 0.08), 0.05))
            for x in (-1, 1)
            for y in (-1, 1)
        ],
    )
    a.add("cover", box((deep, inner + 0.02, seat - 0.22), (0, 0, (seat - 0.22) / 2 + 0.09)))
    a.add("cover", box((0.22, inner, back - 0.1), (-deep / 2 + 0.11, 0, (back - 0.1) / 2 + 0.1), (0.7, 1.0)))
    for side in (-1, 1):
        a.add("cover", box((deep, arm, seat + 0.10), (0, side * (inner + arm) / 2, (seat + 0.10) / 2 + 0.08), (0.97, 0.9)))
    for k in range(seats):
        y = (k + 0.5) * each - inner / 2
        a.add("cushions", box((deep - 0.20, each - 0.02, 0.16), (0.09, y, seat - 0.06), (0.95, 0.94)))
        leaf = box((0.16, each - 0.03, back - seat), (-deep / 2 + 0.27, y, (back + seat) / 2 + 0.02), (0.7, 0.92))
        a.add("cushions", turned(leaf, "y", -0.15, (-deep / 2 + 0.25, 0, seat)))
    return a


def bed(rng: Rng) -> Assembly:
    """Mattress, blanket, pillows; or a hospital bed with rails. The head end is at -x."""
    long, wide, high = rng.uniform(1.95, 2.10), float(rng.choice([0.9, 1.0, 1.4, 1.6])), rng.uniform(0.40, 0.50)
    ward = bool(rng.random() < 0.4)
    if ward:
        wide, high = 0.9, 0.62
    a = Assembly()
    a.add("frame", box((long, wide, 0.10), (0, 0, high - 0.17)))
    for x in (-1, 1):
        tall = high + (0.45 if x < 0 else 0.18)
        a.add("frame", box((0.05, wide + 0.04, tall - high + 0.32), (x * (long / 2 + 0.02), 0, (tall + high - 0.32) / 2)))
        for y in (-1, 1):
            a.add("frame", box((0.06, 0.06, high - 0.1), (x * (long / 2 - 0.04), y * (wide / 2 - 0.05), (high - 0.1) / 2)))
    a.add("sheet", box((long - 0.04, wide - 0.02, 0.16), (0, 0, high - 0.06), (0.99, 0.97)))
    a.add("blanket", box((0.62 * long, wide + 0.04, 0.10), (0.18 * long, 0, high + 0.01), (0.98, 0.94)))
    count = 2 if wide > 1.2 else 1
    for k in range(count):
        middle = (k - (count - 1) / 2) * 0.62
        a.add("sheet", dome((0.19, 0.29, 0.09), (-long / 2 + 0.26, middle, high + 0.05), -0.7, 12, 5))
    if ward:
        for y in (-1, 1):
            for z in (high + 0.12, high + 0.28):
                a.add("rails", tube([(-0.5, y * (wide / 2 + 0.04), z), (0.5, y * (wide / 2 + 0.04), z)], 0.014))
            for at in (-0.5, 0.0, 0.5):
                a.add(
                    "rails",
                    tube([(at, y * (wide / 2 + 0.04), high - 0.15), (at, y * (wide / 2 + 0.04), high + 0.28)], 0.012),
                )
    return a


def shelf(rng: Rng) -> Assembly:
    """Boards between sides, some with books or boxes."""
    wide, deep, tall = rng.uniform(0.7, 1.1), rng.uniform(0.28, 0.40), rng.uniform(1.5, 2.0)
    boards = int(rng.integers(4, 7))
    a = Assembly()
    for side in (-1, 1):
        a.add("frame", box((deep, 0.025, tall), (0, side * wide / 2, tall / 2)))
    a.add("back", box((0.01, wide, tall - 0.04), (-deep / 2 + 0.005, 0, tall / 2 + 0.01)))
    step = (tall - 0.08) / (boards - 1)
    for k in range(boards):
        z = 0.05 + k * step
        a.add("frame", box((deep - 0.01, wide - 0.02, 0.025), (0.005, 0, z)))
        y = -wide / 2 + 0.04
        while k < boards - 1 and y < wide / 2 - 0.16:
            thick = float(rng.uniform(0.03, 0.15))
            h = float(rng.uniform(0.55, 0.85)) * (step - 0.03)
            if rng.random() < 0.75:
                part = "books" if rng.random() < 0.5 else "boxes"
                a.add(part, box((0.7 * deep, thick - 0.006, h), (0.01, y + thick / 2, z + 0.0125 + h / 2)))
            y += thick
    return a


def door(rng: Rng) -> Assembly:
    """A leaf in its frame, with handle, and panels or a pane."""
    wide, tall = rng.uniform(0.80, 1.00), rng.uniform(2.00, 2.15)
    pane, hinge = bool(rng.random() < 0.5), int(rng.choice([-1, 1]))
    a = Assembly()
    for side in (-1, 1):
        a.add("frame", box((0.14, 0.07, tall + 0.07), (0, side * (wide / 2 + 0.035), (tall + 0.07) / 2)))
    a.add("frame", box((0.14, wide, 0.07), (0, 0, tall + 0.035)))
    a.add("leaf", box((0.045, wide - 0.01, tall - 0.01), (0, 0, tall / 2)))
    if pane:
        a.add("pane", box((0.055, 0.28 * wide, 0.34 * tall), (0, -hinge * 0.1 * wide, 0.70 * tall)))
    else:
        for z, h in ((0.27, 0.32), (0.72, 0.42)):
            for y in (-0.22, 0.22):
                a.add("panels", box((0.060, 0.34 * wide, h * tall), (0, y * wide, z * tall), (1.0, 1.0)))
    for side in (-1, 1):
        y = -hinge * (wide / 2 - 0.08)
        a.add("handle", tube([(0, y, 1.02), (side * 0.07, y, 1.02), (side * 0.07, y + hinge * 0.13, 1.02)], 0.012))
        a.add("handle", box((0.055, 0.05, 0.20), (0, y, 1.0)))
    return a
