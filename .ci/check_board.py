"""`check_board.py BOARD`: fail unless a board works in a browser as a visitor uses it.

Opens the index in a headless Chromium, sorts a ranking by a click, follows a team to its history, and from there a replay
if the board has one. Chromium is spoken to through two pipes, in the messages of its DevTools protocol.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PATIENCE_S = 60.0
_SORT = """(() => {
  const table = document.querySelector("table.sort"), head = table.tHead.rows[0].cells[2];
  const column = () => Array.from(table.tBodies[0].rows, row => Number(row.cells[2].dataset.v));
  head.click(); const up = column(); head.click(); const down = column();
  return {up, down, sort: head.getAttribute("aria-sort")};
})()"""


class Browser:
    """One page of a headless Chromium."""

    def __init__(self, chromium: str, profile: str) -> None:
        told, self._commands = os.pipe()
        self._answers, answered = os.pipe()
        flags = "--headless=new --no-sandbox --remote-debugging-pipe --use-gl=angle --use-angle=swiftshader"
        flags += " --enable-unsafe-swiftshader --no-first-run"
        call = f'exec "$0" {flags} --user-data-dir="$1" about:blank 3<&{told} 4>&{answered}'
        self._process = subprocess.Popen(
            ["sh", "-c", call, chromium, profile], pass_fds=(told, answered), stderr=subprocess.DEVNULL
        )
        os.close(told)
        os.close(answered)
        self._buffer, self._number, self._session = b"", 0, None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def _ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            line, _, rest = self._buffer.partition(b"\0")
            if not _:
                chunk = os.read(self._answers, 65536)
                if not chunk:
                    sys.exit("check_board: Chromium ended")
                self._buffer += chunk
                continue
            self._buffer = rest
            answer = json.loads(line)
            if answer.get("id") == self._number:
                if "error" in answer:
                    sys.exit(f"check_board: {method}: {answer['error']}")
                return answer["result"]

    def run(self, script: str) -> Any:
        """The value of an expression on the page."""
        found = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            sys.exit(f"check_board: {found['exceptionDetails']}")
        return found["result"].get("value")

    def go(self, address: str) -> None:
        """Open a page and wait until it is there."""
        self._ask("Page.navigate", url=address)
        self.wait(f"document.readyState === 'complete' && location.href === {json.dumps(address)}")

    def wait(self, script: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE_S
        while not self.run(script):
            if time.monotonic() > end:
                sys.exit(f"check_board: waited {_PATIENCE_S:g} s in vain for {script}")
            time.sleep(0.1)

    def picture(self, width: int, height: int) -> bytes:
        """A PNG of the page in a window of this size."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"])

    def attach(self, selector: str, file: Path) -> None:
        """Choose a file in a form, as a click and a dialogue would."""
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        node = self._ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._ask("DOM.setFileInputFiles", nodeId=node, files=[str(file.resolve())])

    def close(self) -> None:
        """End Chromium."""
        os.close(self._commands)  # it ends when the pipe does
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        self._process.kill()
        self._process.wait()
        os.close(self._answers)


@contextlib.contextmanager
def opened() -> Iterator[Browser]:
    """A browser with an empty profile."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("check_board: needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(chromium, profile)
        try:
            yield browser
        finally:
            browser.close()


def walk(browser: Browser, board: Path) -> None:
    """What a visitor does."""
    browser.go((board / "index.html").resolve().as_uri())
    sorted_ = browser.run(_SORT)
    assert sorted_["up"] == sorted(sorted_["up"]), sorted_
    assert sorted_["down"] == sorted_["up"][::-1], sorted_
    print(f"==> sorted by score: {sorted_['down']}")
    # The best team that has a replay, else the best.
    address = browser.run("""(() => {
      const rows = Array.from(document.querySelectorAll("table.sort tbody tr"));
      const row = rows.find(row => row.querySelector('a[href*="/episodes/"]')) || rows[0];
      return row.querySelector("td.name a").href;
    })()""")
    browser.go(address)
    assert browser.run("document.querySelectorAll('svg.history .mean').length") > 0
    print(f"==> history of {browser.run('document.querySelector(`h1`).innerText')}")
    replay = browser.run("(document.querySelector('a[href*=\"/episodes/\"]') || {}).href || ''")
    if replay:
        browser.go(replay)
        browser.wait("document.getElementById('clock') && / \\/ /.test(document.getElementById('clock').textContent)")
        print(f"==> replay at {browser.run('document.getElementById(`clock`).textContent')}")
    else:
        print("==> no replay on this board")
    browser.go((board / "index.ko.html").resolve().as_uri())
    assert browser.run("document.documentElement.lang") == "ko"
    assert not browser.run("performance.getEntriesByType('resource').length"), "a page asked for something else"


if __name__ == "__main__":
    with opened() as open_browser:
        walk(open_browser, Path(sys.argv[1]))
