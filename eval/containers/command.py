"""The command `containers`: build the images that ship, list them."""

import argparse
import time
from pathlib import Path

from goldentime.eval.containers.build import Recipe, build_images
from goldentime.eval.containers.images import AGENT, BASE, REFEREE, Image, find_image

__all__ = ["containers_command"]


def containers_command(arguments: list[str]) -> int:
    """`goldentime containers build|list`."""
    parser = argparse.ArgumentParser(prog="goldentime containers", description="The images of agents and referees.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="build them with Podman; takes some minutes")
    build.add_argument("only", nargs="*", help="agent or referee; both without it")
    build.add_argument("--base", help="an image with Python 3.11; without it, a root of Debian's packages is made here")
    build.add_argument("--wheel", type=Path, help="of goldentime; without it, made of this checkout")
    build.add_argument("--constraints", type=Path, help="without it, this checkout's constraints.txt")
    build.add_argument("--mirror", default=Recipe.mirror, help=f"Debian's; {Recipe.mirror} without it")
    verbs.add_parser("list", help="those that are here")
    options = parser.parse_args(arguments)
    if options.verb == "list":
        for name in (BASE, AGENT, REFEREE):
            image = find_image(name)
            print(_line(image) if image else f"{name}: not here")
        return 0
    recipe = Recipe(
        base=options.base,
        wheel=options.wheel,
        constraints=options.constraints,
        mirror=options.mirror,
        only=tuple(options.only) or Recipe.only,
    )
    start = time.monotonic()
    for image in build_images(recipe, lambda text: print(f"==> {text} ({time.monotonic() - start:.0f} s)", flush=True)):
        print(_line(image))
    return 0


def _line(image: Image) -> str:
    return f"{image.name}  {image.identity}  {image.size_mb:.0f} MB"
