"""Draw the pictures of docs/replay.md: pages that `goldentime replay` made, opened in a headless Chromium.

Run `goldentime evaluate mission=voices agent=listener episodes=1 out=runs/picture`, `goldentime replay runs/picture
--camera`, then `python docs/draw_replay.py runs/picture/episodes/0000.html docs/img/replay.png --at "t=12"`.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--hide-scrollbars",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--virtual-time-budget=4000",
]


def draw(page: Path, at: str, size: tuple[int, int], out: Path) -> None:
    """Write a PNG of a page.

    Args:
        at: what stands behind the # of the address, see docs/replay.md.
        size: width and height of the window.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("draw_replay: needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        where = f"{page.resolve().as_uri()}#{at}"
        places = [f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", f"--screenshot={out.resolve()}"]
        subprocess.run([chromium, *FLAGS, *places, where], check=True, capture_output=True)
    if not out.is_file():
        sys.exit(f"draw_replay: Chromium wrote no {out}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--at", default="t=0", help="where the page opens, such as t=12&mode=follow")
    parser.add_argument("--size", type=int, nargs=2, default=(1400, 860))
    args = parser.parse_args()
    draw(args.page, args.at, tuple(args.size), args.out)


if __name__ == "__main__":
    main()
