"""What has to come along when a submission is flown on another machine: its archive.

Agents that are no submissions have to be there already, under the same paths, as the package itself has.
"""

import tempfile
from pathlib import Path
from typing import NamedTuple

from goldentime.eval.plan import Plan

__all__ = ["Cargo", "cargo_of", "unload"]


class Cargo(NamedTuple):
    """A submission's archive."""

    digest: str
    """Of its content."""
    archive: bytes


def cargo_of(plan: Plan) -> Cargo | None:
    """The archive of the plan's submission; None where no submission flies.

    Raises:
        RefusedSubmission: it is another one than was planned.
    """
    digest = plan.agent_config.get("digest")
    if not isinstance(digest, str) or "path" not in plan.agent_config:
        return None
    from goldentime.eval.submit.pack import pack
    from goldentime.eval.submit.stage import stage

    staged = stage(Path(str(plan.agent_config["path"])), digest)
    with tempfile.TemporaryDirectory() as folder:
        return Cargo(digest, pack(staged.folder, Path(folder) / "cargo.zip").path.read_bytes())


def unload(cargo: Cargo | None) -> None:
    """Make the submission ready on this machine, checked like any other archive; nothing where it is ready.

    Raises:
        RefusedSubmission: the archive is not what it says.
    """
    if cargo is None:
        return
    from goldentime.eval.submit.stage import is_staged, stage

    if is_staged(cargo.digest):
        return
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(cargo.archive)
        file.flush()
        stage(Path(file.name), cargo.digest)
