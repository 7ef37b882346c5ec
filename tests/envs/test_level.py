"""Levels: closed surfaces of the right volume, and refusals that name what is wrong."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.level import Box, Cylinder, Level, Mesh, triangulate
from goldentime.envs.scenario import DroneSpec
from goldentime.errors import ConfigError
from goldentime.records import digest

metres = st.floats(0.01, 20.0)
places = st.tuples(*[st.floats(-50.0, 50.0)] * 3)
boxes = st.builds(lambda c, s, y: Box(centre=c, size=s, yaw=y), places, st.tuples(metres, metres, metres), st.floats(-4, 4))


def volume(mesh):
    """Signed volume; right only for closed surfaces that face outwards."""
    a, b, c = (mesh.vertices[mesh.faces[:, i]] - mesh.vertices.mean(axis=0) for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def open_edges(mesh):
    """Directed edges without their opposite; none where the surface is closed and consistently oriented."""
    edges = {(int(f[i]), int(f[(i + 1) % 3])) for f in mesh.faces for i in range(3)}
    return {edge for edge in edges if edge[::-1] not in edges}


@given(boxes)
def test_a_box_is_closed_and_has_its_volume(box):
    mesh = triangulate((box,))
    assert open_edges(mesh) == set()
    assert volume(mesh) == pytest.approx(math.prod(box.size), rel=1e-6)


@given(places, metres, metres, st.one_of(st.none(), st.floats(0.01, 20.0)), st.integers(3, 24))
def test_a_frustum_is_closed_and_has_its_volume(base, radius, height, top, facets):
    mesh = triangulate((Cylinder(base=base, radius=radius, height=height, radius_top=top, facets=facets),))
    assert open_edges(mesh) == set()
    other = radius if top is None else top
    polygon = facets * math.tan(math.pi / facets)  # area of the circumscribed polygon of the unit circle
    exact = polygon * height * (radius**2 + radius * other + other**2) / 3.0
    assert volume(mesh) == pytest.approx(exact, rel=1e-6)


@given(st.lists(boxes, min_size=1, max_size=5))
def test_primitives_together_keep_their_volumes_and_owners(items):
    cylinder = Cylinder(base=(0.0, 0.0, 0.0), radius=1.0, height=2.0)
    mesh = triangulate((items[0], cylinder, *items[1:]))
    for index, item in enumerate((items[0], cylinder, *items[1:])):
        part = mesh._replace(faces=mesh.faces[mesh.owner == index])
        expected = math.prod(item.size) if isinstance(item, Box) else 12 * math.tan(math.pi / 12) * 2.0
        assert volume(part) == pytest.approx(expected, rel=1e-4)


def test_a_cylinder_stands_where_it_says_and_hides_the_true_circle():
    mesh = triangulate((Cylinder(base=(1.0, 2.0, 3.0), radius=0.5, height=4.0),))
    assert (mesh.vertices[:, 2].min(), mesh.vertices[:, 2].max()) == (3.0, 7.0)
    rim = np.hypot(*(mesh.vertices[:24, :2] - (1.0, 2.0)).T)
    assert rim == pytest.approx(np.full(24, 0.5 / math.cos(math.pi / 12)))


@pytest.mark.parametrize(
    ("primitive", "message"),
    [
        (Box(centre=(1.0, 2.0, 3.0), size=(1.0, 0.0, 1.0)), r"\(1.0, 2.0, 3.0\).*positive.*\(1.0, 0.0, 1.0\)"),
        (Cylinder(base=(1.0, 2.0, 3.0), radius=-1.0, height=1.0), r"\(1.0, 2.0, 3.0\).*radius > 0"),
        (Cylinder(base=(1.0, 2.0, 3.0), radius=1.0, height=1.0, facets=2), "at least 3 facets"),
        (Mesh(vertices=((0.0, 0.0, 0.0),), faces=((0, 0, 7),)), r"\[0, 1\).*7"),
    ],
)
def test_impossible_primitives_are_refused(primitive, message):
    with pytest.raises(ConfigError, match=message):
        triangulate((primitive,))


def test_an_empty_level_has_no_triangles():
    assert len(triangulate(()).faces) == 0


def test_a_level_of_too_many_vertices_is_refused_with_both_numbers(make_world):
    many = Level(solids=tuple(Box(centre=(float(i), 0.0, 1.0), size=(0.5, 0.5, 0.5)) for i in range(17_000)))
    with pytest.raises(ConfigError, match=r"131072 vertices.*got 136000"):
        make_world(DroneSpec(airframe="cf2x", position=(0.0, 9.0, 5.0)), level=many)


def test_equal_levels_have_equal_digests():
    level = Level(solids=(Box(centre=(1.0, 2.0, 3.0), size=(1.0, 1.0, 1.0)),))
    again = Level(solids=(Box(centre=(1.0, 2.0, 3.0), size=(1.0, 1.0, 1.0)),))
    other = Level(solids=(Box(centre=(1.0, 2.0, 3.0), size=(1.0, 1.0, 1.1)),))
    assert digest(level) == digest(again) != digest(other)
