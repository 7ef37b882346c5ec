"""What it costs to verify a ledger of 1,000 runs: the ledger alone, with the folders of its runs, and, as the floor, its
signatures alone. One processor; all files are in the page cache.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import Bound, options, report, take_turns, timed
from goldentime.eval.plan import Plan
from goldentime.eval.referee.artifacts import blocks_of, fingerprint
from goldentime.eval.referee.entries import Entry, RunEntry, decode, encode, line_hash, signed_part
from goldentime.eval.referee.keys import SigningKey, new_key, read_signing_key, verifier
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.manifest import Facts, Manifest, summary_of, write_manifest
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import canonical_json, dump

ENTRIES = 1000
EPISODES = 4


def _plan() -> Plan:
    overrides = {"scenario": {"time_limit_s": 0.5}}
    return Plan(
        mission="hover",
        overrides=overrides,
        mission_config=dump(load_config("hover", overrides)),
        agent="hover",
        agent_config={"_target_": "goldentime.baselines.hover_agent.HoverAgent"},
        episodes=EPISODES,
        rules=load_rules("hover"),
    )


def _copies(model: Path, manifest: Manifest, runs: Path) -> Iterator[RunEntry]:
    """As many runs as entries, of links to the files of one."""
    for number in range(1, ENTRIES):
        folder = runs / f"run-{number:04d}"
        for name in manifest.artifacts:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(model / name, folder / name)
        named = replace(manifest, run=folder.name)
        content = canonical_json(dump(named)) + b"\n"
        (folder / "manifest.json").write_bytes(content)
        yield RunEntry(run=folder.name, manifest=fingerprint(content), blocks=blocks_of(content), summary=summary_of(named))


def _make(path: Path, key: SigningKey) -> None:
    """A ledger and its runs; line by line, since adding an entry by the rules verifies those before it."""
    opening = new_ledger(path / "ledger.jsonl", key, "benchmark")
    folder = evaluate(_plan(), RunOptions(out=path / "model"))
    lines = [encode(opening)]
    for index, body in enumerate(_copies(folder.path, write_manifest(folder, Facts()), path / "runs"), 1):
        previous = line_hash(lines[-1])
        entry = Entry(index=index, kind="run", time=opening.time, previous=previous, body=dump(body))
        lines.append(encode(replace(entry, signature=key.sign(signed_part(entry)))))
    (path / "ledger.jsonl").write_bytes(b"".join(lines))


def main() -> int:
    args = options(__doc__, rounds=3).parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        new_key(path / "key")
        key = read_signing_key(path / "key")
        _make(path, key)
        ledger = path / "ledger.jsonl"
        entries = [decode(line) for line in ledger.read_bytes().splitlines(keepends=True)]
        assert all(old.index < new.index for old, new in pairwise(entries))
        signed = [(signed_part(entry), entry.signature) for entry in entries]
        verify = verifier(key.public)

        def check(checks: Checks) -> None:
            verdict = verify_ledger(ledger, checks)
            assert not verdict.findings and verdict.entries == ENTRIES

        cases = {
            "signatures alone": timed(lambda: all(verify(*pair) for pair in signed), 1),
            "the ledger": timed(lambda: check(Checks(public_key=key.public)), 1),
            "the ledger and its runs": timed(lambda: check(Checks(public_key=key.public, runs=path / "runs")), 1),
        }
        bounds = [
            Bound("the ledger", "the ledger", "signatures alone", at_most=3.0),
            Bound("with its runs", "the ledger and its runs", "signatures alone", at_most=30.0),
        ]
        title = f"verifying {ENTRIES} entries, {EPISODES} episodes each, ledger of {ledger.stat().st_size / 1e6:.1f} MB"
        return 0 if report(title, take_turns(cases, args.rounds), bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
