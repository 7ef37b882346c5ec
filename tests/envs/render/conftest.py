"""Renderers that are closed after the test, and the module of small scenes."""

import importlib
import sys
from pathlib import Path

import pytest

from goldentime.envs.render.frame import make_renderer

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def scenes():
    """The module `scenes`."""
    return importlib.import_module("scenes")


@pytest.fixture
def make():
    """`make_renderer` whose renderers are closed after the test. Without EGL it fails with the command that brings it."""
    made = []

    def build(backend="gl"):
        made.append(make_renderer(backend))
        return made[-1]

    yield build
    for renderer in made:
        renderer.close()


@pytest.fixture
def gl(make):
    return make("gl")
