"""An agent from a Python file of the user's, without a package around it."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError

__all__ = ["load_agent"]


def load_agent(path: str, name: str, **arguments: Any) -> Any:
    """Make an agent of a class in a file; modules beside the file can be imported by it.

    Args:
        path: the Python file.
        name: the class.
        arguments: for the class.

    Raises:
        ConfigError: no such file or no such class; the message names both.
    """
    file = Path(path).resolve()
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ConfigError(f"agent: expected a Python file, got {path!r}")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(file.stem, module)
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        known = sorted(key for key, value in vars(module).items() if isinstance(value, type))
        raise ConfigError(f"agent: expected a class of {path}, which has {known}, got {name!r}")
    return getattr(module, name)(**arguments)
