"""The replay of one episode: a page of its own that opens from disk and asks no network."""

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.replay.flight import flight_data
from goldentime.eval.replay.font import font_css
from goldentime.eval.replay.scene import scene_data
from goldentime.eval.replay.story import calls_of, story_of
from goldentime.eval.score.rules import Rules
from goldentime.eval.score.score import Score, score

__all__ = ["replay_data", "replay_page"]

_SCRIPTS = ("gl.js", "world.js", "page.js")


def replay_data(log: EpisodeLog, rules: Rules | None, pictures: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """All that the page's script reads, JSON-able.

    Args:
        rules: what to score by; None for a replay without points.
        pictures: per drone `times` [s] and `jpeg`, base64.

    Raises:
        LogError: the log is of something that has no scenario, or without a single state.
    """
    if "scenario" not in log.header or not len(log.samples().time_s):
        raise LogError("expected a log with a scenario and at least one state, got none to show")
    earned = _score(log, rules)
    events = story_of(log, rules if earned else None)
    return {
        "scene": scene_data(log.header["scenario"]),
        "flight": flight_data(log),
        "events": events,
        "calls": calls_of(log),
        "score": _terms(earned, rules) if earned and rules else None,
        # What no event earned is there from the start, so that the last figure is the total.
        "base": (earned.total if earned else 0.0) - sum(event["points"] or 0.0 for event in events),
        "pictures": list(pictures),
    }


def _score(log: EpisodeLog, rules: Rules | None) -> Score | None:
    if rules is None:
        return None
    try:
        return score(log, rules)
    except LogError:
        return None  # a log that these rules do not fit is still worth looking at


def _terms(earned: Score, rules: Rules) -> dict[str, Any]:
    terms = [
        {"name": name.replace("_", " "), "meaning": rules.terms[name].meaning, "points": term.points, "weight": term.weight}
        for name, term in earned.terms.items()
    ]
    return {"total": earned.total, "success": earned.success, "terms": terms}


def replay_page(log: EpisodeLog, rules: Rules | None, pictures: Sequence[dict[str, Any]] = ()) -> str:
    """The page as text; arguments as of `replay_data`."""
    data, header = replay_data(log, rules, pictures), log.header
    labels, config = header.get("labels", {}), header.get("config", {})
    title = f"{labels.get('agent', 'unknown agent')} on {config.get('title', header.get('mission', 'a mission'))}"
    reason = str(log.reason or "still running").replace("_", " ")
    where = [("episode", labels.get("index")), ("split", labels.get("split")), ("seed", header.get("seed"))]
    sub = [*(f"{name} {value}" for name, value in where if value is not None), reason]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    folder = Path(str(files("goldentime"))) / "eval" / "replay"
    brief = header.get("brief")
    return _template(folder).render(
        title=title,
        sub=" · ".join(sub),
        score=data["score"],
        pictures=bool(pictures),
        brief=json.dumps(brief, ensure_ascii=False, indent=1) if brief else "",
        font=Markup(font_css(text + title)),
        # Inside a script element nothing but its end tag and a comment's beginning mean anything: "<" alone is dangerous.
        data=Markup(text.replace("<", "\\u003c")),
        script=Markup("\n".join((folder / name).read_text("utf-8") for name in _SCRIPTS)),
    )


def _template(folder: Path) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string((folder / "page.html.j2").read_text("utf-8"))
