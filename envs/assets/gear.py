"""Things that stand or lie about: rescue gear, luggage, street furniture; the front faces +x."""

from itertools import pairwise

import numpy as np

from goldentime.envs.assets.shapes import Assembly, Shape, box, dome, extrude, lathe, ring, tube, turned

__all__ = ["backpack", "cone", "fire_extinguisher", "gas_cylinder", "hydrant", "relief_kit", "suitcase", "triage_tag"]

Rng = np.random.Generator


def fire_extinguisher(rng: Rng) -> Assembly:
    """A red bottle with valve, lever, hose and label."""
    radius, tall = rng.uniform(0.065, 0.09), rng.uniform(0.38, 0.52)
    a = Assembly()
    a.add(
        "bottle",
        lathe(
            [
                (0.8 * radius, 0),
                (radius, 0.03),
                (radius, tall - 0.6 * radius),
                (0.75 * radius, tall - 0.15 * radius),
                (0.3 * radius, tall),
            ],
            n=18,
        ),
    )
    a.add("label", lathe([(radius + 0.003, 0.28 * tall), (radius + 0.003, 0.62 * tall)], n=18))
    a.add("valve", lathe([(0.024, tall - 0.01), (0.024, tall + 0.05)], n=10))
    a.add("valve", box((0.17, 0.028, 0.014), (0.045, 0, tall + 0.035)))
    a.add("valve", turned(box((0.18, 0.028, 0.014), (0.05, 0, tall + 0.06)), "y", -0.28, (-0.03, 0, tall + 0.06)))
    a.add("valve", box((0.03, 0.03, 0.05), (-0.02, 0, tall + 0.05)))
    y = radius + 0.028
    a.add(
        "hose",
        tube([(0, 0.02, tall + 0.02), (0, 0.7 * y, tall + 0.03), (0, y, tall - 0.06), (0, y + 0.004, 0.35 * tall)], 0.014),
    )
    a.add("hose", lathe([(0.016, 0.16 * tall), (0.026, 0.10 * tall), (0.014, 0.36 * tall)][::-1], (0, y + 0.004, 0), 10))
    a.add("hose", lathe([(radius + 0.004, 0.0), (radius + 0.004, 0.025)], n=18))
    return a


def hydrant(rng: Rng) -> Assembly:
    """A pillar with a domed bonnet and three outlets."""
    radius, tall = rng.uniform(0.09, 0.13), rng.uniform(0.62, 0.85)
    a = Assembly()
    a.add(
        "body",
        lathe(
            [
                (1.6 * radius, 0),
                (1.6 * radius, 0.05),
                (1.1 * radius, 0.06),
                (radius, 0.12),
                (radius, 0.68 * tall),
                (1.25 * radius, 0.70 * tall),
                (1.25 * radius, 0.75 * tall),
            ],
            n=16,
        ),
    )
    a.add("bonnet", dome((1.15 * radius, 1.15 * radius, 0.22 * tall), (0, 0, 0.745 * tall), 0.0, 16, 6))
    a.add("bonnet", lathe([(0.03, 0.95 * tall), (0.025, tall + 0.03)], n=5))
    z = 0.55 * tall
    outlets = (("x", 0.062, 1.0), ("y", 0.045, 1.0), ("y", 0.045, -1.0))
    for axis, r, side in outlets:
        reach = radius + 0.085
        a.add("body", lathe([(r, 0.0), (r, side * (reach - 0.02))], (0, 0, z), 12, axis))
        a.add("caps", lathe([(1.3 * r, side * (reach - 0.035)), (1.3 * r, side * reach)], (0, 0, z), 8, axis))
        a.add("caps", lathe([(0.4 * r, side * reach), (0.4 * r, side * (reach + 0.025))], (0, 0, z), 5, axis))
    return a


def gas_cylinder(rng: Rng) -> Assembly:
    """A squat gas bottle with a collar, or a tall one with a cap."""
    squat = bool(rng.random() < 0.5)
    radius, tall = (
        (rng.uniform(0.15, 0.19), rng.uniform(0.42, 0.55)) if squat else (rng.uniform(0.10, 0.12), rng.uniform(1.1, 1.4))
    )
    low = 0.05 if squat else 0.0
    a = Assembly()
    a.add(
        "bottle",
        lathe(
            [
                (0.75 * radius, low),
                (radius, low + 0.35 * radius),
                (radius, tall - 0.7 * radius),
                (0.8 * radius, tall - 0.25 * radius),
                (0.35 * radius, tall),
            ],
            n=20,
        ),
    )
    a.add("band", lathe([(radius + 0.003, 0.55 * tall), (radius + 0.003, 0.68 * tall)], n=20))
    a.add("valve", lathe([(0.025, tall - 0.01), (0.02, tall + 0.07)], n=8))
    a.add(
        "valve",
        ring(0.03, 0.009, (0, 0, tall + 0.08), "z", 10, 5),
        lathe([(0.012, 0), (0.012, 0.05)], (0, 0, tall + 0.04), 6, "x"),
    )
    if squat:
        a.add("bottle", lathe([(0.8 * radius, 0.0), (0.8 * radius, 0.07)], n=20))
        a.add("bottle", ring(0.55 * radius, 0.012, (0, 0, tall + 0.12), "z", 18, 5))
        for t in (0.5, 2.6, 4.7):
            x, y = 0.55 * radius * np.cos(t), 0.55 * radius * np.sin(t)
            a.add("bottle", tube([(1.1 * x, 1.1 * y, tall - 0.3 * radius), (x, y, tall + 0.12)], 0.014))
    return a


def cone(rng: Rng) -> Assembly:
    """A traffic cone with reflective bands on a square foot."""
    radius, tall = rng.uniform(0.12, 0.16), rng.uniform(0.45, 0.75)
    a = Assembly()
    a.add("foot", box((2.6 * radius, 2.6 * radius, 0.035), (0, 0, 0.0175), (0.94, 0.94)))
    cuts = (0.0, 0.35, 0.55, 0.68, 0.82, 1.0)
    for k, (low, high) in enumerate(pairwise(cuts)):
        part = "bands" if k in (1, 3) else "body"
        a.add(part, lathe([(radius * (1 - 0.82 * s), 0.035 + s * (tall - 0.035)) for s in (low, high)], n=18))
    return a


def backpack(rng: Rng) -> Assembly:
    """A bag with front pocket, straps and handle, standing; the pocket faces +x."""
    wide, deep, tall = rng.uniform(0.27, 0.36), rng.uniform(0.14, 0.20), rng.uniform(0.40, 0.52)
    a = Assembly()
    outline = [
        (-deep / 2, 0),
        (0.45 * deep, 0),
        (deep / 2, 0.12 * tall),
        (0.46 * deep, 0.62 * tall),
        (0.22 * deep, 0.93 * tall),
        (-0.18 * deep, tall),
        (-deep / 2, 0.94 * tall),
    ]
    a.add("bag", extrude(outline, wide, top=0.72))
    x = deep / 2
    a.add(
        "pocket",
        extrude(
            [(x - 0.04, 0.04), (x + 0.055, 0.05), (x + 0.06, 0.36 * tall), (x - 0.02, 0.47 * tall)], 0.76 * wide, top=0.85
        ),
    )
    for side in (-1, 1):
        y = side * 0.28 * wide
        a.add(
            "straps",
            tube(
                [
                    (-deep / 2 + 0.01, y, 0.90 * tall),
                    (-deep / 2 - 0.05, y, 0.82 * tall),
                    (-deep / 2 - 0.07, 1.1 * y, 0.45 * tall),
                    (-deep / 2 + 0.01, 1.3 * y, 0.08 * tall),
                ],
                0.018,
                5,
            ),
        )
        a.add("pocket", dome((0.35 * deep, 0.035, 0.18 * tall), (0, side * 0.48 * wide, 0.20 * tall), -1, 8, 6))
    a.add(
        "straps",
        tube(
            [
                (-0.3 * deep, -0.045, 0.96 * tall),
                (-0.3 * deep, -0.04, tall + 0.035),
                (-0.3 * deep, 0.04, tall + 0.035),
                (-0.3 * deep, 0.045, 0.96 * tall),
            ],
            0.010,
            5,
        ),
    )
    a.add("straps", box((0.02, 0.5 * wide, 0.014), (x + 0.035, 0, 0.40 * tall)))
    return a


def suitcase(rng: Rng) -> Assembly:
    """A trolley case with ribs, wheels and its handle drawn out or in."""
    wide, deep, tall = rng.uniform(0.36, 0.50), rng.uniform(0.22, 0.30), rng.uniform(0.50, 0.72)
    out = rng.uniform(0.25, 0.40) if rng.random() < 0.6 else 0.04
    a = Assembly()
    c = 0.05
    outline = [
        (-wide / 2, c),
        (-wide / 2 + c, 0),
        (wide / 2 - c, 0),
        (wide / 2, c),
        (wide / 2, tall - c),
        (wide / 2 - c, tall),
        (-wide / 2 + c, tall),
        (-wide / 2, tall - c),
    ]
    shell = turned(extrude(outline, deep), "z", np.pi / 2)
    a.add("shell", shell._replace(vertices=shell.vertices + np.array([0.0, 0.0, 0.05])))
    for k in range(5):
        y = (k - 2) * wide / 6
        a.add("ribs", box((deep + 0.014, 0.02, tall - 0.16), (0, y, tall / 2 + 0.05)))
    for x in (-1, 1):
        for y in (-1, 1):
            a.add(
                "trim",
                lathe([(0.025, -0.012), (0.025, 0.012)], (x * (deep / 2 - 0.04), y * (wide / 2 - 0.05), 0.025), 10, "y"),
            )
            a.add("trim", box((0.03, 0.04, 0.03), (x * (deep / 2 - 0.04), y * (wide / 2 - 0.05), 0.045)))
    top, back = tall + 0.05, -deep / 2 + 0.03
    path = [(back, -0.11, top - 0.02), (back, -0.11, top + out), (back, 0.11, top + out), (back, 0.11, top - 0.02)]
    a.add("trim", tube(path, 0.011))
    a.add(
        "trim",
        tube(
            [(0.02, -0.07, top - 0.01), (0.02, -0.06, top + 0.03), (0.02, 0.06, top + 0.03), (0.02, 0.07, top - 0.01)],
            0.011,
        ),
    )
    return a


def relief_kit(rng: Rng) -> Assembly:
    """A case with a cross on its lid and its front."""
    deep, wide, tall = rng.uniform(0.20, 0.30), rng.uniform(0.34, 0.46), rng.uniform(0.20, 0.28)
    a = Assembly()
    a.add(
        "case",
        box((deep, wide, 0.72 * tall), (0, 0, 0.36 * tall)),
        box((deep, wide, 0.27 * tall), (0, 0, 0.865 * tall), (0.94, 0.96)),
    )
    a.add("trim", box((deep + 0.008, wide + 0.008, 0.02), (0, 0, 0.725 * tall)))
    size, thick = 0.62 * tall, 0.2 * tall
    for w, h in ((size, thick), (thick, size)):
        a.add("cross", box((0.012, w, h), (deep / 2 + 0.003, 0, 0.38 * tall)))
        a.add("cross", box((h * 1.2, w * 1.2, 0.012), (0, 0, tall + 0.002)))
    a.add(
        "trim",
        tube(
            [(0.0, -0.07, 0.98 * tall), (0.0, -0.06, tall + 0.05), (0.0, 0.06, tall + 0.05), (0.0, 0.07, 0.98 * tall)], 0.01
        ),
    )
    for side in (-1, 1):
        a.add("trim", box((0.015, 0.035, 0.05), (deep / 2 + 0.006, side * 0.36 * wide, 0.73 * tall)))
    return a


def triage_tag(rng: Rng) -> Assembly:
    """A tag with string that lies face up, its upper end towards -x: a band in the class's colour below a white field."""
    wide, tall = rng.uniform(0.10, 0.12), rng.uniform(0.20, 0.24)
    a = Assembly()

    def lay(part: str, shape: Shape) -> None:
        a.add(part, turned(shape, "y", -0.5 * np.pi, (0, 0, 0)))

    lay("band", box((0.004, wide, 0.45 * tall), (0, 0, 0.225 * tall)))
    lay("card", box((0.004, wide, 0.47 * tall), (0, 0, 0.685 * tall)))
    lay("card", box((0.004, wide, 0.08 * tall), (0, 0, 0.96 * tall), (1.0, 0.6)))
    for k in range(3):
        lay("print", box((0.006, (0.7 - 0.15 * (k == 2)) * wide, 0.012), (0, 0, (0.56 + 0.11 * k) * tall)))
    lay("print", lathe([(0.009, -0.003), (0.009, 0.003)], (0, 0, 0.955 * tall), 10, "x"))
    knot, ends = (0, 0, 0.955 * tall), ((0, -0.03, 1.25 * tall), (0, 0, 1.38 * tall), (0, 0.03, 1.25 * tall))
    lay("string", tube([knot, *ends, (0.004, 0, 0.955 * tall)], 0.002, 4))
    return a
