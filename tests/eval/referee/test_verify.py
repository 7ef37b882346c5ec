"""What an outsider finds: every flipped bit by name, and what an organiser who has the key could still try."""

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goldentime.errors import LedgerError
from goldentime.eval.folder import read_folder
from goldentime.eval.log_files import load_log, save_log
from goldentime.eval.referee import actions
from goldentime.eval.referee.artifacts import blocks_of, fingerprint
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.entries import Body, Reveal, RunEntry, Withdrawal, decode, encode, line_hash, signed_part
from goldentime.eval.referee.keys import new_key, read_signing_key
from goldentime.eval.referee.ledger import add_entry, new_ledger
from goldentime.eval.referee.manifest import Facts, read_manifest, summary_of, write_manifest
from goldentime.eval.results import rescore
from goldentime.files import write_atomic
from goldentime.records import canonical_json, dump


def enter(contest, body: Body) -> None:
    """Sign it whatever the rules say."""
    add_entry(contest.ledger, contest.key, lambda chain: body)


def flip(content: bytes, position: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[position] ^= 1 << bit
    return bytes(changed)


def test_what_was_done_by_the_rules_stands(contest):
    verdict = contest.verify(rescore=True, worlds=True)
    assert verdict.findings == verdict.notes == ()
    assert (verdict.entries, verdict.runs, verdict.episodes, verdict.seeds, verdict.files) == (5, 2, 3, 3, 16)
    kept = verdict.head
    actions.withdraw(contest.ledger, contest.key, "beta", "asked for by the team")
    assert contest.verify(head=kept).findings == ()


@settings(max_examples=150)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
@example(0.999999, 0)
def test_any_bit_of_the_ledger_is_missed_where_it_was(made, share, bit):
    content = made.ledger.read_bytes()
    position = int(share * len(content))
    chain = check_chain(flip(content, position, bit), "ledger", made.key.public)
    assert any(f.place and f.place.first <= position <= f.place.last for f in chain.findings), chain.findings
    lines = {f.place.line for f in chain.findings if f.place}
    assert len(lines) <= 2, f"neighbours of the damaged line are named too: {chain.findings}"
    assert check_chain(flip(content, position, bit), "ledger").findings, "without the organiser's key"


def test_any_bit_of_a_run_is_missed_where_it_was(contest):
    rng = random.Random(0)
    paths = [path for path in contest.runs.rglob("*") if path.is_file() and path.suffix != ".html"]
    assert len(paths) == 18
    for path in paths:
        whole = path.read_bytes()
        for position in {0, len(whole) - 1, *(rng.randrange(len(whole)) for _ in range(5))}:
            path.write_bytes(flip(whole, position, rng.randrange(8)))
            (finding,) = contest.verify().findings
            assert finding.file == str(path)
            assert (finding.what, len(finding.expected)) == ("SHA-256", 64)
            if path.name != "blocks.json":
                assert finding.place.first <= position <= finding.place.last < finding.place.first + 512
        path.write_bytes(whole)
    assert contest.verify().findings == ()


def test_a_damaged_line_is_named_with_its_number_and_bytes(contest):
    path = contest.runs / "alpha" / "episodes.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"index":1', b'"index":7'))
    (finding,) = contest.verify().findings
    start = path.read_bytes().index(b'"index":7')
    assert str(finding).startswith(f"{path}:")
    assert f"(bytes {start // 256 * 256}-" in str(finding)


@pytest.mark.parametrize("change", [b"", b"x", b"cut"])
def test_files_that_are_longer_shorter_gone_or_new_are_named(contest, change):
    path = contest.runs / "beta" / "episodes" / "0000.npz"
    whole = path.read_bytes()
    if change == b"":
        path.unlink()
    else:
        path.write_bytes(whole + b"x" if change == b"x" else whole[:-3])
    (contest.runs / "alpha" / "episodes" / "0002.jsonl").write_bytes(b"{}\n")
    gone, new = sorted(contest.verify().findings, key=lambda finding: "beta" not in finding.file)
    got = {b"": "no plain file of that name", b"x": f"{len(whole) + 1} bytes", b"cut": f"{len(whole) - 3} bytes"}
    assert (gone.file, gone.expected, gone.got) == (str(path), f"{len(whole)} bytes", got[change])
    assert new.file.endswith("alpha/episodes/0002.jsonl")


def test_lines_that_are_taken_out_swapped_or_put_in_are_named(contest):
    lines = contest.ledger.read_bytes().splitlines(keepends=True)
    for changed, line, message in (
        (lines[:2] + lines[3:], 3, "entry 2, got entry 3"),
        ([lines[0], lines[2], lines[1], *lines[3:]], 2, "entry 1, got entry 2"),
        ([*lines, lines[-1]], 6, "entry 5, got entry 4"),
        (lines[1:], 1, "entry 0, got entry 1"),
    ):
        contest.ledger.write_bytes(b"".join(changed))
        finding = contest.verify().findings[0]
        assert finding.place.line == line
        assert message in str(finding)


def test_a_ledger_cut_back_or_written_anew_is_noticed_by_whoever_kept_a_head(contest):
    kept = contest.verify().head
    lines = contest.ledger.read_bytes().splitlines(keepends=True)
    contest.ledger.write_bytes(b"".join(lines[:-1]))
    assert contest.verify().findings == ()
    (finding,) = contest.verify(head=kept).findings
    assert (finding.what, finding.expected) == ("head", f"a line with hash {kept}")


def test_a_ledger_of_another_key_is_noticed_by_whoever_has_the_organisers(contest, tmp_path):
    new_key(tmp_path / "forged")
    forged = read_signing_key(tmp_path / "forged")
    contest.ledger.unlink()
    new_ledger(contest.ledger, forged, "Test")
    assert contest.verify(public_key=None).findings == ()
    assert "compare it with the organiser's" in contest.verify(public_key=None).notes[0]
    assert [finding.what for finding in contest.verify().findings] == ["public key", "entry"]


def test_runs_that_are_gone_count_unless_withdrawn_or_allowed(contest):
    (contest.runs / "beta").rename(contest.path / "beta")
    (finding,) = contest.verify().findings
    assert (finding.what, finding.expected) == ("run of entry 3", "its folder")
    assert contest.verify(allow_missing=True).findings == ()
    actions.withdraw(contest.ledger, contest.key, "beta", "asked for")
    assert contest.verify().findings == ()


def test_what_is_published_before_the_reveal_can_be_checked_alone(contest):
    for path in (contest.runs / "alpha").rglob("*"):
        if path.is_file() and path.name not in ("manifest.json", "scorecard.json"):
            path.unlink()
    verdict = contest.verify(allow_missing=True)
    assert (verdict.findings, verdict.runs, verdict.files) == ((), 2, 8)
    card = contest.runs / "alpha" / "scorecard.json"
    card.write_bytes(card.read_bytes()[:-1] + b" ")
    assert [finding.file for finding in contest.verify(allow_missing=True).findings] == [str(card)]


# What the holder of the key could write, and is found all the same.


def resigned(contest, run: str, name: str, **changes) -> None:
    """Enter a changed copy of a run under another name."""
    (contest.runs / run).rename(contest.runs / name)
    path = contest.runs / name / "manifest.json"
    manifest = replace(read_manifest(path), run=name, **changes)
    content = canonical_json(dump(manifest)) + b"\n"
    write_atomic(path, content)
    body = RunEntry(run=name, manifest=fingerprint(content), blocks=blocks_of(content), summary=summary_of(manifest))
    enter(contest, body)


def test_points_that_were_made_up_are_found(contest):
    actions.withdraw(contest.ledger, contest.key, "beta", "to be replaced")
    episodes = read_manifest(contest.runs / "beta" / "manifest.json").episodes
    resigned(contest, "beta", "better", episodes=(replace(episodes[0], total=99.0),))
    (finding,) = contest.verify().findings
    assert finding.what == "result of episode 0"
    assert "99 points" in finding.expected


def test_results_and_manifest_that_were_made_up_together_are_found_by_scoring_again(contest):
    actions.withdraw(contest.ledger, contest.key, "beta", "to be replaced")
    folder = read_folder(contest.runs / "beta")
    line = json.loads(folder.lines.read_bytes())
    line["score"]["total"] = 99.0
    folder.lines.write_bytes(canonical_json(line) + b"\n")
    manifest = write_manifest(folder, Facts())
    resigned(contest, "beta", "better", episodes=(replace(manifest.episodes[0], total=99.0),))
    assert contest.verify().findings == ()
    (finding,) = contest.verify(rescore=True).findings
    assert (finding.expected, finding.got) == ("score.total = 0.0", "score.total = 99.0")


def test_hidden_episodes_that_were_flown_on_other_seeds_are_found(contest):
    contest.ledger.unlink()
    new_ledger(contest.ledger, contest.key, "Test")
    actions.commit(contest.ledger, contest.key, actions.commitment_for(contest.secret, "r1", ["hover"]))
    folder = read_folder(contest.runs / "alpha")
    log = load_log(folder.log(1))
    log.header["seed"] += 1
    save_log(log, folder.log(1))
    rescore(folder)
    (folder.path / "manifest.json").unlink()
    actions.add_run(contest.ledger, contest.key, folder.path)
    assert contest.verify().findings == (), "nobody can know before the reveal"
    actions.reveal(contest.ledger, contest.key, actions.reveal_for(contest.secret, "r1"))
    assert {(Path(f.file).name, f.what) for f in contest.verify().findings} == {
        ("0001.jsonl", "seed of episode 1"),
        ("episodes.jsonl", "seed of episode 1"),
    }


def test_a_world_that_its_seed_does_not_give_is_found(contest):
    folder = read_folder(contest.runs / "beta")
    log = load_log(folder.log(0))
    log.header["scenario"]["drones"][0]["position"][0] += 0.5
    log.header["scenario_digest"] = hashlib.sha256(canonical_json(log.header["scenario"])).hexdigest()
    save_log(log, folder.log(0))
    rescore(folder)
    write_manifest(folder)
    actions.withdraw(contest.ledger, contest.key, "beta", "to be replaced")
    resigned(contest, "beta", "easier")
    assert contest.verify(rescore=True).findings == ()
    (finding,) = contest.verify(worlds=True).findings
    assert (finding.what, finding.got) == ("world of episode 0", log.header["scenario_digest"])


def test_an_entry_that_was_replaced_by_another_signed_one_breaks_the_chain_behind_it(contest):
    lines = contest.ledger.read_bytes().splitlines(keepends=True)
    entry = decode(lines[2])
    forged = replace(entry, body={**entry.body, "summary": {**entry.body["summary"], "team": "friends"}})
    lines[2] = encode(replace(forged, signature=contest.key.sign(signed_part(forged))))
    contest.ledger.write_bytes(b"".join(lines))
    (finding,) = contest.verify(runs=None).findings
    assert finding.place.line == 4
    assert finding.expected == f"{line_hash(lines[2])} as hash of the line before"


def test_a_line_has_one_spelling(contest):
    whole = contest.ledger.read_bytes()
    start = whole.rindex(b'{"body"')
    contest.ledger.write_bytes(whole[:start] + whole[start:].replace(b'","', b'", "', 1))
    (finding,) = contest.verify(runs=None).findings
    assert "canonical JSON" in finding.expected


def test_entries_against_the_rules_are_found_though_signed(contest):
    links = check_chain(contest.ledger.read_bytes(), "ledger").links
    made, run, shown = links[1].body, links[2].body, links[4].body
    assert isinstance(run, RunEntry) and isinstance(shown, Reveal)
    elsewhere = replace(run.summary, mission="stage3")
    for body, expected, got in (
        (run, "a run once", "alpha, which is entry 2 too"),
        (replace(run, run="late"), "no run of epoch r1 after its key was revealed", "late"),
        (replace(run, run="x", summary=elsewhere), "one of the missions committed to (hover)", "stage3"),
        (made, "no commitment of this epoch", "another"),
        (shown, "the key of epoch r1 once", "a second time"),
        (replace(shown, epoch="r9"), "a commitment of epoch r9 before its key", "none"),
        (Withdrawal(run="gamma", reason="-"), "a run of this ledger", "gamma"),
    ):
        before = contest.ledger.read_bytes()
        enter(contest, body)
        (finding,) = contest.verify(runs=None).findings
        assert (finding.expected, finding.got, finding.place.line) == (expected, got, 6)
        contest.ledger.write_bytes(before)


def test_names_that_lead_out_of_the_folder_are_not_followed(contest):
    run = check_chain(contest.ledger.read_bytes(), "ledger").links[3].body
    assert isinstance(run, RunEntry)
    enter(contest, replace(run, run="../runs/beta"))
    assert "the name of a folder" in [finding.expected for finding in contest.verify().findings]
    actions.withdraw(contest.ledger, contest.key, "beta", "to be replaced")
    known = read_manifest(contest.runs / "beta" / "manifest.json").artifacts
    resigned(contest, "beta", "better", artifacts={**known, "../../secret": known["run.json"]})
    assert "no plain file of that name" in [finding.got for finding in contest.verify().findings]
    (contest.runs / "better" / "run.json").unlink()
    (contest.runs / "better" / "run.json").symlink_to("/dev/zero")
    assert any(finding.file.endswith("better/run.json") for finding in contest.verify().findings)


def test_a_ledger_that_is_none_is_named(tmp_path):
    from goldentime.eval.referee.verify import Checks, verify_ledger

    with pytest.raises(LedgerError, match="expected a ledger, can't be read"):
        verify_ledger(tmp_path / "absent", Checks())
    (tmp_path / "empty").write_bytes(b"")
    (finding,) = verify_ledger(tmp_path / "empty", Checks()).findings
    assert finding.got == "no complete line"
    for content in (b"[]\n", b"\xff\xfe\n", b'{"format": 1}\n', b"1e999\n", b"[" * 100_000 + b"\n"):
        (tmp_path / "other").write_bytes(content)
        assert verify_ledger(tmp_path / "other", Checks()).findings
