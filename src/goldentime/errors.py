"""Every error that Golden Time raises on purpose.

GoldenTimeError
├── ConfigError            a configuration value: where, what was expected, what came   (also ValueError)
├── InvalidActionError     an action outside its space, training mode only              (also ValueError)
├── ScenarioError          a scenario that can't be generated or read                   (also ValueError)
├── LogError               an episode log that is damaged or of another version         (also ValueError)
├── LedgerError            a ledger or manifest that is damaged, or an entry it refuses (also ValueError)
├── MissingDependencyError an extra that is not installed, with the command that adds it (also ImportError)
└── ClosedError            a call on an environment or physics world after close()      (also RuntimeError)
"""

__all__ = [
    "ClosedError",
    "ConfigError",
    "GoldenTimeError",
    "InvalidActionError",
    "LedgerError",
    "LogError",
    "MissingDependencyError",
    "ScenarioError",
]


class GoldenTimeError(Exception):
    """Base of all errors raised on purpose."""


class ConfigError(GoldenTimeError, ValueError):
    """A configuration value does not fit; the message names its path, what was expected and what came."""


class InvalidActionError(GoldenTimeError, ValueError):
    """An action does not fit the action space (training mode; contest mode logs an event instead)."""


class ScenarioError(GoldenTimeError, ValueError):
    """A scenario can't be generated or read."""


class LogError(GoldenTimeError, ValueError):
    """An episode log is damaged, incomplete or of another version."""


class LedgerError(GoldenTimeError, ValueError):
    """A ledger or a manifest is damaged, or an entry does not fit what the ledger holds."""


class MissingDependencyError(GoldenTimeError, ImportError):
    """An optional dependency is absent; the message holds the command that installs it."""


class ClosedError(GoldenTimeError, RuntimeError):
    """The object was used after `close()`."""
