"""Hidden seeds: who has the secret can derive them, who has the published key can check them, nobody else can do either."""

import hashlib
import hmac
import json
import os
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.errors import ConfigError
from goldentime.eval.referee.secret import (
    ENVIRONMENT,
    Secret,
    commitment,
    epoch_key,
    hidden_seed,
    read_secret,
    write_secret,
)
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.splits import episode_seed

KNOWN = Secret(bytes(range(32)))


def test_seeds_follow_from_the_documented_formula():
    key = hmac.digest(bytes(range(32)), b'goldentime epoch key 1\0["2026-final"]', "sha256")
    code = hmac.digest(key, b'goldentime hidden seed 1\0["stage3",7]', "sha256")
    expected = 2**62 + (int.from_bytes(code, "big") >> 194)
    assert hidden_seed(epoch_key(KNOWN, "2026-final"), "stage3", 7) == expected == 5_479_363_383_363_943_954
    published = hashlib.sha256(b'goldentime seed commitment 1\0["2026-final",["hover","stage3"]]\0' + key).hexdigest()
    assert commitment(Secret(key), "2026-final", ["stage3", "hover"]) == published


names = st.sampled_from(["hover", "hover1", "1", "", 'a",1', "stage3"])
indices = st.integers(0, 20)


@settings(max_examples=50)
@given(st.binary(min_size=32, max_size=34), names, indices, names, indices)
def test_seeds_have_63_bits_and_differ_by_mission_and_index(secret, mission, index, other, another):
    key = epoch_key(Secret(secret), "r1")
    seed = hidden_seed(key, mission, index)
    assert 2**62 <= seed < 2**63
    assert (seed == hidden_seed(key, other, another)) == ((mission, index) == (other, another))
    assert seed != hidden_seed(epoch_key(Secret(secret), "r2"), mission, index)


def test_a_commitment_fixes_key_epoch_and_missions():
    key = epoch_key(KNOWN, "r1")
    made = commitment(key, "r1", ["hover", "stage3"])
    assert commitment(key, "r1", ["stage3", "hover", "hover"]) == made
    others = [
        commitment(epoch_key(KNOWN, "r2"), "r1", ["hover", "stage3"]),
        commitment(key, "r2", ["hover", "stage3"]),
        commitment(key, "r1", ["hover"]),
        commitment(key, "r1", ["hoverstage3"]),
    ]
    assert len({made, *others}) == 5


def test_a_new_secret_is_private_random_and_never_replaced(tmp_path):
    write_secret(tmp_path / "a")
    write_secret(tmp_path / "b")
    assert os.stat(tmp_path / "a").st_mode & 0o777 == 0o600
    assert read_secret(tmp_path / "a").reveal() != read_secret(tmp_path / "b").reveal()
    with pytest.raises(ConfigError, match="never replaced"):
        write_secret(tmp_path / "a")


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        ("ab12" * 16, 0o640, "mode 0600, got 0640: chmod 600"),
        ("ab12" * 16, 0o604, "mode 0600, got 0604"),
        ("0123456789abcdef" * 3, 0o600, "at least 32 bytes, got 24"),
        ("", 0o600, "at least 32 bytes, got 0"),
        ("secret-words" * 8, 0o600, "hexadecimal digits, got something else"),
        ("\u00e9\u00e9" * 40, 0o600, "hexadecimal digits, got something else"),
        ("00" * 32, 0o600, "expected random bytes"),
        ("ab" * 40_000, 0o600, "at most 65536 bytes"),
    ],
)
def test_bad_secret_files_are_refused_without_showing_them(tmp_path, content, mode, message):
    path = tmp_path / "secret"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=message) as caught:
        read_secret(path)
    assert str(path) in str(caught.value)
    assert not content or content not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_what_is_no_secret_file_is_named(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="No such file"):
        read_secret(tmp_path / "absent")
    with pytest.raises(ConfigError, match="not a plain file"):
        read_secret(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match="not a plain file"):
        read_secret(tmp_path / "pipe")
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    with pytest.raises(ConfigError, match=f"organiser's secret.*{ENVIRONMENT}"):
        read_secret()


def test_a_secret_neither_prints_nor_travels():
    assert KNOWN.reveal() not in f"{KNOWN!r} {KNOWN}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(KNOWN)


@pytest.mark.parametrize("epoch", ["", "R1", "a/b", "-a", "x" * 33, "r1\n"])
def test_bad_epochs_are_refused(epoch):
    with pytest.raises(ConfigError, match=r"epoch: expected at most 32 of a-z"):
        episode_seed(f"hidden-{epoch}", 0, "hover")


def test_the_split_needs_the_secret_only_to_fly(contest, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(contest.path / "secret"))
    assert episode_seed("hidden-r1", 3, "hover") == hidden_seed(epoch_key(contest.secret, "r1"), "hover", 3)
    monkeypatch.delenv(ENVIRONMENT)
    with pytest.raises(ConfigError, match="name its file in GOLDENTIME_SECRET_FILE"):
        episode_seed("hidden-r1", 3, "hover")


def test_no_file_holds_the_secret_and_what_is_published_holds_no_seed(contest):
    secret, key = contest.secret.reveal(), epoch_key(contest.secret, "r1")
    seeds = [str(hidden_seed(key, "hover", index)) for index in range(2)]
    alpha = contest.runs / "alpha"
    for path in [contest.ledger, *(path for path in alpha.rglob("*") if path.is_file())]:
        content = path.read_bytes()
        assert secret.encode() not in content
        assert key.reveal().encode() not in content or path == contest.ledger, "only the reveal may hold the epoch's key"
    for path in (contest.ledger, alpha / "manifest.json", alpha / "run.json", alpha / "scorecard.json"):
        assert not any(seed in path.read_text() for seed in seeds), path
    header = json.loads((alpha / "episodes" / "0001.jsonl").read_text().splitlines()[0])["header"]
    assert str(header["seed"]) == seeds[1]


def test_a_hidden_run_without_the_secret_leaves_nothing(tmp_path, monkeypatch, small_plan):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    with pytest.raises(ConfigError, match="organiser's secret"):
        evaluate(small_plan("hidden-r1", 1), RunOptions(out=tmp_path / "run"))
    assert list(tmp_path.iterdir()) == []
