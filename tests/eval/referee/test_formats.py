"""The formats of ledger and manifest: today's, and those of releases before, which must verify for ever."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from goldentime.errors import LedgerError
from goldentime.eval.referee.artifacts import blocks_of
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.entries import BODIES
from goldentime.eval.referee.host import checkout, scorer_digest
from goldentime.eval.referee.keys import read_public_key
from goldentime.eval.referee.manifest import Manifest, Outcome, read_manifest, summary_of
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.records import canonical_json, dump

GOLDEN = Path(__file__).parents[2] / "golden" / "referee"
FREE = {"artifacts", "config", "images", "libraries", "limits", "versions"}
"""Keys below which names are free."""


def shape(value: Any) -> Any:
    """Names and types of a JSON tree."""
    if isinstance(value, dict):
        return {name: "free" if name in FREE else shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_a_ledger_of_format_1_verifies_and_scores_as_it_did():
    key = read_public_key(GOLDEN / "key.pub")
    checks = Checks(runs=GOLDEN / "flights", public_key=key, rescore=True)
    verdict = verify_ledger(GOLDEN / "ledger.jsonl", checks)
    assert verdict.findings == ()
    assert (verdict.entries, verdict.runs, verdict.files, verdict.seeds) == (9, 3, 21, 2)
    assert verdict.notes == ("not revealed yet, so that seeds can't be checked: r2",)
    kinds = {link.entry.kind for link in check_chain((GOLDEN / "ledger.jsonl").read_bytes(), "ledger").links}
    assert kinds == {*BODIES}


def test_a_manifest_of_format_1_is_read_and_spelt_the_same():
    path = GOLDEN / "flights" / "shown" / "manifest.json"
    manifest = read_manifest(path)
    assert canonical_json(dump(manifest)) + b"\n" == path.read_bytes()
    assert manifest.team == "금빛"
    assert [row.outcome for row in manifest.episodes] == [Outcome.OK]
    assert summary_of(manifest).totals == {"0": 0.0}


def test_todays_files_have_the_fields_of_the_golden_ones(contest):
    fresh = shape(json.loads((contest.runs / "alpha" / "manifest.json").read_bytes()))
    golden = shape(json.loads((GOLDEN / "flights" / "shown" / "manifest.json").read_bytes()))
    golden["submission"] = "NoneType"
    if checkout() is None:  # an installed package
        golden["checkout"] = "NoneType"
    assert fresh == golden
    old, new = (
        [shape(json.loads(line)) for line in (folder / "ledger.jsonl").read_bytes().splitlines()[:3]]
        for folder in (GOLDEN, contest.path)
    )
    for lines in (old, new):
        lines[2]["body"]["summary"].update(submission="free", totals="free")
    assert new == old


def test_the_manifest_says_what_the_run_was(contest):
    manifest = read_manifest(contest.runs / "alpha" / "manifest.json")
    assert (manifest.run, manifest.team, manifest.split) == ("alpha", "alpha", "hidden-r1")
    assert (manifest.complete, len(manifest.episodes), manifest.rules.name) == (True, 2, "hover")
    assert manifest.scorer.digest == scorer_digest()
    assert manifest.host.processor
    assert {"numpy", "pybullet", "cryptography"} <= {*manifest.host.libraries}
    assert str(manifest.times.started) <= str(manifest.times.ended) <= manifest.times.manifest
    first = json.loads((contest.runs / "alpha" / "episodes" / "0000.jsonl").read_bytes().splitlines()[0])
    told = canonical_json([first["header"]["seed"], first["header"]["scenario_digest"]])
    assert manifest.episodes[0].world == hashlib.sha256(told).hexdigest()
    assert len({row.world for row in manifest.episodes}) == 2
    assert manifest.commitment == check_chain(contest.ledger.read_bytes(), "ledger").links[1].entry.body["commitment"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected JSON"),
        (b"[1]", "expected manifest format 1"),
        (b'{"format":2}', "expected manifest format 1"),
        (b'{"format":1,"run":"x"}', "expected a manifest, got a mismatch at .*team: missing"),
    ],
)
def test_other_manifests_are_refused(tmp_path, content, message):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(LedgerError, match=message):
        read_manifest(tmp_path / "manifest.json")


@pytest.mark.parametrize("size", [0, 1, 256, 257, 16_384, 16_385, 1_000_000])
def test_a_file_has_at_most_64_blocks(size):
    assert len(blocks_of(b"x" * size)) // 8 == {0: 0, 1: 1, 256: 1, 257: 2, 16_384: 64, 16_385: 33, 1_000_000: 62}[size]


def test_every_field_of_the_manifest_is_documented():
    page = (Path(__file__).parents[3] / "docs" / "referee_results.md").read_text("utf-8")
    missing = [name for name in Manifest.__dataclass_fields__ if f"`{name}`" not in page]
    assert missing == []
