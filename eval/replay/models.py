"""Meshes of the people and things of a scenario, each once, and where the things stand."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from goldentime.envs.assets.library import AssetMesh, load_asset
from goldentime.errors import GoldenTimeError
from goldentime.eval.replay.packing import pack

__all__ = ["figures_data"]

_UNIT_M = 1e-3
"""Vertices are whole millimetres."""

Json = Mapping[str, Any]


def figures_data(scenario: Json) -> dict[str, Any]:
    """Models by name, the props, and the people with a model for each posture; JSON-able.

    An asset that is not installed here has no model: the page then draws the hull or a plain figure.
    """
    props, people = scenario.get("props", ()), scenario.get("people", ())
    names = {prop["asset"] for prop in props} | {name for one in people for name in one["assets"].values()}
    meshes = {name: mesh for name in sorted(names) if (mesh := _load(name)) is not None}
    return {
        "models": {name: _model(mesh) for name, mesh in meshes.items()},
        "complete": all(prop["asset"] in meshes for prop in props),
        "props": [_standing(prop, prop["asset"]) for prop in props if prop["asset"] in meshes],
        "people": [_person(one, meshes) for one in people],
    }


def _load(name: str) -> AssetMesh | None:
    try:
        return load_asset(name)
    except GoldenTimeError:
        return None


def _model(mesh: AssetMesh) -> dict[str, Any]:
    return {
        "vertices": pack(np.rint(mesh.vertices / _UNIT_M), np.int16),
        "faces": pack(mesh.faces, np.uint16 if len(mesh.vertices) < 1 << 16 else np.uint32),
        "region": pack(mesh.region, np.uint8),
        "regions": [[name, *_rounded(colour)] for name, colour in mesh.regions],
    }


def _standing(thing: Json, asset: str) -> dict[str, Any]:
    colours = {name: _rounded(rgb) for name, rgb in thing.get("colours", {}).items()}
    return {"model": asset, "position": thing["position"], "yaw": thing["yaw"], "scale": thing["scale"], "colours": colours}


def _person(one: Json, meshes: Mapping[str, AssetMesh]) -> dict[str, Any]:
    assets = {posture: name for posture, name in one["assets"].items() if name in meshes}
    kept = {key: one[key] for key in ("kind", "victim", "scale")}
    return {**kept, "models": assets, "colours": {name: _rounded(rgb) for name, rgb in one.get("colours", {}).items()}}


def _rounded(colour: Sequence[float]) -> list[float]:
    return [round(float(x), 3) for x in colour]
