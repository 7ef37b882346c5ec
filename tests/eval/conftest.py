"""Puts the helper modules of this folder on the path, for these tests and for the worker processes they start."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="session", autouse=True)
def helpers_importable():
    sys.path.insert(0, HERE)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [HERE, before]))
    yield
    sys.path.remove(HERE)
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session")
def hand(helpers_importable: None) -> Any:
    """The module `handmade`: logs without a simulator."""
    return importlib.import_module("handmade")
