"""Builds the people of the library from MakeHuman's data: bodies, clothes, gear, postures.

Every vertex of the result is a vertex of MakeHuman's mesh or of a piece of gear, so a figure of 2,400 triangles is morphed
and skinned as the full one would be.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.assets.library import MESHES, POSTURES, AssetMesh, make_asset, save_mesh
from goldentime.envs.assets.makehuman import Figure, MakeHuman, Rig
from goldentime.envs.assets.people import PEOPLE, REGIONS, Outfit, Person, colours
from goldentime.envs.assets.people_more import FURTHER
from goldentime.envs.assets.postures import pose
from goldentime.envs.assets.shapes import Assembly, Shape, box, dome, lathe, sharpen, volume
from goldentime.envs.assets.simplify import simplify

__all__ = ["build_people"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TRIANGLES = 2400

_TIGHTS, _SKIRT = range(15328, 18002), range(18002, 18722)
"""MakeHuman's vertices of the close-fitting clothes and of the skirt."""

_EYES = slice(14598, 14742)

_LINING = 20_000
"""Added to the index of a skirt's vertex: the vertex of its inside at the same place."""


class _Skeleton(NamedTuple):
    """Per vertex of MakeHuman's mesh: the bone that moves it most, and how far along that bone it lies (0 to 1)."""

    bone: NDArray[np.str_]
    along: Floats
    weights: Floats


class _Body(NamedTuple):
    """A dressed figure in rest posture."""

    vertices: Floats
    faces: Ints
    region: Ints
    weights: Floats


def build_people(source: Path, folder: Path = MESHES) -> tuple[Path, ...]:
    """Write every figure, and the posters, below `folder`.

    Raises:
        ConfigError: `source` holds no MakeHuman data.
    """
    human = MakeHuman(source)
    topology: dict[str, tuple[Ints, Ints]] = {}
    written = []
    for person in (*PEOPLE, *FURTHER):
        figure = human.figure(person.physique)
        body = _dress(human, figure, person, topology)
        poses = np.stack([pose(body.vertices, body.weights, figure.rig, p, person.both_arms) for p in POSTURES])
        semantic = "mannequin" if person.kind == "mannequin" else "person"
        asset = make_asset(poses[0], body.faces, body.region, colours(person), (semantic, person.kind, "standing"))
        written.append(folder / "posed" / f"{person.name}.npz")
        save_mesh(written[-1], poses, asset)
        if person.poster:
            written.append(folder / "plain" / f"poster-{person.name}.npz")
            flat = _poster(asset)
            save_mesh(written[-1], flat.vertices[None], flat)
    return tuple(written)


def _dress(human: MakeHuman, figure: Figure, person: Person, topology: dict[str, tuple[Ints, Ints]]) -> _Body:
    skeleton = _skeleton(human, figure)
    faces, region = _paint(human, figure, skeleton, person.outfit)
    full = _inflate(figure.vertices, faces, region, person.outfit)
    gear = _gear(figure, skeleton, person)
    if person.shape_key not in topology:
        importance = _importance(skeleton)
        wanted = TRIANGLES - sum(len(shape.faces) for _, _, shape in gear)
        wanted -= 150 if person.outfit.skirt else 0
        topology[person.shape_key] = _lined(*simplify(full, faces, region, importance, wanted))
    faces, region = topology[person.shape_key]
    used, faces = np.unique(faces, return_inverse=True)
    faces, lining, used = faces.reshape(-1, 3), (used >= _LINING)[:, None], used % _LINING
    lining[_open_border(faces)] = False
    vertices = full[used] - lining * 0.4 * (full - figure.vertices)[used]
    weights = skeleton.weights[used]
    return _attach(_Body(vertices, faces, region, weights), gear, figure.rig)


def _skeleton(human: MakeHuman, figure: Figure) -> _Skeleton:
    rig = figure.rig
    weights = human.skin(rig.names)
    main = weights.argmax(axis=1)
    span = rig.tail[main] - rig.head[main]
    along = ((figure.vertices - rig.head[main]) * span).sum(axis=1) / (span**2).sum(axis=1)
    return _Skeleton(np.array(rig.names)[main], along, weights)


def _triangles(quads: Ints) -> Ints:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _paint(human: MakeHuman, figure: Figure, skeleton: _Skeleton, outfit: Outfit) -> tuple[Ints, Ints]:
    """The visible triangles and the part each belongs to."""
    body, tights = human.quads["body"], human.quads["helper-tights"]
    limb = np.char.partition(skeleton.bone, "_")[:, 0]
    bare = np.isin(limb, ["neck", "head", "hand", "thumb", "index", "middle", "ring", "pinky"])
    shown = bare[body].any(axis=1)
    for _ in range(2):
        near = np.zeros(len(bare), bool)
        near[body[shown]] = True
        shown = near[body].any(axis=1)
    head = body[shown]
    past = np.isin(limb, ["hand", "thumb", "index", "middle", "ring", "pinky", "head"])
    past |= (limb == "neck") & (skeleton.along > (0.9 if outfit.gear == "firefighter" else 0.2))
    cloth = tights[~past[tights].any(axis=1)]
    pieces = [(head, _paint_head(figure, skeleton, head, outfit)), (cloth, _paint_cloth(figure, skeleton, cloth, outfit))]
    eyes = np.concatenate([human.quads["helper-l-eye"], human.quads["helper-r-eye"]])
    pieces.append((eyes, np.full(len(eyes), REGIONS.index("eyes"))))
    if outfit.skirt > 0:
        skirt = human.quads["helper-skirt"]
        hip, knee = _height(figure.rig, "thigh_l"), _height(figure.rig, "calf_l")
        skirt = skirt[(figure.vertices[skirt, 2] > hip + outfit.skirt * (knee - hip)).any(axis=1)]
        pieces.append((skirt, np.full(len(skirt), REGIONS.index("bottom"))))
    faces = np.concatenate([_triangles(quads) for quads, _ in pieces])
    region = np.concatenate([np.tile(part, 2) for _, part in pieces])
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return faces[whole], region[whole]


def _height(rig: Rig, bone: str) -> float:
    return float(rig.head[rig.names.index(bone), 2])


def _paint_head(figure: Figure, skeleton: _Skeleton, quads: Ints, outfit: Outfit) -> Ints:
    """Hair above a line that falls from the forehead over the ears to the nape; skin elsewhere."""
    centre = figure.vertices[quads].mean(axis=1)
    skull = figure.vertices[:13380][skeleton.bone[:13380] == "head"]
    low, high = skull.min(axis=0), skull.max(axis=0)
    x = (centre[:, 0] - low[0]) / (high[0] - low[0])
    z = (centre[:, 2] - low[2]) / (high[2] - low[2])
    line = np.interp(x, [0.0, 0.30, 0.50, 0.62, 0.78, 1.0], outfit.hairline)
    on_head = (skeleton.bone[quads] == "head").all(axis=1)
    hair = on_head & (z > line)
    return np.where(hair, REGIONS.index("hair"), REGIONS.index("skin"))


def _paint_cloth(figure: Figure, skeleton: _Skeleton, quads: Ints, outfit: Outfit) -> Ints:
    rig = figure.rig
    limbs = np.char.partition(skeleton.bone, "_")[:, 0]
    along = np.clip(skeleton.along, 0, 1)
    reach = np.select([limbs == "upperarm", limbs == "lowerarm"], [along, 1 + along], 0.0)[quads].mean(axis=1)
    leg = np.select([limbs == "thigh", limbs == "calf"], [along, 1 + along], 0.0)
    leg = np.where(np.isin(limbs, ["foot", "ball"]), 2.0, leg)[quads].mean(axis=1)
    limb = limbs[quads[:, 0]]
    z = figure.vertices[quads, 2].mean(axis=1)
    hip, chest = _height(rig, "thigh_l"), _height(rig, "spine_03")
    arm = np.isin(limb, ["upperarm", "lowerarm", "clavicle"])
    is_leg = np.isin(limb, ["thigh", "calf", "foot", "ball"])
    top = arm | (z > hip + outfit.hem * (chest - hip))
    if outfit.hem < 0:
        top |= z > hip + outfit.hem * (hip - _height(rig, "calf_l"))
    part = np.where(top, REGIONS.index("top"), REGIONS.index("bottom"))
    part[arm & (reach > outfit.sleeve)] = REGIONS.index("skin")
    part[is_leg & ~top & (leg > outfit.leg)] = REGIONS.index("skin")
    part[np.isin(limb, ["foot", "ball"]) | (is_leg & (leg > outfit.shoe))] = REGIONS.index("shoes")
    if outfit.stripes:
        shoulder = _height(rig, "upperarm_l")
        share = (z - hip) / (shoulder - hip)
        trunk = ~arm & ~is_leg
        bands = trunk & (np.abs(share - 0.62) < 0.05)
        bands |= arm & ((np.abs(reach - 1.55) < 0.12) | (np.abs(reach - 0.45) < 0.10))
        bands |= is_leg & (np.abs(leg - 1.45) < 0.09)
        part[bands & (part != REGIONS.index("skin"))] = REGIONS.index("stripes")
    return part


def _inflate(vertices: Floats, faces: Ints, region: Ints, outfit: Outfit) -> Floats:
    """Clothes and hair stand off the body by their thickness; cuffs and collars close on it, eyes leave their lids."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    normal, thick, count = np.zeros_like(vertices), np.zeros(len(vertices)), np.zeros(len(vertices))
    offset = np.array([outfit.thickness.get(name, 0.0) for name in REGIONS])[region]
    for corner in range(3):
        np.add.at(normal, faces[:, corner], cross)
        np.add.at(thick, faces[:, corner], offset)
        np.add.at(count, faces[:, corner], 1.0)
    thick[_EYES] = 0.003 * count[_EYES]
    cuff = _open_border(faces)
    cuff = cuff[(cuff >= _TIGHTS.start) & (cuff < _TIGHTS.stop)]
    thick[cuff] = -0.008 * count[cuff]
    unit = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-15)
    grown: Floats = vertices + unit * (thick / np.maximum(count, 1))[:, None]
    grown[_EYES, 0] += 0.004
    return grown


def _open_border(faces: Ints) -> Ints:
    """Vertices on edges that only one face has."""
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges, count = np.unique(pairs, axis=0, return_counts=True)
    found: Ints = np.unique(edges[count == 1])
    return found


def _lined(faces: Ints, region: Ints) -> tuple[Ints, Ints]:
    """The skirt gets an inside; it has vertices of its own, made by `_dress`."""
    skirt = (faces[:, 0] >= _SKIRT.start) & (faces[:, 0] < _SKIRT.stop)
    return np.concatenate([faces, faces[skirt][:, ::-1] + _LINING]), np.concatenate([region, region[skirt]])


def _importance(skeleton: _Skeleton) -> Floats:
    """More triangles where joints bend and on the head, fewer on fingers and eyeballs."""
    bend = 1 + 4 * (1 - skeleton.weights.max(axis=1))
    limb = np.char.partition(skeleton.bone, "_")[:, 0]
    factor = np.where(limb == "head", 1.6, np.where(np.isin(limb, ["thumb", "index", "middle", "ring", "pinky"]), 0.5, 1.0))
    factor[_EYES] = 0.5
    found: Floats = bend * factor
    return found


def _gear(figure: Figure, skeleton: _Skeleton, person: Person) -> list[tuple[str, str, Shape]]:
    """Rigid pieces as (part, bone, shape) in rest posture."""
    skull = figure.vertices[:13380][skeleton.bone[:13380] == "head"]
    low, high = skull.min(axis=0), skull.max(axis=0)
    x, z = (low[0] + high[0]) / 2 - 0.012, low[2] + 0.60 * (high[2] - low[2])
    trunk = figure.vertices[15328:18002][np.char.startswith(skeleton.bone[15328:18002], "spine_03")]
    back, front, mid = trunk[:, 0].min(), trunk[:, 0].max(), float(trunk[:, 2].mean())
    hair = [("hair", "head", shape) for shape in _hair(low, high, person.outfit.hair)]
    if person.outfit.gear == "firefighter":
        wide = (high[1] - low[1]) / 2 + 0.03
        deep, tall = (high[0] - low[0]) / 2 + 0.03, high[2] - z + 0.035
        return [
            ("helmet", "head", dome((deep, wide, tall), (x, 0, z), 0.0, 14, 5)),
            ("helmet", "head", _brim((x - 0.012, 0.0, z - 0.005), deep, wide)),
            ("helmet", "head", box((2 * deep * 0.9, 0.022, 0.05), (x, 0, z + tall - 0.012), (0.6, 0.7))),
            ("tank", "spine_03", lathe([(0.05, -0.26), (0.08, -0.22), (0.08, 0.16), (0.04, 0.24)],
                                       (back - 0.15, 0, mid - 0.08), 10)),
            ("shoes", "spine_03", box((0.05, 0.24, 0.46), (back - 0.06, 0, mid - 0.08))),
        ]  # fmt: skip
    if person.outfit.gear == "medic":
        pieces = []
        for where in (front - 0.008, back - 0.002):
            pieces += [box((0.05, 0.16, 0.055), (where, 0, mid)), box((0.05, 0.055, 0.16), (where, 0, mid))]
        return hair + [("emblem", "spine_03", piece) for piece in pieces]
    return hair


def _hair(low: Floats, high: Floats, style: str) -> list[Shape]:
    """Hair beyond the scalp: a mane that leaves the face free, or a bun."""
    deep, wide = (high[0] - low[0]) / 2, (high[1] - low[1]) / 2
    tall, x = high[2] - low[2], low[0] + deep
    if style == "bun":
        return [dome((0.042, 0.048, 0.042), (low[0] - 0.02, 0, low[2] + 0.72 * tall), -1.0, 8, 6)]
    if style == "short":
        return []
    fall = {"bob": 0.02, "long": 0.55}[style] * tall
    # Rows from the crown down: height, half width, front and back.
    rows = [
        (high[2] + 0.016, 0.25 * wide, x - 0.1 * deep, x - 0.5 * deep),
        (high[2] - 0.06 * tall, 0.85 * wide, x + 0.35 * deep, x - 0.95 * deep),
        (high[2] - 0.25 * tall, wide + 0.014, x + 0.30 * deep, low[0] - 0.018),
        (high[2] - 0.60 * tall, wide + 0.022, x + 0.10 * deep, low[0] - 0.020),
        (low[2] + 0.02 * tall, wide + 0.020, x - 0.10 * deep, low[0] - 0.024),
        (low[2] - fall, wide * (1.05 if fall > 0.05 else 0.95), x - 0.75 * deep, low[0] - 0.045),
    ]
    angle = np.arange(12) * (np.pi / 6)
    points = [
        np.c_[(f + b) / 2 + (f - b) / 2 * np.cos(angle), w * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.7,
              np.full(12, z)]
        for z, w, f, b in rows
    ]  # fmt: skip
    unit = lathe([(1.0, float(-k)) for k in range(len(rows))], n=12)
    ends = np.array([points[0].mean(axis=0), points[-1].mean(axis=0)])
    return [Shape(np.concatenate([*points, ends]), unit.faces[:, ::-1] if volume(unit) < 0 else unit.faces)]


def _brim(centre: tuple[float, float, float], deep: float, wide: float) -> Shape:
    """A helmet's brim, longer behind than in front."""
    disc = lathe([(0.6, 0.0), (1.0, -0.012), (1.0, 0.0), (0.6, 0.02)], n=14)
    points = disc.vertices * [deep + 0.035, wide + 0.02, 1.0]
    points[:, 0] *= np.where(points[:, 0] < 0, 1.18, 1.0)
    points[:, 2] += 0.12 * np.minimum(points[:, 0], 0)
    return Shape(points + np.array(centre), disc.faces)


def _attach(body: _Body, gear: list[tuple[str, str, Shape]], rig: Rig) -> _Body:
    for part, bone, shape in gear:
        points, faces, _ = sharpen(shape)
        weights = np.zeros((len(points), len(rig.names)))
        weights[:, rig.names.index(bone)] = 1.0
        body = _Body(
            np.concatenate([body.vertices, points]),
            np.concatenate([body.faces, faces + len(body.vertices)]),
            np.concatenate([body.region, np.full(len(faces), REGIONS.index(part))]),
            np.concatenate([body.weights, weights]),
        )
    return body


def _poster(asset: AssetMesh) -> AssetMesh:
    """The figure's front pressed flat on a white board that stands on the ground."""
    points = asset.vertices.astype(np.float64)
    a, b, c = (points[asset.faces[:, i]] for i in range(3))
    front = np.cross(b - a, c - a)[:, 0] > 0
    depth = np.ptp(points[:, 0])
    size = points.max(axis=0) - points.min(axis=0)
    flat = points * [0.008 / depth, 1, 1]
    flat[:, 0] += 0.010
    flat[:, 2] += 0.08
    board = Assembly()
    board.add("board", box((0.01, float(size[1]) + 0.2, float(size[2]) + 0.16), (0, 0, float(size[2]) / 2 + 0.08)))
    corners, faces, _ = board.mesh(["board"])
    used, kept = np.unique(asset.faces[front], return_inverse=True)
    vertices = np.concatenate([flat[used], corners])
    vertices[:, 0] -= (vertices[:, 0].min() + vertices[:, 0].max()) / 2
    return make_asset(
        vertices,
        np.concatenate([kept.reshape(-1, 3), faces + len(used)]),
        np.concatenate([asset.region[front], np.full(len(faces), len(asset.regions))]),
        (*asset.regions, ("board", (0.94, 0.94, 0.92))),
        ("poster", f"poster_{asset.kind}", ""),
    )
