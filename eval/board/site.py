"""The pages of a board: everything twice, in English and Korean, each page whole in itself and asking no network."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from goldentime.eval.board.charts import Step, history_svg, interval_svg, scale_of
from goldentime.eval.board.names import shown, team_labels
from goldentime.eval.board.parts import Breakdown, Part
from goldentime.eval.board.ranking import LEAST
from goldentime.eval.board.standings import Board, Run, Standing, Task, Team
from goldentime.eval.board.tables import Round, Table
from goldentime.eval.board.words import LANGUAGES, words
from goldentime.eval.replay.font import font_css
from goldentime.records import record

__all__ = ["Links", "Material", "pages"]

_SUFFIX = {"en": ".html", "ko": ".ko.html"}
_FONT = "/*font*/"
"""Where the font goes; it stands in the page before anything that a stranger wrote."""
_UNRANKED = (Standing.FAILED, Standing.INCOMPLETE, Standing.REPEAT)
_SOUND = (Standing.RANKED, Standing.EARLIER)


@record
class Links:
    """Addresses of a run's pages, relative to the board."""

    report: str | None
    replays: tuple[tuple[int, str], ...]
    """Episode and address."""


@record
class Material:
    """All that the pages are made of."""

    board: Board
    rounds: tuple[Round, ...]
    slices: dict[str, Breakdown]
    """By the name of the run, where there are any."""
    links: dict[str, Links]
    """By the name of the run, where there are any."""


def pages(material: Material) -> dict[str, bytes]:
    """File names and contents."""
    found: dict[str, bytes] = {}
    for language in LANGUAGES:
        texts = _texts(material, language)
        font = font_css("".join(texts.values()))  # one for all pages: cutting it takes longer than a page
        found |= {name: text.replace(_FONT, font, 1).encode() for name, text in texts.items()}
    return found


def _texts(material: Material, language: str) -> dict[str, str]:
    board = material.board
    environment = _environment(material, language)
    suffix = _SUFFIX[language]

    def render(kind: str, page: str, **values: Any) -> str:
        return environment.get_template(f"{kind}.html.j2").render(page=page, **values)

    failed = [run for run in reversed(board.runs) if run.standing in _UNRANKED]
    withdrawn = [run for run in reversed(board.runs) if run.standing is Standing.WITHDRAWN]
    texts = {f"index{suffix}": render("index", "index", failed=failed, withdrawn=withdrawn)}
    for one in material.rounds:
        for table in one.tables:
            sliced = _slices(table, material.slices)
            texts[table.task.page + suffix] = render("task", table.task.page, table=table, **sliced)
    for team in _teams(board):
        refused = [one for one in board.refused if one.team == team]
        histories = _histories(board, team, words(language)["history"])
        texts[team.page + suffix] = render("team", team.page, one=team, histories=histories, refused=refused)
    return texts


def _environment(material: Material, language: str) -> jinja2.Environment:
    folder = Path(str(files("goldentime"))) / "eval" / "board"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    script = (folder / "board.js").read_text("utf-8")
    other = next(name for name in LANGUAGES if name != language)
    environment.globals.update(
        board=material.board,
        rounds=material.rounds,
        links=material.links,
        label=team_labels(_teams(material.board)),
        w=words(language),
        lang=language,
        suffix=_SUFFIX[language],
        other_lang=other,
        other_name=LANGUAGES[other],
        other_suffix=_SUFFIX[other],
        tasks={table.task for one in material.rounds for table in one.tables},
        script=Markup(script),
        # Should a name ever get through the escaping, the browser still runs this script and no other.
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        least=LEAST,
        shown=shown,
        interval_svg=interval_svg,
        scale_of=scale_of,
    )
    return environment


def _teams(board: Board) -> list[Team]:
    return sorted({run.team for run in board.runs} | {one.team for one in board.refused})


def _histories(board: Board, team: Team, label: str) -> list[tuple[Task, list[Run], Markup]]:
    """Task, runs in their order, and the drawing; the task with the latest run first."""
    runs: dict[Task, list[Run]] = {}
    of_team = [run for run in board.runs if run.team == team]
    for run in of_team:
        # A withdrawn run's folder may be gone, and with it what its configuration was.
        alike = (
            run.task,
            *(other.task for other in of_team if run.task.config is None and other.task[:-1] == run.task[:-1]),
        )
        runs.setdefault(alike[-1], []).append(run)
    order = sorted(runs, key=lambda task: -runs[task][-1].index)
    return [(task, runs[task], history_svg([_step(run) for run in runs[task]], label)) for task in order]


def _step(run: Run) -> Step:
    told = None if run.standing is Standing.WITHDRAWN else run.summary.total
    label = shown(run.name) + (f": {told.mean:.1f}" if told else "")
    return Step(label=label, total=told, sound=run.standing in _SOUND, withdrawn=run.standing is Standing.WITHDRAWN)


def _slices(table: Table, known: Mapping[str, Breakdown]) -> dict[str, Any]:
    """Teams whose slices are known, a row for each slice that any of them has, and how fair each is."""
    found: list[tuple[Team, Breakdown]] = []
    for row in table.rows:
        run = row.runs[0]
        if run is not None and run.name in known:
            found.append((row.team, known[run.name]))
    parts = [{(part.by, part.name): part for part in one.parts} for _, one in found]
    # In the order in which they first come, which is from the least bin to the largest.
    keys = list(dict.fromkeys(key for one in parts for key in one))
    keys.sort(key=partial(_first_of_kind, tuple(keys)))
    rows: list[tuple[str, str, Sequence[Part | None]]] = [(*key, [one.get(key) for one in parts]) for key in keys]
    gaps = [one.gap for _, one in found]
    fairness = gaps if any(gap is not None for gap in gaps) else []
    return {"sliced": [team for team, _ in found], "slices": rows, "fairness": fairness}


def _first_of_kind(keys: Sequence[tuple[str, str]], key: tuple[str, str]) -> int:
    return next(place for place, other in enumerate(keys) if other[0] == key[0])
