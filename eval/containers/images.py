"""Container images that are on this machine, by Podman."""

import json
import shutil
import subprocess
from typing import Any

from goldentime.eval.outcomes import InfrastructureError
from goldentime.records import record

__all__ = ["AGENT", "BASE", "REFEREE", "Image", "find_image", "image_identity", "podman"]

BASE = "localhost/goldentime-base"
AGENT = "localhost/goldentime-agent"
REFEREE = "localhost/goldentime-referee"


@record
class Image:
    """One image."""

    name: str
    identity: str
    """SHA-256 over its configuration, which holds the digests of all layers: what `agent.image` is pinned to."""
    size_mb: float
    labels: dict[str, str]


def find_image(name: str) -> Image | None:
    """An image by name or identity; None if it is not here.

    Raises:
        InfrastructureError: Podman is not installed.
    """
    done = subprocess.run([podman(), "image", "inspect", name], capture_output=True, text=True, timeout=60)
    if done.returncode:
        return None
    found: dict[str, Any] = json.loads(done.stdout)[0]
    return Image(
        name=name,
        identity=f"sha256:{str(found['Id']).removeprefix('sha256:')}",
        size_mb=round(found["Size"] / 1e6, 1),
        labels=found.get("Labels") or {},
    )


def image_identity(name: str) -> str:
    """The identity of an image that must be here.

    Raises:
        InfrastructureError: it is not.
    """
    found = find_image(name)
    if found is None:
        raise InfrastructureError(f"image {name} is not on this machine: 'goldentime containers build' makes {AGENT}")
    return found.identity


def podman() -> str:
    """Where Podman is.

    Raises:
        InfrastructureError: nowhere.
    """
    path = shutil.which("podman")
    if path is None:
        raise InfrastructureError("podman is not installed: apt-get install podman runc (Debian, Ubuntu)")
    return path
