"""Objects of the library: parametric models whose size, form and colours a seed draws."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from goldentime.envs.assets import furniture, gear, vehicles
from goldentime.envs.assets.library import MESHES, AssetMesh, Colour, make_asset, save_mesh
from goldentime.envs.assets.shapes import Assembly
from goldentime.errors import ConfigError
from goldentime.rng import stream

__all__ = ["KINDS", "VARIANTS", "build_objects", "object_mesh"]

VARIANTS = 6
"""Of each kind so many stand in the library; `object_mesh` makes as many as there are seeds."""

_BLACK: Colour = (0.09, 0.09, 0.10)
_DARK: Colour = (0.22, 0.23, 0.25)
_STEEL: Colour = (0.66, 0.68, 0.70)
_WHITE: Colour = (0.93, 0.93, 0.92)
_GLASS: Colour = (0.20, 0.27, 0.32)
_RED: Colour = (0.78, 0.09, 0.08)
_LAMP: Colour = (0.96, 0.95, 0.88)

_PAINTS: tuple[Colour, ...] = (
    (0.90, 0.90, 0.89), (0.12, 0.12, 0.13), (0.60, 0.62, 0.64), (0.62, 0.10, 0.10), (0.13, 0.24, 0.50), (0.16, 0.36, 0.28),
    (0.85, 0.66, 0.16), (0.50, 0.36, 0.24),
)  # fmt: skip
_FABRICS: tuple[Colour, ...] = (
    (0.15, 0.30, 0.55), (0.75, 0.22, 0.18), (0.18, 0.20, 0.22), (0.25, 0.48, 0.32), (0.88, 0.55, 0.14), (0.52, 0.30, 0.55),
    (0.72, 0.66, 0.56), (0.20, 0.55, 0.60),
)  # fmt: skip
_WOODS: tuple[Colour, ...] = (
    (0.62, 0.44, 0.28), (0.42, 0.27, 0.17), (0.80, 0.68, 0.50), (0.90, 0.89, 0.86), (0.28, 0.20, 0.15),
)  # fmt: skip
_METALS: tuple[Colour, ...] = (_STEEL, _DARK, (0.80, 0.80, 0.80))


class _Kind(NamedTuple):
    make: Callable[[np.random.Generator], Assembly]
    paint: Mapping[str, tuple[Colour, ...]]
    """For each part the colours to draw from."""


KINDS: Mapping[str, _Kind] = {
    "backpack": _Kind(gear.backpack, {"bag": _FABRICS, "pocket": _FABRICS, "straps": (_BLACK,)}),
    "bed": _Kind(furniture.bed, {"frame": (*_WOODS, _STEEL), "sheet": (_WHITE, (0.78, 0.85, 0.92)), "blanket": _FABRICS,
                                 "rails": (_STEEL,)}),
    "bicycle": _Kind(vehicles.bicycle, {"tyres": (_BLACK,), "metal": (_STEEL,), "frame": (*_PAINTS, *_FABRICS),
                                        "seat": (_BLACK, (0.40, 0.25, 0.15))}),
    "car": _Kind(vehicles.car, {"body": _PAINTS, "glass": (_GLASS,), "tyres": (_BLACK,), "trim": (_STEEL, _DARK),
                                "lights": (_LAMP,), "rear_lights": (_RED,), "plate": (_WHITE, (0.90, 0.82, 0.35))}),
    "chair": _Kind(furniture.chair, {"frame": (*_WOODS, *_METALS), "seat": (*_WOODS, *_FABRICS)}),
    "cone": _Kind(gear.cone, {"foot": (_BLACK, (0.92, 0.35, 0.08)), "body": ((0.95, 0.36, 0.07), (0.90, 0.22, 0.10)),
                              "bands": (_WHITE,)}),
    "door": _Kind(furniture.door, {"frame": (*_WOODS, *_METALS), "leaf": (*_WOODS, *_PAINTS), "panels": _WOODS,
                                   "pane": ((0.62, 0.74, 0.80),), "handle": (_STEEL, (0.75, 0.62, 0.30))}),
    "fire_extinguisher": _Kind(gear.fire_extinguisher, {"bottle": (_RED, (0.85, 0.12, 0.10), (0.66, 0.06, 0.06)),
                                                        "label": (_WHITE, (0.92, 0.88, 0.60)), "valve": (_BLACK, _STEEL),
                                                        "hose": (_BLACK,)}),
    "gas_cylinder": _Kind(gear.gas_cylinder, {"bottle": ((0.55, 0.57, 0.58), (0.16, 0.38, 0.24), (0.75, 0.75, 0.72),
                                                         (0.20, 0.34, 0.58), (0.85, 0.50, 0.12)),
                                              "band": (_WHITE, (0.90, 0.75, 0.15), _RED), "valve": (_STEEL, _BLACK)}),
    "hydrant": _Kind(gear.hydrant, {"body": (_RED, (0.86, 0.66, 0.10)), "bonnet": (_RED, (0.90, 0.80, 0.20), _WHITE),
                                    "caps": (_STEEL, _WHITE, (0.90, 0.80, 0.20))}),
    "motorcycle": _Kind(vehicles.motorcycle, {"tyres": (_BLACK,), "metal": (_STEEL,), "engine": (_DARK,), "body": _PAINTS,
                                              "seat": (_BLACK,), "lights": (_LAMP,), "rear_lights": (_RED,)}),
    "relief_kit": _Kind(gear.relief_kit, {"case": (_RED, (0.90, 0.40, 0.08), (0.12, 0.45, 0.28)), "trim": (_DARK,),
                                          "cross": (_WHITE,)}),
    "shelf": _Kind(furniture.shelf, {"frame": (*_WOODS, *_METALS), "back": _WOODS, "books": _FABRICS,
                                     "boxes": ((0.70, 0.55, 0.36), _WHITE)}),
    "sofa": _Kind(furniture.sofa, {"frame": _WOODS, "cover": _FABRICS, "cushions": _FABRICS}),
    "suitcase": _Kind(gear.suitcase, {"shell": (*_FABRICS, *_PAINTS), "ribs": (_DARK, _STEEL), "trim": (_BLACK,)}),
    "table": _Kind(furniture.table, {"top": _WOODS, "frame": (*_WOODS, *_METALS)}),
    "wheelchair": _Kind(vehicles.wheelchair, {"tyres": (_BLACK,), "metal": (_STEEL,), "frame": (_STEEL, *_PAINTS),
                                              "seat": (_BLACK, (0.14, 0.24, 0.45))}),
} | {
    f"triage_tag_{name}": _Kind(gear.triage_tag, {"band": (colour,), "card": (_WHITE,), "print": (_BLACK,),
                                                  "string": (_DARK,)})
    for name, colour in (("black", (0.05, 0.05, 0.05)), ("green", (0.10, 0.60, 0.22)), ("red", (0.85, 0.08, 0.08)),
                         ("yellow", (0.96, 0.82, 0.10)))
}  # fmt: skip
"""All kinds of objects."""


def object_mesh(kind: str, variant_seed: int) -> AssetMesh:
    """An object whose proportions, form and colours follow from the seed.

    Raises:
        ConfigError: the kind is unknown.
    """
    if kind not in KINDS:
        raise ConfigError(f"object {kind!r}: unknown, known are {', '.join(sorted(KINDS))}")
    make, paint = KINDS[kind]
    names = tuple(paint)
    # Form and colour have streams of their own: a new part moves no colour.
    vertices, faces, region = make(stream(variant_seed, f"asset.{kind}.form")).mesh(names)
    colours = [_pick(paint[name], variant_seed, f"asset.{kind}.{name}") for name in names]
    used = np.unique(region)
    regions = tuple((names[i], colours[i]) for i in used.tolist())
    return make_asset(vertices, faces, np.searchsorted(used, region), regions, (kind, kind, ""))


def _pick(choices: tuple[Colour, ...], seed: int, name: str) -> Colour:
    """One of the choices; neighbouring seeds run through all of them in a drawn order."""
    order = stream(seed // len(choices), name).permutation(len(choices))
    return choices[int(order[seed % len(choices)])]


def build_objects(folder: Path = MESHES) -> tuple[Path, ...]:
    """Write `VARIANTS` of each kind below `folder`."""
    written = []
    for kind in sorted(KINDS):
        for seed in range(1 if kind.startswith("triage_tag") else VARIANTS):
            mesh = object_mesh(kind, seed)
            written.append(folder / "plain" / f"{kind}-{seed}.npz")
            save_mesh(written[-1], mesh.vertices[None], mesh)
    return tuple(written)
