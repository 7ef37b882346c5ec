"""DCASE's metadata files: one line per source and 100 ms frame, `frame,class,track,azimuth,elevation[,distance]`.

Classes are numbers there. A file without tracks (four columns) is read as well, its sources being
told apart by their place in the frame.
"""

from collections.abc import Iterable
from pathlib import Path

from goldentime.errors import ConfigError
from goldentime.eval.score.seld import Heard, SeldFigures, seld_figures

__all__ = ["csv_lines", "read_csv", "score_folders"]


def csv_lines(rows: Iterable[Heard], kinds: tuple[str, ...]) -> str:
    """A file of rows; a class is its place in `kinds`."""
    lines = [
        f"{row.frame},{kinds.index(row.kind)},{row.track},{round(row.azimuth_deg)},{round(row.elevation_deg)}\n"
        for row in sorted(rows)
    ]
    return "".join(lines)


def read_csv(path: Path) -> list[Heard]:
    """Read a file; classes are named by their numbers.

    Raises:
        ConfigError: it can't be read, or a line has another form; the message says which.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read ({error})") from None
    rows: list[Heard] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            rows.append(_row(line, f"{path}:{number}", sum(row.frame == _first(line) for row in rows[-16:])))
    return rows


def _first(line: str) -> int:
    text = line.split(",")[0].strip()
    return int(text) if text.isdigit() else -1


def _row(line: str, where: str, place: int) -> Heard:
    cells = line.split(",")
    try:
        if len(cells) == 4:
            cells.insert(2, str(place))
        if not 5 <= len(cells) <= 6:
            raise ValueError
        frame, kind, track = (int(cell) for cell in cells[:3])
        azimuth, elevation = (float(cell) for cell in cells[3:5])
        if frame < 0 or kind < 0 or not abs(azimuth) <= 360.0 or not abs(elevation) <= 90.0:
            raise ValueError
    except ValueError:
        raise ConfigError(f"{where}: expected frame,class,track,azimuth,elevation[,distance], got {line[:80]!r}") from None
    return Heard(frame, str(kind), track, azimuth, elevation)


def score_folders(truth: Path, answer: Path) -> tuple[SeldFigures, int, list[str]]:
    """Score a folder of files against another with the same names, or a file against a file.

    Returns:
        The figures, the number of clips, and the names without an answer; these count as silent.

    Raises:
        ConfigError: there is no truth, the answer has files that the truth does not have, or one can't be read.
    """
    there, said = _files(truth), _files(answer)
    if truth.is_file() and answer.is_file():
        said = dict(zip(there, said.values(), strict=True))
    if not there:
        raise ConfigError(f"{truth}: expected a folder with .csv files, got none")
    if unknown := sorted(said.keys() - there.keys()):
        raise ConfigError(f"{answer}: the truth has no {', '.join(unknown[:5])}")
    clips = [(read_csv(path), read_csv(said[name]) if name in said else []) for name, path in there.items()]
    kinds = sorted({row.kind for pair in clips for rows in pair for row in rows}, key=int)
    return seld_figures(clips, kinds), len(clips), sorted(there.keys() - said.keys())


def _files(path: Path) -> dict[str, Path]:
    return {path.name: path} if path.is_file() else {file.name: file for file in sorted(path.glob("*.csv"))}
