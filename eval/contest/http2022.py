"""The mission server of 2022 on a socket: posts to `/mission` and `/answer`, and what a team may look at."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from goldentime.eval.contest.desk2022 import Desk

__all__ = ["MOST_BYTES", "MissionServer", "Page"]

MOST_BYTES = 16_384
"""Of a post."""
_MOST_CONNECTIONS, _WAIT_S = 16, 5.0
"""At once, and how long a whole post may take."""


class Page(NamedTuple):
    """What a GET is answered with."""

    kind: str
    """Media type."""
    content: bytes


class _Refused(Exception):
    """A request that is no request of this protocol."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class MissionServer(ThreadingHTTPServer):
    """Serves one desk until it is closed.

    Args:
        address: host and port; port 0 takes a free one.
        desk: takes the posts.
        pages: by path, what a GET is answered with; told the query's values. None says that there is nothing yet.
        watch: is told of each post: path, status and message.
    """

    daemon_threads = True
    request_queue_size = _MOST_CONNECTIONS

    def __init__(
        self,
        address: tuple[str, int],
        desk: Desk,
        pages: Mapping[str, Callable[[Mapping[str, str]], Page | None]],
        watch: Callable[[str, str, str], None] = lambda path, status, msg: None,
    ) -> None:
        self.desk, self.pages, self.watch = desk, pages, watch
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, if there is a place for it; else the connection is closed."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, then give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that hangs up or sends rubbish is no fault of the server's."""


class _Handler(BaseHTTPRequestHandler):
    server: MissionServer
    timeout = _WAIT_S
    server_version, sys_version = "goldentime", ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        page = self.server.pages.get(parts.path)
        if page is None:
            self._reply(404, f"nothing at {parts.path[:100]!r}; there are {', '.join(sorted(self.server.pages))}")
            return
        try:
            made = page({key: values[-1] for key, values in parse_qs(parts.query, max_num_fields=8).items()})
        except ValueError as error:
            self._reply(400, str(error))
            return
        if made is None:
            self._reply(404, "nothing yet")
            return
        self._send(200, made)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        post = {"/mission": self.server.desk.mission, "/answer": self.server.desk.answer}.get(path)
        try:
            if post is None:
                raise _Refused(404, f"expected a post to /mission or /answer, got {path[:100]!r}")
            data = self._json()
        except _Refused as error:
            self.server.watch(path[:100], "ERROR", str(error))
            self._reply(error.code, str(error))
            return
        reply = post(data)
        self.server.watch(path, reply.status, reply.msg)
        self._send(200, _json_page({"status": reply.status, "msg": reply.msg}))

    def _json(self) -> Any:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 12:
            raise _Refused(411, "expected a Content-Length")
        if int(length) > MOST_BYTES:
            raise _Refused(413, f"expected at most {MOST_BYTES} bytes, got {int(length)}")
        try:
            return json.loads(self._body(int(length)).decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise _Refused(400, f"not JSON in UTF-8: {error}") from None

    def _body(self, length: int) -> bytes:
        due, parts, missing = time.monotonic() + _WAIT_S, [], length
        while missing:
            left_s = due - time.monotonic()
            if left_s <= 0.0:
                raise _Refused(408, f"expected the whole post within {_WAIT_S:g} s")
            self.connection.settimeout(left_s)
            try:
                part = self.rfile.read1(missing)
            except TimeoutError:
                raise _Refused(408, f"expected the whole post within {_WAIT_S:g} s") from None
            if not part:
                raise _Refused(400, f"expected {length} bytes, got {length - missing}")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _reply(self, code: int, why: str) -> None:
        self._send(code, _json_page({"status": "ERROR", "msg": why}))

    def _send(self, code: int, page: Page) -> None:
        self.send_response(code)
        self.send_header("Content-Type", page.kind)
        self.send_header("Content-Length", str(len(page.content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page.content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: `watch` is told of what matters."""


def _json_page(data: Any) -> Page:
    return Page("application/json", json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
