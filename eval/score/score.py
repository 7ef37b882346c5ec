"""The score of one episode: a pure function of its log and the rules."""

from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.measures import Value, measure
from goldentime.eval.score.rules import Factor, Rules, Term, holds
from goldentime.records import record

__all__ = ["Score", "TermScore", "score"]

_DIGITS = 6
"""Figures are rounded to this, so that the last bits of a sum, which differ between processors, don't show."""

_METRICS = ("duration_s", "path_m", "contact_s")


@record
class TermScore:
    """What one term earned."""

    points: float
    weight: float
    """Points it could have earned; 0 for a term that does not apply."""
    measured: float | None
    """The measure's value; none for a term that does not apply."""


@record
class Score:
    """What one episode earned."""

    rules: str
    """Name and version, such as `course/1`."""
    success: bool
    total: float
    """In [0, 100]: the sum of the terms' points."""
    terms: dict[str, TermScore]
    metrics: dict[str, float]
    """`duration_s`, `path_m`, `spl` (where the mission publishes a shortest path), `contact_s`, and what the rules name."""


def score(log: EpisodeLog, rules: Rules) -> Score:
    """Apply rules to a log.

    Raises:
        LogError: the log lacks a fact that the rules need.
        ConfigError: in this log a term's `zero` and `full` are equal.
    """
    success = all(holds(log, condition) for condition in rules.success)
    applying = {name for name, term in rules.terms.items() if all(holds(log, text) for text in term.applies)}
    scale = 100.0 / sum(rules.terms[name].weight for name in applying) if applying else 0.0
    terms = {
        name: _term(log, term, name, scale) if name in applying else TermScore(points=0.0, weight=0.0, measured=None)
        for name, term in rules.terms.items()
    }
    total = min(sum(term.points for term in terms.values()), 100.0)
    return Score(
        rules=f"{rules.name}/{rules.version}",
        success=success,
        total=round(total, _DIGITS),
        terms=terms,
        metrics=_metrics(log, rules, success),
    )


def _term(log: EpisodeLog, term: Term, name: str, scale: float) -> TermScore:
    zero, full = measure(log, term.zero), measure(log, term.full)
    if zero == full:
        raise ConfigError(
            f"rules.terms.{name}: zero ({term.zero}) and full ({term.full}) are both {full:g} in this episode"
        )
    measured = measure(log, term.measure)
    share = min(max((measured - zero) / (full - zero), 0.0), 1.0) * _factor(log, term.factor)
    if not all(holds(log, text) for text in term.needs):
        share = 0.0
    weight = term.weight * scale
    return TermScore(points=_round(weight * share), weight=_round(weight), measured=_round(measured))


def _factor(log: EpisodeLog, factor: Factor | None) -> float:
    if factor is None:
        return 1.0
    full = measure(log, factor.full)
    return min(max(measure(log, factor.measure) / full, 0.0), 1.0) if full > 0 else 0.0


def _metrics(log: EpisodeLog, rules: Rules, success: bool) -> dict[str, float]:
    found = {name: measure(log, name) for name in _METRICS}
    if "shortest_path_m" in log.facts:
        found["spl"] = _spl(log, success)
    for name, value in rules.metrics.items():
        found[name] = _spl(log, success) if value == "spl" else measure(log, value)
    return {name: _round(value) for name, value in found.items()}


def _spl(log: EpisodeLog, success: bool) -> float:
    return measure(log, "path_ratio") if success else 0.0


def _round(value: Value) -> float:
    # Adding zero turns -0.0, which prints as another number, into 0.0.
    return round(float(value), _DIGITS) + 0.0
