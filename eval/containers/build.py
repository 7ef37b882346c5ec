"""Build the images that ship: an agent's and a referee's.

No registry is needed: the base is a root of Debian's packages made here by mmdebstrap, and Python's packages are fetched by
this interpreter's own pip, with its settings, at the versions of `constraints.txt`. A base from a registry can be named.
Builds run in a chroot instead of a container: an OCI runtime needs rights that a machine without registries often lacks.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from goldentime.errors import ConfigError, GoldenTimeError, MissingDependencyError
from goldentime.eval.containers.images import AGENT, BASE, REFEREE, Image, find_image, podman
from goldentime.records import record

__all__ = ["Recipe", "build_images"]

_SUITE, _MIRROR = "bookworm", "http://deb.debian.org/debian"
_IN_BASE = ("ca-certificates", "python3", "util-linux")
_LEFT_OUT = ("doc", "info", "locale", "man")
_FETCHED = "goldentime[hear,referee,replay,see]"
_MORE = ("pip", "safetensors", "torch")
_LONGEST_S = 7200


@record
class Recipe:
    """What to build from."""

    base: str | None = None
    """An image with Python 3.11, from a registry or here; without it, a root of Debian's packages."""
    wheel: Path | None = None
    """Of goldentime; without it, one is made of this checkout."""
    constraints: Path | None = None
    """Without it, this checkout's."""
    mirror: str = _MIRROR
    only: tuple[str, ...] = ("agent", "referee")

    def __post_init__(self) -> None:
        if unknown := set(self.only) - {"agent", "referee"}:
            raise ConfigError(f"only: expected agent and referee, got {', '.join(sorted(unknown))}")


def build_images(recipe: Recipe, tell: Callable[[str], None]) -> list[Image]:
    """Build them; those that are there are replaced.

    Raises:
        ConfigError: there is no wheel and no checkout to make it of.
        GoldenTimeError: a step failed; the message holds the end of what it said.
    """
    with tempfile.TemporaryDirectory(prefix="goldentime-images-") as made:
        work = Path(made)
        constraints = _given(recipe.constraints, "constraints.txt")
        tell("packages")
        wheel = recipe.wheel or _make_wheel(work)
        _fetch(wheel, constraints, work / "wheels")
        base = recipe.base or _base(recipe.mirror, work, tell)
        labels = {"goldentime.wheel": _sha(wheel), "goldentime.constraints": _sha(constraints)}
        images = []
        for name, part, argument in ((AGENT, "agent", f"BASE={base}"), (REFEREE, "referee", f"AGENT={AGENT}")):
            if part in recipe.only:
                tell(name)
                images.append(_build(name, part, argument, work, labels))
    return images


def _given(path: Path | None, name: str) -> Path:
    found = path or _checkout() / name
    if not found.is_file():
        raise ConfigError(f"expected {name}, got {found}, where nothing is: name it, or build from a checkout")
    return found.resolve()


def _checkout() -> Path:
    """The root of the repository, where this runs from one."""
    return Path(str(files("goldentime"))).resolve().parents[1]


def _make_wheel(work: Path) -> Path:
    """By way of the sdist, so that nothing of the checkout but what ships gets in."""
    root = _checkout()
    if not (root / "pyproject.toml").is_file():
        raise ConfigError("this is no checkout: name a wheel with --wheel")
    if find_spec("build") is None:
        raise MissingDependencyError("making a wheel needs build: pip install build, or name a wheel with --wheel")
    _run("the wheel", sys.executable, "-m", "build", "--outdir", str(work / "dist"), str(root))
    return next((work / "dist").glob("*.whl"))


def _fetch(wheel: Path, constraints: Path, folder: Path) -> None:
    words = [f"{_FETCHED} @ {wheel.resolve().as_uri()}", *_MORE]
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
    _run("the packages", *pip, "--constraint", str(constraints), *words)
    if not (folder / wheel.name).is_file():
        shutil.copy(wheel, folder)


def _base(mirror: str, work: Path, tell: Callable[[str], None]) -> str:
    if find_image(BASE):
        return BASE
    if shutil.which("mmdebstrap") is None:
        raise MissingDependencyError(
            "a base without a registry needs mmdebstrap: apt-get install mmdebstrap (Debian, Ubuntu), or name one: --base"
        )
    tell(BASE)
    root = work / "base.tar"
    slim = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _LEFT_OUT]
    words = ["--variant=minbase", f"--include={','.join(_IN_BASE)}", '--aptopt=Acquire::Languages "none"', *slim]
    _run("the base", "mmdebstrap", *words, _SUITE, str(root), mirror)
    _run("the base", podman(), "import", "--change", "CMD=/bin/sh", str(root), BASE)
    return BASE


def _build(name: str, part: str, argument: str, work: Path, labels: Mapping[str, str]) -> Image:
    context = work / part
    context.mkdir()
    recipe = context / "Containerfile"
    recipe.write_text(files("goldentime.eval.containers").joinpath(f"{part}.Containerfile.txt").read_text("utf-8"))
    words = ["--isolation", "chroot", "--pull=false", "--volume", f"{work / 'wheels'}:/wheels:ro", "--build-arg", argument]
    words += [f"--label={key}={value}" for key, value in labels.items()]
    _run(name, podman(), "build", *words, "--tag", name, "--file", str(recipe), str(context))
    image = find_image(name)
    if image is None:
        raise GoldenTimeError(f"{name}: it was built and is not there")
    return image


def _run(what: str, *words: str) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=_LONGEST_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GoldenTimeError(f"{what}: {words[0]}: {error}") from None
    if done.returncode:
        said = (done.stdout + done.stderr)[-3000:]
        raise GoldenTimeError(f"{what}: {' '.join(words[:4])} ended with {done.returncode}:\n{said}")


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
