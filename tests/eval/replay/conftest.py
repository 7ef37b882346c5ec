"""The log of a house on fire, made once."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="session")
def burning() -> Any:
    """The module `burning`: a log with people and fire."""
    sys.path.insert(0, HERE)
    try:
        return importlib.import_module("burning")
    finally:
        sys.path.remove(HERE)


@pytest.fixture(scope="session")
def log(burning: Any) -> Any:
    """Its log; nobody may change it."""
    return burning.make_log()
