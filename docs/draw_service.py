"""Draw the pictures of docs/service.md: a service with three teams, used through a headless Chromium.

Run `python docs/draw_service.py docs/img`. It goes the whole way as people do: the organiser signs in, opens rounds and
adds teams; a team signs in, hands in through the form, and reads what became of it. It fails where a page does.
"""

import argparse
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import httpx

from goldentime.eval.submit.pack import pack

STILL = """
import time
import numpy as np
class Agent:
    def reset(self, brief): print("loaded in 0.1 s"); self.steps = 0
    def act(self, seen):
        self.steps += 1
        %s
        return {"motion": np.zeros(4, np.float32)}
"""
CRASH = "if self.steps == 5: raise RuntimeError('out of ideas')"
SLOW = "time.sleep(0.15)"
SHORT = "scenario: {time_limit_s: 6}"


def browser_module() -> Any:
    """`.ci/check_board.py`, which knows how to speak to Chromium."""
    spec = spec_from_file_location("check_board", Path(__file__).parents[1] / ".ci/check_board.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """A service with one worker; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    call = [sys.executable, "-m", "goldentime.cli", "serve", str(folder), "--port", str(port), "--no-wall"]
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with suppress(httpx.HTTPError):
                httpx.get(f"{base}/health").raise_for_status()
                break
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(60)


def packed(folder: Path, team: str, name: str, step: str = "pass") -> Path:
    """An archive of a team."""
    source = folder / sha256(f"{team}{name}".encode()).hexdigest()[:8]
    source.mkdir()
    (source / "agent.py").write_text(STILL % step)
    (source / "submission.yaml").write_text(json.dumps({"team": team, "name": name, "entry": "agent.py:Agent"}))
    return pack(source, folder / f"{source.name}.zip").path


def sign_in(browser: Any, base: str, token: str) -> None:
    """Through the form of the first page."""
    browser.go(f"{base}/?lang=en")
    if browser.run("!!document.querySelector('form[action=\"/sign-out\"]')"):
        press(browser, "/sign-out", {})
    browser.run(f"document.querySelector('[name=token]').value = {json.dumps(token)}")
    browser.run("document.querySelector('form[action=\"/sign-in\"] button').click()")
    browser.wait("location.pathname === '/team' || location.pathname === '/organiser'")
    browser.wait("document.readyState === 'complete'")


def press(browser: Any, form: str, values: dict[str, str]) -> None:
    """Fill a form of the page in and send it."""
    for name, value in values.items():
        browser.run(f"document.querySelector('form[action=\"{form}\"] [name={name}]').value = {json.dumps(value)}")
    browser.run("window.before = true")
    browser.run(f"document.querySelector('form[action=\"{form}\"] button').click()")
    browser.wait("!window.before && document.readyState === 'complete'")


def set_up(browser: Any, base: str, folder: Path) -> dict[str, str]:
    """The organiser's part; teams and their tokens."""
    sign_in(browser, base, (folder / "organiser.token").read_text().strip())
    rounds = ({"name": "final", "epoch": "2026-final", "quota": "3"}, {"name": "practice", "epoch": "", "quota": "50"})
    for values in reversed(rounds):
        told = {**values, "mission": "hover", "episodes": "6", "size_mib": "64", "engine": "process", "settings": SHORT}
        press(browser, "/organiser/rounds", told)
    tokens = {}
    for team in ("불씨", "Nightingale", "한강 드론팀"):
        press(browser, "/organiser/teams", {"name": team})
        tokens[team] = re.sub(r"\s", "", browser.run("document.querySelector('code.token').innerText"))
    return tokens


def send(base: str, token: str, archive: Path, to: str) -> None:
    """Hand in as a program does."""
    content = archive.read_bytes()
    heads = {"authorization": f"Bearer {token}", "x-content-sha256": sha256(content).hexdigest()}
    httpx.post(f"{base}/api/rounds/{to}/submissions", content=content, headers=heads).raise_for_status()


def flown(base: str, token: str, but: int = 0) -> None:
    """Wait until all but so many of a team's submissions are over."""
    for _ in range(1200):
        rows = httpx.get(f"{base}/api/submissions", headers={"authorization": f"Bearer {token}"}).json()
        if sum(row["state"] != "done" for row in rows) <= but:
            return
        time.sleep(0.1)
    sys.exit("draw_service: submissions that are never over")


def draw(browser: Any, base: str, folder: Path, out: Path) -> None:
    """Go the way and take the pictures."""
    tokens = set_up(browser, base, folder / "service")
    (out / "service_token.png").write_bytes(browser.picture(1120, 560))
    mine = "Nightingale"
    send(base, tokens[mine], packed(folder, mine, "stands still"), "practice")
    send(base, tokens[mine], packed(folder, mine, "new planner", CRASH), "final")
    flown(base, tokens[mine])
    sign_in(browser, base, tokens[mine])
    (folder / "empty.zip").write_bytes(b"not an archive")
    browser.attach("form[action='/team/rounds/final'] [name=archive]", folder / "empty.zip")
    browser.run("document.querySelector('form[action=\"/team/rounds/final\"] button').click()")
    browser.wait(
        "(document.querySelector('.trouble') || {}).innerText === 'archive: expected a ZIP file, got something else'"
    )
    (out / "service_refused.png").write_bytes(browser.picture(1120, 700))
    browser.attach("form[action='/team/rounds/final'] [name=archive]", packed(folder, mine, "slow and steady", SLOW))
    browser.run("document.querySelector('form[action=\"/team/rounds/final\"] button').click()")
    browser.wait("((document.querySelector('#submissions') || {}).innerText || '').includes('slow and steady')")
    for team in ("불씨", "한강 드론팀"):
        send(base, tokens[team], packed(folder, team, "첫 시도"), "final")
    # The table moves by itself: nobody loads the page again.
    browser.wait("((document.querySelector('#submissions progress') || {}).value || 0) >= 2")
    (out / "service.png").write_bytes(browser.picture(1120, 700))
    browser.go(f"{base}/team?lang=ko")
    (out / "service_ko.png").write_bytes(browser.picture(1120, 700))
    browser.go(f"{base}/team/submissions/2?lang=en")
    (out / "service_submission.png").write_bytes(browser.picture(1120, 860))
    sign_in(browser, base, (folder / "service/organiser.token").read_text().strip())
    (out / "service_organiser.png").write_bytes(browser.picture(1120, 1500))
    browser.go(f"{base}/board/")
    assert browser.run("document.querySelectorAll('table').length") > 0
    (out / "service_board.png").write_bytes(browser.picture(1120, 700))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the folder of the pictures")
    parser.add_argument("--all", action="store_true", help="keep those that docs/service.md does not show, too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, service(Path(name) / "service") as base:
        folder = Path(name)
        pictures = args.out if args.all else folder / "pictures"
        pictures.mkdir(exist_ok=True)
        with browser_module().opened() as browser:
            draw(browser, base, folder, pictures)
        if not args.all:
            (args.out / "service.png").write_bytes((pictures / "service.png").read_bytes())


if __name__ == "__main__":
    main()
