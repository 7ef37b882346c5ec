"""The commands an organiser and an outsider type."""

import json
import re
import subprocess
import sys

import pytest

from goldentime.cli import main
from goldentime.eval.referee.secret import ENVIRONMENT


@pytest.fixture
def typed(capsys):
    """Type a command: exit code, output, errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_round_from_the_secret_to_the_check(typed, contest, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert typed("referee", "secret", "new", "secret")[0] == 0
    code, out, _ = typed("referee", "key", "new", "key")
    public = out.split()[-1]
    assert (code, len(public)) == (0, 64)
    assert typed("ledger", "new", "ledger", "--key", "key", "--name", "Autumn")[2].startswith("ledger: entry 0, opening")
    entered = ("--secret", "secret", "--ledger", "ledger", "--key", "key")
    code, out, err = typed("referee", "commit", "r9", "stage3", "hover", *entered)
    assert (code, "entry 1, commitment" in err) == (0, True)
    assert json.loads(out) == json.loads(typed("referee", "commit", "r9", "hover", "stage3", "--secret", "secret")[1])
    beta = contest.runs / "beta"
    (beta / "manifest.json").unlink()
    assert "entry 2, run" in typed("ledger", "add", "ledger", beta, "--key", "key", "--team", "red")[2]
    assert json.loads((beta / "manifest.json").read_bytes())["team"] == "red"
    assert typed("referee", "reveal", "r9", *entered)[0] == 0
    code, out, _ = typed("verify", "ledger", "--runs", contest.runs, "--public-key", "key.pub", "--rescore")
    assert (code, out.splitlines()[-1]) == (0, "everything that was checked stands")
    assert f"4 sound entries, signed by {public}" in out
    assert "1 runs: 7 files, 1 episodes, 1 seeds checked" in out
    assert typed("ledger", "withdraw", "ledger", "beta", "--reason", "asked for", "--key", "key")[0] == 0


def test_what_is_broken_is_printed_and_is_the_exit_code(typed, contest):
    path = contest.runs / "alpha" / "episodes.jsonl"
    # Seeds follow from a fresh secret: what the episode earned is not known beforehand.
    path.write_bytes(re.sub(rb'"total":[0-9.]+', b'"total":99.5', path.read_bytes(), count=1))
    code, out, _ = typed("verify", contest.ledger, "--runs", contest.runs)
    assert code == 1
    assert f"BROKEN {path}:1 (bytes " in out
    assert out.endswith("1 broken\n")
    code, out, _ = typed("rescore", path.parent)
    assert code == 1
    assert re.search(r"expected score\.total = [0-9.]+, got score\.total = 99\.5", out)
    code, out, _ = typed("rescore", contest.runs / "beta")
    assert (code, out) == (0, "1 episodes scored again: episodes.jsonl and scorecard.json are equal to the byte\n")


def test_what_the_ledger_refuses_is_not_printed(typed, contest):
    key = ("--secret", contest.path / "secret", "--ledger", contest.ledger, "--key", contest.path / "key")
    code, out, err = typed("referee", "reveal", "r5", *key)
    assert (code, out) == (2, "")
    assert "expected a commitment of epoch r5 before its key, got none" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "nothing"), "nothing: expected a ledger, can't be read"),
        (("rescore", "nothing"), "run.json: expected the manifest of a run"),
        (("ledger", "add", "nothing", "run", "--key", "nokey"), "nokey: expected a signing key, can't be read"),
        (("referee", "commit", "r1", "hover"), "organiser's secret"),
    ],
)
def test_mistakes_get_one_message(typed, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    code, _, err = typed(*arguments)
    assert code == 2
    assert err.startswith("goldentime: ")
    assert message in err


def test_keys_of_other_kinds_are_refused(typed, contest, tmp_path):
    new = ("ledger", "new", tmp_path / "ledger", "--key")
    assert "PEM without a password" in typed(*new, contest.path / "secret")[2]
    (contest.path / "key").chmod(0o644)
    assert "mode 0600, got 0644" in typed(*new, contest.path / "key")[2]
    assert "64 hexadecimal digits, got neither" in typed("verify", contest.ledger, "--public-key", contest.ledger)[2]
    (tmp_path / "digits").write_text(contest.key.public + "\n")
    assert typed("verify", contest.ledger, "--public-key", tmp_path / "digits")[0] == 0
    assert not (tmp_path / "ledger").exists()


def test_without_the_extra_the_message_says_how_to_install_it(typed, contest, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    code, _, err = typed("verify", contest.ledger)
    assert code == 2
    assert "pip install 'goldentime[referee]'" in err


def test_verifying_loads_no_simulator():
    code = """
import sys
import goldentime.eval.referee.command
heavy = {"pybullet", "gymnasium", "hydra", "scipy", "torch", "cryptography", "moderngl"} & {*sys.modules}
sys.exit(f"loaded {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
