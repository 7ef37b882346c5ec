"""`goldentime contest track1|track2|track3|sheet2021|rooms2022|spcup2019|seld TRUTH ANSWER`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from goldentime.eval.score.aggregate import Figure

__all__ = ["COMMANDS", "serve2022_command"]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _missing(count: int, meaning: str) -> None:
    if count:
        print(f"{count} clips without an answer count as {meaning}")


def _track1(truth: Path, answer: Path) -> int:
    """Counting."""
    from goldentime.eval.contest.track1 import ANSWER_KEY, TRUTH_KEY, read_counts, score_track1

    score = score_track1(read_counts(truth, TRUTH_KEY), read_counts(answer, ANSWER_KEY))
    table = _table(f"track 1, {score.clips} clips", "mean difference")
    for name, error in score.class_errors.items():
        table.add_row(name.replace("_", " "), f"{error:.3f}")
    table.add_section()
    table.add_row("error (lower is better)", f"{score.error:.4f}")
    Console().print(table)
    _missing(len(score.missing), "all zeros")
    return 0


def _track2(truth: Path, answer: Path) -> int:
    """Texts, in a form of our own."""
    from goldentime.eval.contest.track2 import read_answer, read_truth
    from goldentime.eval.contest.track2_score import score_track2

    score = score_track2(read_truth(truth), read_answer(answer))
    table = Table(title=f"track 2, {score.pictures} pictures, {score.texts} texts that count, {score.answers} answers")
    for name in ("", "n", "exact", "95 %", "1-NED", "jamo 1-NED"):
        table.add_column(name, justify="left" if not name else "right")
    for part in score.slices:
        figures = f"{part.similarity:.3f}", f"{part.jamo_similarity:.3f}"
        table.add_row(f"{part.by}: {part.name}".replace("_", " "), str(part.count), *_shown(part.exact, "%"), *figures)
    whole = Table(title="all", show_header=False)
    for name, figure, unit in (
        ("texts read exactly", score.exact, "%"),
        ("answers that are exact", score.precision, "%"),
        ("1-NED", score.similarity, ""),
        ("jamo 1-NED (higher is better)", score.jamo_similarity, ""),
    ):
        whole.add_row(name, *_shown(figure, unit))
    whole.add_row("F1 of exact ones", f"{score.f1:.4f}", "")
    console = Console()
    console.print(table)
    console.print(whole)
    if score.missing:
        print(f"{len(score.missing)} pictures without an answer count as not read")
    return 0


def _shown(figure: Figure, unit: str) -> tuple[str, str]:
    """A mean and its interval."""
    if unit:
        return f"{figure.mean:.1%}", f"{100 * figure.low:.1f}-{100 * figure.high:.1f}"
    return f"{figure.mean:.4f}", f"{figure.low:.4f}-{figure.high:.4f}"


def _track3(truth: Path, answer: Path) -> int:
    """Hearing: the angle of a voice."""
    from goldentime.eval.contest.track3 import ANSWER_KEY, TRUTH_KEY, read_calls, score_track3

    score = score_track3(read_calls(truth, TRUTH_KEY), read_calls(answer, ANSWER_KEY))
    table = _table(f"track 3, {score.clips} clips", "share", "95 %")
    rows: dict[str, Figure | None] = {
        "exact angle or nobody": score.exact,
        "angle, where somebody calls": score.bin,
        "nobody, where nobody calls": score.silence,
        "a voice heard at all": score.heard,
        "gender": score.gender,
        "angle and gender": score.both,
    }
    for name, figure in rows.items():
        if figure is not None:
            table.add_row(name, *_share(figure))
    if score.bins_off is not None:
        table.add_section()
        table.add_row("bins off, mean", f"{score.bins_off:.3f}", "")
    Console().print(table)
    _missing(len(score.missing), "nobody")
    return 0


def _share(figure: Figure) -> tuple[str, str]:
    return f"{100 * figure.mean:.1f} %", f"{100 * figure.low:.1f}-{100 * figure.high:.1f}"


def _sheet2021(truth: Path, answer: Path) -> int:
    """The four tasks of 2021."""
    from goldentime.eval.contest.sheet2021 import MOTIONS, TAGS, read_answer, read_truth
    from goldentime.eval.contest.sheet2021_score import score_sheet2021

    score = score_sheet2021(read_truth(truth), read_answer(answer))
    table = _table("answer sheet of 2021", "share", "95 %")
    rows = {
        "1 photos placed": score.places,
        "1 photos of places with a plate": score.named,
        "3 sets counted": score.people,
        "4 photos with all tags": score.tags,
    }
    for name, figure in rows.items():
        if figure is not None:
            table.add_row(name, *_share(figure))
    Console().print(table)
    voices = score.voices
    if voices.rate is not None:
        wrong = f"S {voices.substituted}, D {voices.deleted}, I {voices.inserted} of N {voices.voices}"
        print(f"task 2: error rate {voices.rate:.4f} (lower is better): {wrong}")
    for task, names, off in ((3, MOTIONS, score.people_off), (4, TAGS, score.tags_off)):
        if off is not None:
            print(f"task {task}: mean difference {', '.join(f'{n} {o:.2f}' for n, o in zip(names, off, strict=True))}")
    for name, count in score.missing.items():
        if count:
            print(f"{count} entries of {name} are missing and count as NONE, nobody or zeros")
    return 0


def _rooms2022(truth: Path, answer: Path) -> int:
    """The rooms of 2022."""
    from goldentime.eval.contest.rooms2022 import read_run, read_truth, score_rooms2022

    score = score_rooms2022(read_truth(truth), read_run(answer))
    return _show_rooms(score)


def _show_rooms(score: Any) -> int:
    table = _table("rooms of 2022", "right", "unclear", "wrong", "missing", "share")
    for mission, name in (("1", "1 who is there"), ("2", "2 how many"), ("3", "3 which place")):
        table.add_row(name, *map(str, score.missions[mission]), f"{score.shares[mission]:.3f}")
    table.add_section()
    table.add_row("score, of 100", "", "", "", "", f"{score.total:.1f}")
    Console().print(table)
    if not score.scored:
        print("the run was not ended by end_of_mission: it is not scored")
    return 0


def _spcup2019(truth: Path, answer: Path) -> int:
    """Directions in the Signal Processing Cup's form."""
    from goldentime.eval.contest.spcup2019 import read_directions, score_spcup2019

    score = score_spcup2019(read_directions(truth), read_directions(answer))
    title = f"Signal Processing Cup 2019, {score.points} of {score.windows} windows within 10 degrees"
    table = _table(title, "windows", "within 10 deg", "95 %", "in azimuth and elevation", "median error [deg]")
    for name, task in score.tasks.items():
        both, _ = _share(task.near_both)
        table.add_row(name, str(task.windows), *_share(task.near), both, f"{task.median_deg:.1f}")
    Console().print(table)
    return 0


def _seld(truth: Path, answer: Path) -> int:
    """Classes and directions in DCASE's form."""
    from goldentime.eval.contest.dcase import score_folders

    score, clips, missing = score_folders(truth, answer)
    table = _table(f"SELD, {clips} clips", "n", "ER20", "F20", "LE_CD [deg]", "LR_CD")
    for name, row in score.classes.items():
        figures = (f"{row['er20']:.3f}", f"{row['f20']:.3f}", f"{row['le_cd_deg']:.1f}", f"{row['lr_cd']:.3f}")
        table.add_row(f"class {name}", f"{row['n']:.0f}", *figures)
    table.add_section()
    table.add_row("macro", "", f"{score.er20:.3f}", f"{score.f20:.3f}", f"{score.le_cd_deg:.1f}", f"{score.lr_cd:.3f}")
    if score.intervals:
        spans = [score.intervals[name] for name in ("er20", "f20", "le_cd_deg", "lr_cd")]
        table.add_row("95 %", "", *(f"{span.low:.3g}-{span.high:.3g}" for span in spans))
    Console().print(table)
    print(f"SELD score {score.seld:.4f} (lower is better)")
    _missing(len(missing), "silent")
    return 0


COMMANDS: dict[str, Callable[[Path, Path], int]] = {
    "track1": _track1,
    "track2": _track2,
    "track3": _track3,
    "sheet2021": _sheet2021,
    "rooms2022": _rooms2022,
    "spcup2019": _spcup2019,
    "seld": _seld,
}
"""What scores a truth and an answer, by the contest's name."""


def serve2022_command(config: Any) -> int:
    """`goldentime contest serve2022`: fly a mission live with the mission server of 2022 before it, then score it."""
    from omegaconf import OmegaConf

    from goldentime.eval.config import plan_from, read_config
    from goldentime.eval.contest.rooms2022 import score_rooms2022
    from goldentime.eval.contest.serve2022 import Serve2022Options, serve2022
    from goldentime.records import load

    plain = OmegaConf.to_container(config, resolve=True)
    assert isinstance(plain, dict)
    settings = {str(key): value for key, value in plain.items()}
    flown = {key: settings.pop(key, None) for key in ("mission", "agent", "rules", "split")}
    once = {"episodes": 1, "workers": 1, "out": None, "resume": False, "overwrite": False}
    plan, _ = plan_from(*read_config(OmegaConf.create({**flown, **once})))
    options = load(Serve2022Options, settings, "serve2022")

    def ready(url: str, secret: str) -> None:
        whose = f"team_id {options.team_id}, secret {secret}"
        print(f"mission {plan.mission} flown by {plan.agent} at {url}, {whose}", flush=True)

    served = serve2022(plan, options, ready)
    print(f"the flight ended: {served.log.reason}")
    if options.out is not None:
        print(f"  {options.out}")
    return _show_rooms(score_rooms2022(served.truth, served.run))
