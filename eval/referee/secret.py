"""Hidden seeds: nobody can know them before the contest, and everybody can check them after it.

An organiser holds one secret. Each *epoch* (a round of the contest) has a key of its own, which HMAC-SHA256 (RFC 2104, FIPS
180-4) derives from the secret and the epoch's name; an episode's seed follows in the same way from that key, the mission
and the episode's index. Before the round the organiser publishes a commitment, SHA-256 over the key, the epoch and the
missions; after it the key itself. The secret is never published: what one epoch reveals tells nothing about the next.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from goldentime.errors import ConfigError
from goldentime.eval.referee.private_files import read_private, write_private
from goldentime.records import canonical_json

__all__ = [
    "ENVIRONMENT",
    "SECRET_BYTES",
    "Secret",
    "check_epoch",
    "commitment",
    "epoch_key",
    "hidden_seed",
    "read_secret",
    "write_secret",
]

ENVIRONMENT = "GOLDENTIME_SECRET_FILE"
"""The variable that names the file of the secret; only the referee's own processes may have it."""

SECRET_BYTES = 32
"""The least length of a secret; keys shorter than the hash weaken HMAC (RFC 2104, section 3)."""

_FLOOR = 1 << 62
"""All hidden seeds have this bit, so that none is in another split and all have 63 bits."""

_EPOCH = re.compile(r"[a-z0-9][a-z0-9.-]{0,31}")
_KEY_DOMAIN = b"goldentime epoch key 1"
_SEED_DOMAIN = b"goldentime hidden seed 1"
_COMMITMENT_DOMAIN = b"goldentime seed commitment 1"
_SEVERAL = 8
"""Different byte values that a secret has at least; 32 random bytes have fewer once in 10**40 draws."""


class Secret:
    """Bytes that no message, log or other process gets to see by accident."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled: each process of the referee reads it from its file")

    def mac(self, domain: bytes, *parts: str | int) -> bytes:
        """HMAC-SHA256 under this secret; no two lists of parts give the same message."""
        return hmac.digest(self._content, domain + b"\0" + canonical_json(parts), "sha256")

    def reveal(self) -> str:
        """The bytes in hexadecimal, for the one command that publishes an epoch's key."""
        return self._content.hex()

    def hash(self, domain: bytes, *parts: object) -> str:
        """SHA-256 over the domain, the parts and these bytes, as 64 hexadecimal digits."""
        return hashlib.sha256(domain + b"\0" + canonical_json(parts) + b"\0" + self._content).hexdigest()


def write_secret(path: Path) -> None:
    """Make a new secret of the operating system's entropy, in hexadecimal, readable by its owner only.

    Raises:
        ConfigError: there is a file already.
    """
    write_private(path, secrets.token_hex(SECRET_BYTES).encode() + b"\n")


def read_secret(path: Path | None = None) -> Secret:
    """The organiser's secret.

    Args:
        path: its file; by default the one that `GOLDENTIME_SECRET_FILE` names.

    Raises:
        ConfigError: no file is named, others may read it, or it holds no good secret; the message does not show it.
    """
    named = path or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is None:
        raise ConfigError(
            f"hidden seeds are derived from an organiser's secret, which only the referee holds: name its file in "
            f"{ENVIRONMENT}, or use split=public to compare agents"
        )
    try:
        content = bytes.fromhex(read_private(named, "the organiser's secret").decode("ascii").strip())
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{named}: expected a secret in hexadecimal digits, got something else") from None
    if len(content) < SECRET_BYTES:
        raise ConfigError(f"{named}: expected a secret of at least {SECRET_BYTES} bytes, got {len(content)}")
    if len(set(content)) < _SEVERAL:
        raise ConfigError(f"{named}: expected random bytes, got hardly any different ones")
    return Secret(content)


def check_epoch(epoch: str) -> str:
    """The same name, if it is one.

    Raises:
        ConfigError: it is none.
    """
    if not _EPOCH.fullmatch(epoch):
        raise ConfigError(f"epoch: expected at most 32 of a-z, 0-9, '.' and '-', got {epoch!r}")
    return epoch


def epoch_key(secret: Secret, epoch: str) -> Secret:
    """What an epoch's seeds are derived from."""
    return Secret(secret.mac(_KEY_DOMAIN, check_epoch(epoch)))


def hidden_seed(key: Secret, mission: str, index: int) -> int:
    """The seed of an episode: 2**62 plus the first 62 bits of the code.

    Args:
        key: the epoch's.
    """
    return _FLOOR | int.from_bytes(key.mac(_SEED_DOMAIN, mission, index)[:8], "big") >> 2


def commitment(key: Secret, epoch: str, missions: Iterable[str]) -> str:
    """What is published before the round, as 64 hexadecimal digits; the order of the missions does not matter.

    Args:
        key: the epoch's.
    """
    return key.hash(_COMMITMENT_DOMAIN, check_epoch(epoch), sorted(set(missions)))
