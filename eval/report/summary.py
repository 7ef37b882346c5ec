"""Two small drawings of many episodes: the score of each, and what each term earned."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from goldentime.eval.report.canvas import text
from goldentime.eval.results import Result
from goldentime.eval.score.aggregate import Aggregate, Figure
from goldentime.eval.score.rules import Term

__all__ = ["strip_svg", "terms_svg"]

_LEFT, _BAR, _ROW = 110.0, 560.0, 40.0


def strip_svg(results: Sequence[Result], total: Figure) -> Markup:
    """A dot per episode between 0 and 100, with the mean and its interval."""
    bins: dict[int, int] = {}
    dots = []
    for result in results:
        column = round(result.score.total)
        level = bins[column] = bins.get(column, -1) + 1
        css = "dot good" if result.score.success else "dot bad"
        y = 44 - min(level, 6) * 6
        dots.append(
            f'<circle class="{css}" cx="{7 * result.score.total:.1f}" cy="{y}" r="4">'
            f"<title>episode {result.index}: {result.score.total:.1f}</title></circle>"
        )
    ticks = "".join(f'<path class="grid" d="M{7 * v} 4V52"/>{text(7 * v, 84, str(v), "tick-x")}' for v in range(0, 101, 20))
    whisker = _whisker(7 * total.low, 7 * total.high, 7 * total.mean, 62)
    return Markup(
        f'<svg class="strip" viewBox="-14 -4 728 94" role="img" aria-label="score of each episode">{ticks}'
        f'<path class="axis" d="M0 52H700"/>{"".join(dots)}{whisker}</svg>'
    )


def _whisker(low: float, high: float, mean: float, y: float) -> str:
    return (
        f'<path class="whisker" d="M{low:.1f} {y - 4}v8m0 -4H{high:.1f}m0 -4v8"/>'
        f'<circle class="mean" cx="{mean:.1f}" cy="{y}" r="4"/>'
    )


def terms_svg(figures: Aggregate, terms: Mapping[str, Term], weights: Mapping[str, float]) -> Markup:
    """A bar per term: what could be earned, what was, and its interval.

    Args:
        weights: what each term could earn on average over these episodes.
    """
    widest = max(weights.values(), default=1.0) or 1.0
    scale = _BAR / widest
    rows = [
        _term_row(name, term, figures.terms[name], (weights[name] * scale, scale), number * _ROW)
        for number, (name, term) in enumerate(terms.items())
    ]
    height = _ROW * len(rows)
    return Markup(
        f'<svg class="terms" viewBox="0 0 800 {height:.0f}" role="img" aria-label="score terms">{"".join(rows)}</svg>'
    )


def _term_row(name: str, term: Term, figure: Figure, size: tuple[float, float], y: float) -> str:
    full, scale = size
    label = f"{figure.mean:.1f} of {full / scale:.4g}" if full else "does not apply"
    return (
        f"{text(_LEFT - 10, y + 15, name, 'term-name')}"
        f'<rect class="could" x="{_LEFT}" y="{y + 2:.1f}" width="{full:.1f}" height="18" rx="2"/>'
        f'<rect class="earned" x="{_LEFT}" y="{y + 2:.1f}" width="{figure.mean * scale:.1f}" height="18" rx="2"/>'
        f"{_interval(figure, scale, y + 11)}"
        f"{text(_LEFT + full + 10, y + 15, label, 'term-points')}"
        f'<text class="term-meaning" x="{_LEFT}" y="{y + 33:.1f}">{escape(term.meaning)}</text>'
    )


def _interval(figure: Figure, scale: float, y: float) -> str:
    if figure.high <= figure.low:
        return ""
    low, high = _LEFT + figure.low * scale, _LEFT + figure.high * scale
    return f'<path class="whisker" d="M{low:.1f} {y - 4:.1f}v8m0 -4H{high:.1f}m0 -4v8"/>'
