"""Writes the ledger of format 1 in tests/golden/referee anew: `PYTHONPATH=src python tests/eval/referee/make_golden.py`.

Not to be run when the format changes: then a folder of the new format is added, and the old one must still verify.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from goldentime.eval.plan import Plan
from goldentime.eval.referee import actions
from goldentime.eval.referee.entries import Refusal
from goldentime.eval.referee.keys import new_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.manifest import Facts, Submission
from goldentime.eval.referee.secret import ENVIRONMENT, read_secret, write_secret
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import dump

HERE = Path(__file__).parent
GOLDEN = HERE.parents[1] / "golden" / "referee"


def plan(split: str) -> Plan:
    overrides = {"scenario": {"time_limit_s": 0.2}}
    return Plan(
        mission="hover",
        overrides=overrides,
        mission_config=dump(load_config("hover", overrides)),
        agent="still",
        agent_config={"_target_": "flying_agents.Still"},
        split=split,
        episodes=1,
        rules=load_rules("hover"),
    )


def main() -> None:
    sys.path.insert(0, str(HERE.parent))
    shutil.rmtree(GOLDEN, ignore_errors=True)
    keys = Path(tempfile.mkdtemp())
    write_secret(keys / "secret")
    new_key(keys / "key")
    os.environ[ENVIRONMENT] = str(keys / "secret")
    secret, key, ledger = read_secret(), read_signing_key(keys / "key"), GOLDEN / "ledger.jsonl"
    new_ledger(ledger, key, "Golden: format 1")
    shutil.copy(keys / "key.pub", GOLDEN)
    actions.commit(ledger, key, actions.commitment_for(secret, "r1", ["hover", "stage3"]))
    for name, split in (("shown", "hidden-r1"), ("closed", "hidden-r2"), ("open", "public")):
        if name == "closed":
            actions.reveal(ledger, key, actions.reveal_for(secret, "r1"))
            actions.commit(ledger, key, actions.commitment_for(secret, "r2", ["hover"]))
        evaluate(plan(split), RunOptions(out=GOLDEN / "flights" / name))
        facts = Facts(
            team="금빛",
            submission=Submission(name="still", sha256="5" * 64),
            images={"agent": f"sha256:{'a' * 64}"},
            limits={"memory_bytes": 2**31, "act_s": 0.1},
        )
        actions.add_run(ledger, key, GOLDEN / "flights" / name, facts)
    refused = Refusal(
        team="금빛", submission="6" * 64, mission="hover", split="public", outcome="refused_submission", reason="no agent"
    )
    actions.add_refusal(ledger, key, refused)
    actions.withdraw(ledger, key, "open", "asked for by the team")
    shutil.rmtree(keys)


if __name__ == "__main__":
    main()
