"""Small drawings of a board: intervals beside one another, and a team's scores over its submissions."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from goldentime.eval.report.canvas import text
from goldentime.eval.score.aggregate import Figure

__all__ = ["Scale", "Step", "history_svg", "interval_svg", "scale_of"]

_WIDTH, _HEIGHT = 180.0, 18.0
_STEP_LEAST, _STEP_MOST, _CHART, _TALL, _LEFT = 26.0, 110.0, 640.0, 150.0, 34.0


class Scale(NamedTuple):
    """Points from the left to the right, or from below to above."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies, 0 to 1; what lies outside is put at the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


class Step(NamedTuple):
    """One submission."""

    label: str
    total: Figure | None
    """None for a withdrawn run, whose points are not told, and one without any episode."""
    sound: bool
    """Whether it could be ranked."""
    withdrawn: bool = False


def scale_of(figures: Sequence[Figure]) -> Scale:
    """0 to 100, widened by tens to what lies outside."""
    low = min([0.0, *(figure.low for figure in figures)])
    high = max([100.0, *(figure.high for figure in figures)])
    return Scale(10.0 * (low // 10.0), -10.0 * (-high // 10.0))


def interval_svg(figure: Figure, scale: Scale) -> Markup:
    """A mean with its interval in a strip; for eyes alone, since the figures stand beside it."""
    low, mean, high = (4 + (_WIDTH - 8) * scale.share(value) for value in (figure.low, figure.mean, figure.high))
    y = _HEIGHT / 2
    return Markup(
        f'<svg class="strip" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" aria-hidden="true">'
        f'<path class="grid" d="M4 {y:.0f}H{_WIDTH - 4:.0f}"/>'
        f'<path class="whisker" d="M{low:.1f} {y - 4:.0f}v8m0 -4H{high:.1f}m0 -4v8"/>'
        f'<circle class="mean" cx="{mean:.1f}" cy="{y:.0f}" r="3.5"/></svg>'
    )


def history_svg(steps: Sequence[Step], label: str) -> Markup:
    """Scores over submissions: a line through those that could be ranked, crosses for failed ones, gaps for withdrawn ones.

    Args:
        label: what it shows, for those who can't see it.
    """
    scale = scale_of([step.total for step in steps if step.total])
    gap = min(max((_CHART - _LEFT - 20) / max(len(steps), 1), _STEP_LEAST), _STEP_MOST)
    places = [(_LEFT + gap * (number + 0.5), step) for number, step in enumerate(steps)]
    right = max(_LEFT + gap * len(steps), _CHART - 20)

    def y(value: float) -> float:
        return 10 + _TALL * (1 - scale.share(value))

    parts = []
    for value in sorted({scale.low, 0.0, 25.0, 50.0, 75.0, 100.0, scale.high}):
        parts.append(f'<path class="grid" d="M{_LEFT:.0f} {y(value):.1f}H{right:.0f}"/>')
        parts.append(text(_LEFT - 5, y(value) + 4, f"{value:g}", "tick-y"))
    way = " ".join(f"{x:.1f},{y(step.total.mean):.1f}" for x, step in places if step.total and step.sound)
    parts.append(f'<polyline class="curve" points="{way}"/>')
    for x, step in places:
        heights = [y(value) for value in (step.total.low, step.total.mean, step.total.high)] if step.total else [y(0.0)]
        parts.append(_mark(x, step, heights))
    parts += [text(x, _TALL + 28, str(number), "tick-x") for number, (x, _) in enumerate(places, 1)]
    box = f'viewBox="0 0 {right + 20:.0f} {_TALL + 36:.0f}"'
    return Markup('<svg class="history" {} role="img" aria-label="{}">').format(Markup(box), label) + Markup(
        "".join(parts) + "</svg>"
    )


def _mark(x: float, step: Step, heights: Sequence[float]) -> str:
    title = f"<title>{escape(step.label)}</title>"
    if step.withdrawn:
        return f"<g>{title}{text(x, heights[0] - 6, '†', 'grave')}</g>"
    low, mean, high = heights if step.total else [heights[0]] * 3
    if not step.sound:
        return f'<path class="cross" d="M{x - 5:.1f} {mean - 5:.1f}l10 10m0 -10l-10 10">{title}</path>'
    whisker = f'<path class="whisker" d="M{x - 4:.1f} {low:.1f}h8m-4 0V{high:.1f}m-4 0h8"/>'
    return f'{whisker}<circle class="mean" cx="{x:.1f}" cy="{mean:.1f}" r="4">{title}</circle>'
