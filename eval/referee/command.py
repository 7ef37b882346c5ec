"""The commands `referee`, `ledger`, `verify` and `rescore`."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from goldentime.eval.folder import read_folder
from goldentime.eval.referee import actions
from goldentime.eval.referee.entries import Commitment, Entry, Reveal
from goldentime.eval.referee.keys import new_key, read_public_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.manifest import Facts
from goldentime.eval.referee.rescoring import check_scores
from goldentime.eval.referee.secret import ENVIRONMENT, read_secret, write_secret
from goldentime.eval.referee.verify import Checks, Verdict, verify_ledger
from goldentime.records import dump

__all__ = ["ledger_command", "referee_command", "rescore_command", "verify_command"]

_BROKEN = 1
"""Exit code where something does not stand."""

_SHOWN = 50
"""Findings printed; the others are counted."""


def referee_command(arguments: list[str]) -> int:
    """`goldentime referee secret|key|commit|reveal`."""
    parser = argparse.ArgumentParser(prog="goldentime referee", description="What an organiser keeps, and publishes.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (("secret", "the secret that hidden seeds follow from"), ("key", "the key that signs a ledger")):
        made = verbs.add_parser(verb, help=text)
        made.add_argument("action", choices=["new"])
        made.add_argument("file", type=Path)
    commit = verbs.add_parser("commit", help="before a round: print (and enter) what fixes its hidden seeds")
    reveal = verbs.add_parser("reveal", help="after a round: print (and enter) the key that its hidden seeds follow from")
    for verb_parser in (commit, reveal):
        verb_parser.add_argument("epoch", help="the round's name, as in split=hidden-EPOCH")
        verb_parser.add_argument("--secret", type=Path, help=f"the secret's file; default: ${ENVIRONMENT}")
        verb_parser.add_argument("--ledger", type=Path, help="enter it in this ledger too")
        verb_parser.add_argument("--key", type=Path, help="the ledger's signing key")
    commit.add_argument("missions", nargs="+", help="the missions of the round")
    options = parser.parse_args(arguments)
    if (getattr(options, "ledger", None) is None) != (getattr(options, "key", None) is None):
        parser.error("--ledger and --key belong together")
    verbs_run: dict[str, Callable[[Any], None]] = {"secret": _secret, "key": _key, "commit": _commit, "reveal": _reveal}
    verbs_run[options.verb](options)
    return 0


def _secret(options: Any) -> None:
    write_secret(options.file)
    print(f"{options.file}: a new secret; keep a copy where no contestant's code ever runs")


def _key(options: Any) -> None:
    public = new_key(options.file)
    print(f"{options.file}: a new signing key; publish {options.file}.pub:\n{public}")


def _commit(options: Any) -> None:
    body = actions.commitment_for(read_secret(options.secret), options.epoch, options.missions)
    _publish(options, body, actions.commit)


def _reveal(options: Any) -> None:
    _publish(options, actions.reveal_for(read_secret(options.secret), options.epoch), actions.reveal)


def _publish(options: Any, body: Commitment | Reveal, enter: Callable[..., Entry]) -> None:
    """Enter it first: what the ledger refuses must not be printed."""
    entry = enter(options.ledger, read_signing_key(options.key), body) if options.ledger else None
    print(json.dumps(dump(body), indent=2))
    if entry:
        _tell(options.ledger, entry)


def _tell(ledger: Path, entry: Entry) -> None:
    print(f"{ledger}: entry {entry.index}, {entry.kind}, {entry.time}", file=sys.stderr)


def ledger_command(arguments: list[str]) -> int:
    """`goldentime ledger new|add|withdraw`."""
    parser = argparse.ArgumentParser(prog="goldentime ledger", description="A signed, append-only list of runs.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    new = verbs.add_parser("new", help="begin a ledger")
    add = verbs.add_parser("add", help="write a run's manifest and enter the run")
    withdraw = verbs.add_parser("withdraw", help="take a run off the board; its entry stays")
    for verb in (new, add, withdraw):
        verb.add_argument("ledger", type=Path)
        verb.add_argument("--key", type=Path, required=True, help="the signing key of 'goldentime referee key new'")
    new.add_argument("--name", default="Golden Time", help="for people, such as the contest's")
    add.add_argument("run", type=Path, help="the folder of a run")
    add.add_argument("--team", help="whose run it is")
    withdraw.add_argument("run", help="the name of its folder")
    withdraw.add_argument("--reason", required=True)
    options = parser.parse_args(arguments)
    key = read_signing_key(options.key)
    if options.verb == "new":
        entry = new_ledger(options.ledger, key, options.name)
    elif options.verb == "add":
        entry = actions.add_run(options.ledger, key, options.run, Facts(team=options.team) if options.team else None)
    else:
        entry = actions.withdraw(options.ledger, key, options.run, options.reason)
    _tell(options.ledger, entry)
    return 0


def verify_command(arguments: list[str]) -> int:
    """`goldentime verify LEDGER`: 1 if anything is broken."""
    parser = argparse.ArgumentParser(prog="goldentime verify", description="Check a ledger offline.")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--runs", type=Path, help="the folder that holds the runs' folders: check manifests, files, seeds")
    parser.add_argument("--public-key", type=Path, help="the organiser's, from elsewhere than the ledger")
    parser.add_argument("--head", help="a hash that verify printed before: the ledger must still hold that line")
    parser.add_argument("--rescore", action="store_true", help="also score all runs again from their logs")
    parser.add_argument("--worlds", action="store_true", help="also draw all worlds again from their seeds")
    parser.add_argument("--allow-missing", action="store_true", help="don't mind runs and files that are not in --runs")
    options = parser.parse_args(arguments)
    if (options.rescore or options.worlds) and options.runs is None:
        parser.error("--rescore and --worlds need --runs")
    key = read_public_key(options.public_key) if options.public_key else None
    checks = Checks(
        runs=options.runs,
        public_key=key,
        head=options.head,
        rescore=options.rescore,
        worlds=options.worlds,
        allow_missing=options.allow_missing,
    )
    return _report(options.ledger, verify_ledger(options.ledger, checks))


def _report(ledger: Path, verdict: Verdict) -> int:
    print(f"{ledger}: {verdict.entries} sound entries, signed by {verdict.public_key or 'nobody known'}")
    if verdict.runs:
        print(f"{verdict.runs} runs: {verdict.files} files, {verdict.episodes} episodes, {verdict.seeds} seeds checked")
    print(f"head {verdict.head or 'none'}")
    for note in verdict.notes:
        print(f"note: {note}")
    for finding in verdict.findings[:_SHOWN]:
        print(f"BROKEN {finding}")
    if not verdict.findings:
        print("everything that was checked stands")
        return 0
    print(f"{len(verdict.findings)} broken")
    return _BROKEN


def rescore_command(arguments: list[str]) -> int:
    """`goldentime rescore RUN`: 1 if the stored scores are not what the logs give."""
    parser = argparse.ArgumentParser(
        prog="goldentime rescore",
        description="Compute every score of a run again from its logs and compare; writes nothing.",
    )
    parser.add_argument("run", type=Path, help="the folder of a run")
    folder = read_folder(parser.parse_args(arguments).run)
    findings = check_scores(folder)
    for finding in findings[:_SHOWN]:
        print(f"BROKEN {finding}")
    names = f"{folder.lines.name} and {folder.scorecard.name}"
    count = len(folder.logged())
    print(f"{len(findings)} broken" if findings else f"{count} episodes scored again: {names} are equal to the byte")
    return _BROKEN if findings else 0
