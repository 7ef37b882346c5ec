"""Adding to a ledger: order, kills, writers at once, and damage that no kill makes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from goldentime.errors import LedgerError
from goldentime.eval.folder import read_folder
from goldentime.eval.referee import actions
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.entries import Refusal, Reveal
from goldentime.eval.referee.findings import Place
from goldentime.eval.referee.keys import new_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.manifest import Facts, write_manifest
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.eval.runner import RunOptions, evaluate

WRITER = Path(__file__).with_name("ledger_writer.py")


def refusal(reason: str) -> Refusal:
    return Refusal(team="x", submission=None, mission="hover", split="public", outcome="refused_submission", reason=reason)


@pytest.fixture
def begun(tmp_path):
    new_key(tmp_path / "key")
    key = read_signing_key(tmp_path / "key")
    new_ledger(tmp_path / "ledger", key, "Test")
    return tmp_path / "ledger", key


def reasons(ledger: Path) -> list[str]:
    return [link.entry.body["reason"] for link in check_chain(ledger.read_bytes(), "ledger").links[1:]]


def stands(ledger: Path) -> bool:
    return verify_ledger(ledger, Checks()).findings == ()


def test_a_run_is_added_once(contest):
    before = contest.ledger.read_bytes()
    entry = actions.add_run(contest.ledger, contest.key, contest.runs / "beta")
    assert (entry.index, entry.kind) == (3, "run")
    assert contest.ledger.read_bytes() == before


def test_a_run_whose_results_were_edited_is_refused(contest):
    (contest.runs / "beta" / "manifest.json").unlink()
    card = contest.runs / "beta" / "scorecard.json"
    card.write_text(card.read_text().replace('"mean": 0.0', '"mean": 99.0', 1))
    with pytest.raises(
        LedgerError, match=r"don't follow from the logs:\n.*scorecard\.json: scores: expected .*mean = 0\.0"
    ):
        actions.add_run(contest.ledger, contest.key, contest.runs / "beta")


def test_a_manifest_is_not_remade_in_silence(contest):
    timing = contest.runs / "beta" / "timing.json"
    timing.write_bytes(timing.read_bytes() + b" ")
    with pytest.raises(LedgerError, match=r"files changed since it was written.*\n.*timing\.json"):
        actions.add_run(contest.ledger, contest.key, contest.runs / "beta")
    with pytest.raises(LedgerError, match="expected no manifest where facts about the run are given"):
        actions.add_run(contest.ledger, contest.key, contest.runs / "beta", Facts(team="other"))


def test_what_may_not_follow_is_refused(contest, tmp_path):
    ledger, key = contest.ledger, contest.key
    with pytest.raises(LedgerError, match="expected a run of this ledger, got gamma"):
        actions.withdraw(ledger, key, "gamma", "a mistake")
    actions.withdraw(ledger, key, "beta", "a mistake")
    with pytest.raises(LedgerError, match="expected a run that stands, got beta, which is withdrawn"):
        actions.withdraw(ledger, key, "beta", "again")
    with pytest.raises(LedgerError, match="expected a commitment of epoch r2 before its key, got none"):
        actions.reveal(ledger, key, actions.reveal_for(contest.secret, "r2"))
    actions.commit(ledger, key, actions.commitment_for(contest.secret, "r2", ["hover"]))
    with pytest.raises(LedgerError, match="expected no commitment of this epoch, got another"):
        actions.commit(ledger, key, actions.commitment_for(contest.secret, "r2", ["hover", "stage3"]))
    with pytest.raises(LedgerError, match="expected a key that gives the commitment"):
        actions.reveal(ledger, key, Reveal(epoch="r2", key="00" * 32))
    (contest.runs / "alpha").rename(contest.runs / "late")
    (contest.runs / "late" / "manifest.json").unlink()
    with pytest.raises(LedgerError, match="expected no run of epoch r1 after its key was revealed, got late"):
        actions.add_run(ledger, key, contest.runs / "late")
    assert list(contest.verify(runs=None).findings) == []


def test_only_its_key_extends_a_ledger(contest, tmp_path):
    new_key(tmp_path / "other")
    with pytest.raises(LedgerError, match=r"public key: expected .*a ledger that does not verify is not extended"):
        actions.withdraw(contest.ledger, read_signing_key(tmp_path / "other"), "beta", "mine now")


def test_a_ledger_is_begun_once_and_on_purpose(begun, tmp_path):
    ledger, key = begun
    before = ledger.read_bytes()
    with pytest.raises(LedgerError, match="never begun anew"):
        new_ledger(ledger, key, "Test")
    with pytest.raises(LedgerError, match="begin one with 'goldentime ledger new'"):
        actions.add_refusal(tmp_path / "absent", key, refusal("x"))
    assert ledger.read_bytes() == before
    assert not (tmp_path / "absent").exists()


def test_a_line_cut_anywhere_is_found_and_the_next_writer_recovers(begun):
    ledger, key = begun
    actions.add_refusal(ledger, key, refusal("first"))
    start = ledger.stat().st_size
    actions.add_refusal(ledger, key, refusal("second"))
    whole = ledger.read_bytes()
    for cut in [*range(start + 1, len(whole), 37), len(whole) - 2, len(whole) - 1]:
        ledger.write_bytes(whole[:cut])
        (finding,) = verify_ledger(ledger, Checks()).findings
        assert finding.what == "torn last line"
        assert finding.place == Place(start, cut - 1, 3)
        actions.add_refusal(ledger, key, refusal("third"))
        assert stands(ledger)
        # A line that lacks nothing but its newline was written; of any other the next writer keeps the piece aside.
        complete = cut == len(whole) - 1
        assert reasons(ledger) == (["first", "second", "third"] if complete else ["first", "third"])
        aside = ledger.with_name(f"ledger.torn-{start}.0")
        assert aside.exists() != complete
        if not complete:
            assert aside.read_bytes() == whole[start:cut]
            aside.unlink()


def test_damage_that_no_kill_makes_is_not_taken_for_a_torn_line(begun):
    ledger, key = begun
    actions.add_refusal(ledger, key, refusal("first"))
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-1] + b"\x0b")
    with pytest.raises(LedgerError, match=r"expected a newline after the last entry, got .*no kill leaves that"):
        actions.add_refusal(ledger, key, refusal("second"))
    assert ledger.read_bytes() == whole[:-1] + b"\x0b"
    damaged = whole.replace(b"first", b"fourth")
    ledger.write_bytes(damaged[:-1])
    with pytest.raises(LedgerError, match="expected a signature of entry 1"):
        actions.add_refusal(ledger, key, refusal("second"))
    assert ledger.read_bytes() == damaged[:-1]


def test_a_full_disk_adds_nothing(begun, monkeypatch):
    ledger, key = begun
    before, write = ledger.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:100]))
    with pytest.raises(LedgerError, match="got 100 written: nothing was added"):
        actions.add_refusal(ledger, key, refusal("first"))
    assert ledger.read_bytes() == before


def writers(ledger: Path, *arguments: str) -> list[str]:
    """Let other processes write; what they told of."""
    command = [sys.executable, str(WRITER), str(ledger), str(ledger.with_name("key")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_writers_at_once_lose_and_double_nothing(begun):
    ledger, _ = begun
    told = writers(ledger, "together", "3", "10")
    assert stands(ledger)
    expected = sorted(f"{writer}-{number}" for writer in range(3) for number in range(10))
    assert sorted(told) == sorted(reasons(ledger)) == expected


def test_killed_writers_lose_nothing_they_told_of(begun):
    ledger, key = begun
    told = writers(ledger, "killed", "20")
    assert list(ledger.parent.glob("ledger.torn-*")), "no line was torn"
    actions.add_refusal(ledger, key, refusal("end"))
    assert stands(ledger)
    written = reasons(ledger)
    assert len(set(written)) == len(written)
    assert set(told) < set(written)
    assert len(told) > 5
    assert len(set(written) - set(told)) <= 21, "more than the one entry at work at each kill is untold of"


def test_a_referee_that_was_killed_after_the_manifest_enters_the_same_run(contest, small_plan):
    run = contest.runs / "gamma"
    evaluate(small_plan("public", 1), RunOptions(out=run))
    write_manifest(read_folder(run))
    evaluate(small_plan("public", 1), RunOptions(out=run, resume=True))
    actions.add_run(contest.ledger, contest.key, run)
    assert contest.verify().findings == ()
