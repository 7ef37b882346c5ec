"""`submission.yaml`: what a team says of its submission."""

import re
from dataclasses import field, replace
from pathlib import Path

from goldentime.errors import ConfigError
from goldentime.eval.engines.limits import Limits
from goldentime.eval.outcomes import RefusedSubmission
from goldentime.records import load_yaml, record

__all__ = ["DESCRIPTION", "Description", "Resources", "command_of", "granted", "read_description"]

DESCRIPTION = "submission.yaml"
_LONGEST_NAME = 60
_SHARED = ("memory_mib", "cpus", "scratch_mib", "processes")


@record
class Resources:
    """What the submission asks for; it gets no more than that, and is refused where the referee grants less."""

    memory_mib: int | None = None
    cpus: float | None = None
    scratch_mib: int | None = None
    processes: int | None = None


@record
class Description:
    """The file as a record."""

    format: int = 1
    team: str
    name: str
    """Of this submission."""
    entry: str | None = None
    """FILE.py:CLASS, served by the referee's own Python."""
    command: tuple[str, ...] = ()
    """Instead of `entry`: a program of the submission that speaks the wire itself (docs/wire.md)."""
    action_mode: str | None = None
    """How the mission shall take motion commands, where it is not the mission's own way."""
    resources: Resources = field(default_factory=Resources)

    def __post_init__(self) -> None:
        if self.format != 1:
            raise ConfigError(f"format: expected 1, got {self.format}")
        for name in ("team", "name"):
            text = getattr(self, name)
            if not (0 < len(text) <= _LONGEST_NAME and text.isprintable() and text.strip() == text):
                raise ConfigError(f"{name}: expected 1 to {_LONGEST_NAME} printable characters, got {text[:80]!r}")
        if (self.entry is None) == (not self.command):
            raise ConfigError(f"expected either entry or command, got entry {self.entry!r} and command {self.command}")
        if self.entry is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\.py:[A-Za-z_]\w*", self.entry):
            raise ConfigError(f"entry: expected FILE.py:CLASS inside the submission, got {self.entry!r}")


def read_description(folder: Path) -> Description:
    """The description in a submission's folder.

    Raises:
        RefusedSubmission: it is missing, does not fit, or names a file that is not there.
    """
    try:
        found = load_yaml(Description, folder / DESCRIPTION)
    except ConfigError as error:
        raise RefusedSubmission(str(error)) from None
    if found.entry is not None:
        file = found.entry.rpartition(":")[0]
        if ".." in Path(file).parts or not (folder / file).is_file():
            raise RefusedSubmission(f"{DESCRIPTION}.entry: {file} is not in the submission")
    return found


def command_of(description: Description) -> tuple[str, ...]:
    """What to start inside the submission's folder."""
    if description.entry is not None:
        return ("python", "-m", "goldentime.eval.wire.serve", description.entry)
    return description.command


def granted(description: Description, limits: Limits) -> Limits:
    """The referee's limits, narrowed to what the submission asks for.

    Raises:
        RefusedSubmission: it asks for more.
    """
    asked = {name: getattr(description.resources, name) for name in _SHARED}
    asked = {name: value for name, value in asked.items() if value is not None}
    for name, value in asked.items():
        if not 0 < value <= getattr(limits, name):
            raise RefusedSubmission(
                f"{DESCRIPTION}.resources.{name}: the referee grants up to {getattr(limits, name)}, got {value}"
            )
    return replace(limits, **asked)
