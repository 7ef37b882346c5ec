"""Two drawings of one flight: from above over the course, and its height over the way flown."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from goldentime.eval.log import EpisodeLog
from goldentime.eval.report.canvas import Frame, coloured_path, text, thin
from goldentime.eval.report.marks import Mark, section_bands

__all__ = ["flown_m", "profile_svg", "speed_m_s", "top_view_frame", "top_view_svg"]

_WIDTH = 1000.0
_TALLEST = 640.0
_POINTS = 900
_PROFILE = (1000.0, 190.0)
_LABEL_GAP = 52.0


def flown_m(log: EpisodeLog) -> NDArray[np.float64]:
    """(n, drones) distance flown at each sample [m]."""
    position = log.samples().position_m
    steps = np.linalg.norm(np.diff(position, axis=0), axis=-1)
    return np.concatenate([np.zeros((1, position.shape[1])), np.cumsum(steps, axis=0)])


def speed_m_s(log: EpisodeLog) -> NDArray[np.float64]:
    """(n, drones) [m/s]."""
    return np.asarray(np.linalg.norm(log.samples().velocity_m_s, axis=-1))


def top_view_frame(low: NDArray[np.float64], high: NDArray[np.float64]) -> Frame:
    """A frame around the rectangle between two corners [m], as large as the page allows."""
    size = high - low
    scale = min(_WIDTH / size[0], _TALLEST / size[1])
    return Frame(float(low[0]), float(high[0]), float(low[1]), float(high[1]), float(scale), float(scale))


def top_view_svg(log: EpisodeLog, frame: Frame, marks: Sequence[Mark], fastest: float, scene_id: str) -> Markup:
    """The flight over the scene that the page defines under `scene_id`."""
    samples, speed = log.samples(), speed_m_s(log)
    rows = thin(len(samples.time_s), _POINTS)
    paths = [
        coloured_path(frame, samples.position_m[rows, drone, :2], speed[rows, drone], fastest)
        for drone in range(speed.shape[1])
    ]
    start = samples.position_m[0, :, :2]
    starts = [f'<circle class="start" cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="5"/>' for x, y in start.tolist()]
    places = [(frame.x(mark.position[0]), frame.y(mark.position[1])) for mark in marks]
    return Markup(
        f'<svg class="top" viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" role="img" aria-label="flight from above">'
        f'<use href="#{scene_id}"/>{_scale_bar(frame)}{"".join(paths)}{"".join(starts)}{_symbols(marks, places)}</svg>'
    )


def _scale_bar(frame: Frame) -> str:
    length = next((m for m in (10.0, 5.0, 2.0, 1.0, 0.5, 0.2) if m * frame.scale_x < frame.width / 4), 0.1)
    right, y = frame.width - 12, frame.height - 10
    left = right - length * frame.scale_x
    label = text((left + right) / 2, y - 5, f"{length:g} m", "scale")
    return f'<path class="bar" d="M{left:.1f} {y - 4:.1f}v4H{right:.1f}v-4"/>{label}'


def _symbols(marks: Sequence[Mark], places: Sequence[tuple[float, float]]) -> str:
    """A symbol per event, and a label with its time where there is room; what went wrong is labelled first."""
    order = sorted(range(len(marks)), key=lambda i: ("bad", "good", "plain").index(marks[i].css))
    labelled: list[tuple[float, float]] = []
    parts = []
    for i in order:
        mark, (x, y) = marks[i], places[i]
        parts.append(_symbol(mark, x, y))
        side, css = (1, "label") if x < _WIDTH - _LABEL_GAP else (-1, "label end")
        middle = x + side * _LABEL_GAP / 2
        if mark.css != "plain" and all(abs(middle - a) > _LABEL_GAP or abs(y - b) > 13 for a, b in labelled):
            labelled.append((middle, y))
            parts.append(text(x + 8 * side, y - 6, f"{mark.time_s:.1f} s", f"{css} {mark.css}"))
    return "".join(reversed(parts))


def _symbol(mark: Mark, x: float, y: float) -> str:
    title = f"<title>{escape(mark.words)} at {mark.time_s:.1f} s</title>"
    if mark.css == "bad":
        return f'<path class="mark bad" d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10">{title}</path>'
    if mark.css == "good":
        return f'<path class="mark good" d="M{x - 6:.1f} {y:.1f}l4 5l8 -10">{title}</path>'
    return f'<circle class="mark plain" cx="{x:.1f}" cy="{y:.1f}" r="3.5">{title}</circle>'


def profile_svg(log: EpisodeLog, marks: Sequence[Mark], fastest: float) -> Markup:
    """Height over distance flown, with a band per section passed."""
    distance, height, speed = flown_m(log), log.samples().position_m[:, :, 2], speed_m_s(log)
    longest, highest = max(float(distance.max()), 0.1), max(float(height.max()) * 1.15, 0.5)
    wide, high = _PROFILE
    frame = Frame(0.0, longest, 0.0, highest, wide / longest, high / highest)
    rows = thin(len(distance), _POINTS)
    lines = [
        coloured_path(frame, np.column_stack([distance[rows, i], height[rows, i]]), speed[rows, i], fastest)
        for i in range(distance.shape[1])
    ]
    places = [(frame.x(mark.flown_m), frame.y(mark.position[2])) for mark in marks]
    return Markup(
        f'<svg class="profile" viewBox="-34 -20 {wide + 44:.0f} {high + 52:.0f}" role="img" aria-label="height profile">'
        f"{_bands(frame, section_bands(marks, longest))}{_axes(frame)}{''.join(lines)}{_symbols(marks, places)}</svg>"
    )


def _bands(frame: Frame, bands: Sequence[tuple[str, float, float]]) -> str:
    parts = []
    for number, (name, start, end) in enumerate(bands):
        x, width = frame.x(start), frame.x(end) - frame.x(start)
        parts.append(f'<rect class="band{number % 2}" x="{x:.1f}" y="0" width="{width:.1f}" height="{frame.height:.0f}"/>')
        name = name.replace("_", " ")
        shown = name if len(name) * 6.2 < width else ""
        parts.append(text(x + width / 2, -6, shown, "band-name"))
    return "".join(parts)


def _axes(frame: Frame) -> str:
    parts = []
    for value in _ticks(frame.top, 4):
        y = frame.y(value)
        parts.append(f'<path class="grid" d="M0 {y:.1f}H{frame.width:.0f}"/>{text(-6, y + 4, f"{value:g}", "tick-y")}')
    for value in _ticks(frame.right, 10):
        parts.append(text(frame.x(value), frame.height + 16, f"{value:g}", "tick-x"))
    parts.append(text(frame.width / 2, frame.height + 30, "distance flown [m]", "tick-x"))
    parts.append(text(-6, -6, "z [m]", "tick-y"))
    return "".join(parts)


def _ticks(limit: float, most: int) -> list[float]:
    """Round numbers from 0 up to a limit."""
    step = next(base * 10.0**power for power in range(-2, 6) for base in (1, 2, 5) if limit / (base * 10.0**power) <= most)
    return [round(step * i, 6) for i in range(int(limit / step) + 1)]
