"""`report.html`: one file that opens from disk, made from a run's logs alone."""

import math
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from goldentime.eval.folder import RunFolder
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log
from goldentime.eval.report.canvas import SPEED_COLOURS, Frame
from goldentime.eval.report.flight import flown_m, profile_svg, speed_m_s, top_view_frame, top_view_svg
from goldentime.eval.report.marks import Mark, marks_of, problems
from goldentime.eval.report.scene import extent, scene_semantics, scene_svg
from goldentime.eval.report.summary import strip_svg, terms_svg
from goldentime.eval.results import Result, result_of
from goldentime.eval.score.aggregate import aggregate
from goldentime.files import write_atomic

__all__ = ["write_report"]

_OPEN_AT_MOST = 2


class _Scenes:
    """Each different world is drawn once and referred to by every flight in it."""

    def __init__(self) -> None:
        self.defined: dict[str, Markup] = {}
        self._known: dict[str, tuple[str, Frame]] = {}

    def place(self, log: EpisodeLog) -> tuple[str, Frame]:
        """The id and the frame of a log's scene."""
        scenario = log.header["scenario"]
        positions = log.samples().position_m[:, :, :2].reshape(-1, 2)
        low, high = extent(scenario, [positions])
        key = repr((scenario["level"], scenario["movers"], scenario["wind"], scenario["task"], low.round(), high.round()))
        if key not in self._known:
            name, frame = f"scene{len(self._known)}", top_view_frame(low, high)
            drawing = f'<g id="{name}">{scene_svg(scenario, frame)}</g>'
            self._known[key] = (name, frame)
            self.defined[name] = Markup(drawing)
        return self._known[key]


def write_report(folder: RunFolder) -> None:
    """Write the report of all episodes that a run has logged.

    Raises:
        LogError: a log is damaged.
    """
    logs = [load_log(folder.log(index)) for index in folder.logged()]
    write_atomic(folder.report, _render(folder, logs).encode())


def _render(folder: RunFolder, logs: Sequence[EpisodeLog]) -> str:
    plan, scenes = folder.plan, _Scenes()
    results = [result_of(log, plan.rules) for log in logs]
    figures = aggregate([result.score for result in results])
    fastest = _fastest(logs)
    episodes = [_episode(log, result, scenes, fastest) for log, result in zip(logs, results, strict=True)]
    replays = {index: f"episodes/{page.name}" for index in folder.logged() if (page := folder.replay(index)).is_file()}
    opened = {result.index for result in sorted(results, key=lambda r: (r.score.total, r.index))[:_OPEN_AT_MOST]}
    weights = {name: float(np.mean([r.score.terms[name].weight for r in results])) for name in plan.rules.terms}
    semantics = sorted({name for log in logs for name in scene_semantics(log.header["scenario"])})
    return _template().render(
        plan=plan,
        title=plan.mission_config.get("title", plan.mission),
        figures=figures,
        results=results,
        episodes=episodes,
        replays=replays,
        opened=opened if len(results) > 1 else {result.index for result in results},
        reasons=Counter(result.reason for result in results).most_common(),
        strip=strip_svg(results, figures.total) if figures else "",
        terms=terms_svg(figures, plan.rules.terms, weights) if figures else "",
        scenes=scenes.defined,
        semantics=semantics,
        has_route=any({"route", "tours"} & log.header["scenario"]["task"].keys() for log in logs),
        speeds=list(zip(SPEED_COLOURS, np.linspace(0, fastest, len(SPEED_COLOURS) + 1)[1:].tolist(), strict=True)),
        versions=logs[0].header["versions"] if logs else {},
    )


def _episode(log: EpisodeLog, result: Result, scenes: _Scenes, fastest: float) -> dict[str, Any]:
    name, frame = scenes.place(log)
    marks: Sequence[Mark] = marks_of(log, flown_m(log))
    return {
        "result": result,
        "top": top_view_svg(log, frame, marks, fastest, name),
        "profile": profile_svg(log, marks, fastest),
        "marks": marks,
        "problems": problems(log, result.score, marks),
        "error": log.error,
        "timing": log.timing,
    }


def _fastest(logs: Sequence[EpisodeLog]) -> float:
    """The speed [m/s] of the last colour, in half metres per second."""
    speeds = [float(np.percentile(speed_m_s(log), 99)) for log in logs]
    return max(math.ceil(2 * max(speeds, default=1.0)) / 2, 0.5)


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    source = Path(str(files("goldentime"))) / "eval" / "report" / "report.html.j2"
    return environment.from_string(source.read_text("utf-8"))
