"""JSON schemas of an archive's messages: the well-known ones of Foxglove as far as they are used, and our own."""

from typing import Any

__all__ = ["SCHEMAS"]

Json = dict[str, Any]


def _object(title: str, **properties: Json) -> Json:
    return {"title": title, "type": "object", "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_NUMBER: Json = {"type": "number"}
_WHOLE: Json = {"type": "integer"}
_TEXT: Json = {"type": "string"}
_FLAG: Json = {"type": "boolean"}
_NUMBERS = _list(_NUMBER)
_TIME = _object("time", sec=_WHOLE, nsec=_WHOLE)
_POINT = _object("foxglove.Vector3", x=_NUMBER, y=_NUMBER, z=_NUMBER)
_TURN = _object("foxglove.Quaternion", x=_NUMBER, y=_NUMBER, z=_NUMBER, w=_NUMBER)
_COLOUR = _object("foxglove.Color", r=_NUMBER, g=_NUMBER, b=_NUMBER, a=_NUMBER)
_POSE = _object("foxglove.Pose", position=_POINT, orientation=_TURN)
_FRAME = _object(
    "foxglove.FrameTransform",
    timestamp=_TIME,
    parent_frame_id=_TEXT,
    child_frame_id=_TEXT,
    translation=_POINT,
    rotation=_TURN,
)
_SOLID = {"pose": _POSE, "size": _POINT, "color": _COLOUR}
_ENTITY = _object(
    "foxglove.SceneEntity",
    timestamp=_TIME,
    frame_id=_TEXT,
    id=_TEXT,
    lifetime=_TIME,
    frame_locked=_FLAG,
    metadata=_list(_object("foxglove.KeyValuePair", key=_TEXT, value=_TEXT)),
    cubes=_list(_object("foxglove.CubePrimitive", **_SOLID)),
    spheres=_list(_object("foxglove.SpherePrimitive", **_SOLID)),
    cylinders=_list(
        _object("foxglove.CylinderPrimitive", **_SOLID, bottom_scale=_NUMBER, top_scale=_NUMBER),
    ),
    triangles=_list(
        _object(
            "foxglove.TriangleListPrimitive",
            pose=_POSE,
            points=_list(_POINT),
            color=_COLOUR,
            colors=_list(_COLOUR),
            indices=_list(_WHOLE),
        )
    ),
)
_DELETION = _object("foxglove.SceneEntityDeletion", timestamp=_TIME, type=_WHOLE, id=_TEXT)

SCHEMAS: dict[str, Json] = {
    "foxglove.FrameTransforms": _object("foxglove.FrameTransforms", transforms=_list(_FRAME)),
    "foxglove.SceneUpdate": _object("foxglove.SceneUpdate", deletions=_list(_DELETION), entities=_list(_ENTITY)),
    "foxglove.Log": _object(
        "foxglove.Log", timestamp=_TIME, level=_WHOLE, message=_TEXT, name=_TEXT, file=_TEXT, line=_WHOLE
    ),
    "goldentime.Drone": _object(
        "goldentime.Drone",
        position_m=_NUMBERS,
        velocity_m_s=_NUMBERS,
        quaternion_xyzw=_NUMBERS,
        contact_s=_NUMBER,
        state_of_charge=_NUMBER,
    ),
    "goldentime.Event": _object(
        "goldentime.Event", time_s=_NUMBER, kind=_TEXT, drone=_WHOLE, value=_NUMBER, detail={"type": "object"}
    ),
}
"""By name."""
