"""Forms of pages: small ones read whole, the one with an archive read as it comes."""

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

from python_multipart.multipart import MultipartParser
from starlette.requests import Request

from goldentime.eval.service.faults import Fault

__all__ = ["UploadForm", "read_form"]

_SMALL = 65_536
_FIELD = 1024
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*boundary="?([^";]{1,200})"?', re.IGNORECASE)
_NAME = re.compile(rb'[; ]name="([^"]{0,64})"')


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form without files.

    Raises:
        Fault: it is larger than any of ours.
    """
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > _SMALL:
            raise Fault(413, f"form: expected at most {_SMALL} bytes, got more")
    try:
        return dict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=64))
    except ValueError:
        raise Fault(400, "form: expected fields in UTF-8, got something else") from None


class UploadForm:
    """A form with small fields first and one file last, whose bytes are never held together.

    Raises:
        Fault: the request is no such form.
    """

    def __init__(self, request: Request) -> None:
        found = _BOUNDARY.match(request.headers.get("content-type", ""))
        if found is None:
            raise Fault(415, "form: expected multipart/form-data, got another content type")
        self.fields: dict[str, str] = {}
        self._stream = request.stream()
        self._name, self._value, self._in_file = "", b"", False
        self._header, self._text = b"", b""
        self._pieces: list[bytes] = []
        self._fault: Fault | None = None
        self._parser = MultipartParser(
            found[1].encode("latin-1", "replace"),
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    def _begin(self) -> None:
        self._name, self._value, self._in_file = "", b"", False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._text += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            named = _NAME.search(self._text)
            self._name = named[1].decode("utf-8", "replace") if named else ""
            self._in_file = b"filename=" in self._text
        self._header, self._text = b"", b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pieces.append(data[start:end])
        elif len(self._value) + end - start > _FIELD:
            self._fault = Fault(413, f"form.{self._name}: expected at most {_FIELD} bytes, got more")
        else:
            self._value += data[start:end]

    def _end(self) -> None:
        if not self._in_file and len(self.fields) < 16:
            self.fields[self._name] = self._value.decode("utf-8", "replace")

    async def begin(self) -> None:
        """Read the fields, up to the first bytes of the file."""
        while not self._pieces and await self._more():
            pass

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes of the file."""
        while True:
            ready, self._pieces = self._pieces, []
            for piece in ready:
                yield piece
            if not ready and not await self._more():
                return

    async def _more(self) -> bool:
        try:
            piece = await anext(self._stream)
        except StopAsyncIteration:
            return False
        try:
            self._parser.write(piece)
        except ValueError as error:
            raise Fault(400, f"form: expected multipart/form-data, got something else ({error})") from None
        if self._fault is not None:
            raise self._fault
        return True
