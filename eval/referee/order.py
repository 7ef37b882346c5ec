"""What the entries of a ledger say together: commitments before runs, reveals after them, no run twice.

The same checks refuse an entry before it is written and find it when somebody wrote it all the same.
"""

from goldentime.eval.referee.chain import Chain, Link
from goldentime.eval.referee.entries import Body, Commitment, Entry, Reveal, RunEntry, Withdrawal
from goldentime.eval.referee.findings import Finding
from goldentime.eval.referee.secret import Secret, commitment
from goldentime.eval.splits import epoch_of

__all__ = ["History", "check_order", "history_of"]


class History:
    """What has been said so far."""

    def __init__(self) -> None:
        self.commitments: dict[str, Commitment] = {}
        """By epoch."""
        self.keys: dict[str, Secret] = {}
        """By epoch, those revealed."""
        self.runs: dict[str, tuple[Entry, RunEntry]] = {}
        """By the name of the run."""
        self.withdrawn: set[str] = set()

    def problem(self, body: Body) -> tuple[str, str] | None:
        """What would have to be so that this may follow, and what is; None if it may."""
        if isinstance(body, Commitment):
            return ("no commitment of this epoch", "another") if body.epoch in self.commitments else None
        if isinstance(body, Reveal):
            return self._problem_of_reveal(body)
        if isinstance(body, RunEntry):
            return self._problem_of_run(body)
        if isinstance(body, Withdrawal):
            return self._problem_of_withdrawal(body)
        return None

    def _problem_of_reveal(self, body: Reveal) -> tuple[str, str] | None:
        made = self.commitments.get(body.epoch)
        if made is None:
            return f"a commitment of epoch {body.epoch} before its key", "none"
        if body.epoch in self.keys:
            return f"the key of epoch {body.epoch} once", "a second time"
        key = _key(body)
        got = commitment(key, body.epoch, made.missions) if key else "no key in hexadecimal"
        return None if got == made.commitment else (f"a key that gives the commitment {made.commitment}", got)

    def _problem_of_run(self, body: RunEntry) -> tuple[str, str] | None:
        if body.run in self.runs:
            return "a run once", f"{body.run}, which is entry {self.runs[body.run][0].index} too"
        epoch = epoch_of(body.summary.split)
        if epoch is None:
            return None
        made = self.commitments.get(epoch)
        if made is None:
            return f"a commitment of epoch {epoch} before its first run", "none"
        if body.summary.mission not in made.missions:
            return f"one of the missions committed to ({', '.join(made.missions)})", body.summary.mission
        return (f"no run of epoch {epoch} after its key was revealed", body.run) if epoch in self.keys else None

    def _problem_of_withdrawal(self, body: Withdrawal) -> tuple[str, str] | None:
        if body.run not in self.runs:
            return "a run of this ledger", body.run
        return ("a run that stands", f"{body.run}, which is withdrawn") if body.run in self.withdrawn else None

    def add(self, entry: Entry, body: Body) -> None:
        """Note what an entry says."""
        if isinstance(body, Commitment):
            self.commitments.setdefault(body.epoch, body)
        elif isinstance(body, Reveal) and (key := _key(body)):
            self.keys.setdefault(body.epoch, key)
        elif isinstance(body, RunEntry):
            self.runs.setdefault(body.run, (entry, body))
        elif isinstance(body, Withdrawal):
            self.withdrawn.add(body.run)


def _key(body: Reveal) -> Secret | None:
    try:
        return Secret(bytes.fromhex(body.key))
    except ValueError:
        return None


def history_of(links: list[Link]) -> History:
    """All that the entries say."""
    history = History()
    for link in links:
        history.add(link.entry, link.body)
    return history


def check_order(chain: Chain, file: str) -> list[Finding]:
    """Entries that should not follow those before them."""
    history, findings = History(), []
    for link in chain.links:
        problem = history.problem(link.body)
        if problem:
            findings.append(Finding(file, link.entry.kind, *problem, link.place))
        history.add(link.entry, link.body)
    return findings
