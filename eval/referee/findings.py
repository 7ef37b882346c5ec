"""What a check finds broken: the file, the place in it, what was expected and what is there."""

from typing import NamedTuple

__all__ = ["Finding", "Place"]


class Place(NamedTuple):
    """A part of a file: bytes first to last, both counted from 0 and inclusive, and its line from 1."""

    first: int
    last: int
    line: int | None = None


class Finding(NamedTuple):
    """One thing that does not stand."""

    file: str
    what: str
    expected: str
    got: str
    place: Place | None = None

    def __str__(self) -> str:
        return f"{self._where()}: {self.what}: expected {self.expected}, got {self.got}"

    def _where(self) -> str:
        if self.place is None:
            return self.file
        line = f":{self.place.line}" if self.place.line is not None else ""
        return f"{self.file}{line} (bytes {self.place.first}-{self.place.last})"
