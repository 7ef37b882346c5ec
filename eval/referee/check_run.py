"""One run against its entry in a ledger: manifest, files, worlds, results and seeds."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from goldentime.errors import GoldenTimeError
from goldentime.eval.folder import BLOCKS, MANIFEST, read_folder
from goldentime.eval.referee.artifacts import compare, names_below
from goldentime.eval.referee.entries import RunEntry
from goldentime.eval.referee.findings import Finding
from goldentime.eval.referee.manifest import Manifest, read_manifest, summary_of, world_digest
from goldentime.eval.referee.order import History
from goldentime.eval.referee.secret import hidden_seed
from goldentime.eval.results import read_results
from goldentime.eval.splits import episode_seed, epoch_of
from goldentime.records import digest

__all__ = ["Checked", "check_artifacts", "check_run"]


class Checked(NamedTuple):
    """What was checked of a run and what is broken."""

    findings: list[Finding]
    files: int = 0
    episodes: int = 0
    seeds: Mapping[int, int] = MappingProxyType({})
    """What the episodes' seeds have to be, where that is known."""
    whole: bool = False
    """All its files are here and are what they were."""


def check_run(folder: Path, entry: RunEntry, history: History, allow_missing: bool = False) -> Checked:
    """Everything that can be checked without flying or scoring again.

    Args:
        allow_missing: don't mind files that are not here; where some are not, the others' contents are not compared.
    """
    path = folder / MANIFEST
    findings = compare(path, entry.manifest, entry.blocks)
    if findings:
        return Checked(findings)
    try:
        return _check(folder, read_manifest(path), entry, history, allow_missing)
    except (GoldenTimeError, KeyError, OSError, TypeError, ValueError) as error:  # signed, and yet no run
        return Checked([Finding(str(path), "run", "files that can be read", f"{type(error).__name__}: {error}")])


def _check(folder: Path, manifest: Manifest, entry: RunEntry, history: History, allow_missing: bool) -> Checked:
    path = folder / MANIFEST
    findings = [] if manifest.run == entry.run else [Finding(str(path), "run", entry.run, manifest.run)]
    if summary_of(manifest) != entry.summary:
        findings.append(Finding(str(path), "summary", "that of the ledger", "another"))
    findings += _check_commitment(path, manifest, history)
    findings += check_artifacts(folder, manifest, allow_missing)
    present = sum((folder / name).is_file() for name in manifest.artifacts)
    whole = not findings and present == len(manifest.artifacts)
    if not whole:  # what follows reads the files, so they must be those of the manifest
        return Checked(findings, files=present)
    findings += _check_contents(folder, manifest, history)
    derived = {row.index: _seed(manifest, row.index, history) for row in manifest.episodes}
    seeds = {index: seed for index, seed in derived.items() if seed is not None}
    return Checked(findings, files=present, episodes=len(manifest.episodes), seeds=seeds, whole=True)


def _check_commitment(path: Path, manifest: Manifest, history: History) -> list[Finding]:
    made = history.commitments.get(epoch_of(manifest.split) or "")
    expected = made.commitment if made else None
    if manifest.commitment == expected:
        return []
    return [Finding(str(path), "commitment", str(expected), str(manifest.commitment))]


def check_artifacts(folder: Path, manifest: Manifest, allow_missing: bool = False) -> list[Finding]:
    """Every file against its hash, and files that the manifest does not know."""
    present = names_below(folder, frozenset({MANIFEST}))
    blocks = _blocks(folder / BLOCKS, manifest)
    findings = []
    for name, known in manifest.artifacts.items():
        if name in present:  # so that no name leads out of the folder
            findings += compare(folder / name, known, blocks.get(name, ""))
        elif not allow_missing or (folder / name).exists():
            findings.append(Finding(str(folder / name), "file", f"{known.bytes} bytes", "no plain file of that name"))
    for name in sorted({*present} - {*manifest.artifacts, BLOCKS}):
        findings.append(Finding(str(folder / name), "file", "none that the manifest does not name", "this one"))
    return findings


def _blocks(path: Path, manifest: Manifest) -> dict[str, str]:
    """What tells the place of damage; nothing, where that is damaged too or is not at hand."""
    known = manifest.artifacts.get(BLOCKS)
    if known is None or compare(path, known):
        return {}
    blocks: dict[str, str] = json.loads(path.read_bytes())
    return blocks


def _check_contents(folder: Path, manifest: Manifest, history: History) -> list[Finding]:
    run = read_folder(folder)
    plan = run.plan
    digests = {"plan": (manifest.plan, digest(plan)), "rules": (manifest.rules.digest, digest(plan.rules))}
    file = str(folder / "run.json")
    findings = [Finding(file, what, *pair) for what, pair in digests.items() if pair[0] != pair[1]]
    results = {result.index: result for result in read_results(run)}
    for row in manifest.episodes:
        header, log = _header(run.log(row.index)), str(run.log(row.index))
        world = world_digest(header)
        if world != row.world:
            findings.append(Finding(log, "seed and scenario", row.world, world))
        result = results.get(row.index)
        got = (result.digest, result.score.total, result.score.success) if result else None
        if got != (row.log, row.total, row.success):
            expected = f"log {row.log}, {row.total:g} points, success {row.success}"
            findings.append(Finding(str(run.lines), f"result of episode {row.index}", expected, str(got)))
        seed = _seed(manifest, row.index, history)
        for file, value in ((log, header.get("seed")), (str(run.lines), result.seed if result else None)):
            if seed is not None and value != seed:
                findings.append(Finding(file, f"seed of episode {row.index}", str(seed), str(value)))
    return findings


def _header(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        header: dict[str, Any] = json.loads(file.readline())["header"]
    return header


def _seed(manifest: Manifest, index: int, history: History) -> int | None:
    """What the episode's seed has to be; None while the epoch's key is not revealed."""
    epoch = epoch_of(manifest.split)
    if epoch is None:
        return episode_seed(manifest.split, index)
    key = history.keys.get(epoch)
    return hidden_seed(key, manifest.mission, index) if key else None
