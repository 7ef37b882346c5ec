"""The folder of a service.

service.db        the database, where it is SQLite
organiser.token   the organiser's token, mode 0600; $GOLDENTIME_ORGANISER_TOKEN_FILE may name another file
session.key       what signs cookies, mode 0600
secret            what hidden seeds follow from, mode 0600; $GOLDENTIME_SECRET_FILE may name another file
ledger.key        what signs the ledger, mode 0600; ledger.key.pub is its public half
ledger.jsonl      the ledger
uploads/          KEY.zip, the archives
checking/         where archives are unpacked once to be looked at
runs/             a folder for each run
aside/            runs that were begun anew
board/            the public board; board.json says of which line of the ledger
locks/            one file for each thing that only one process may do
"""

import os
import secrets
from pathlib import Path

from goldentime.errors import ConfigError
from goldentime.eval.referee.keys import SigningKey, new_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.private_files import read_private, write_private
from goldentime.eval.referee.secret import ENVIRONMENT, write_secret
from goldentime.eval.service.tokens import new_token

__all__ = ["TOKEN_ENVIRONMENT", "Home", "make_home"]

TOKEN_ENVIRONMENT = "GOLDENTIME_ORGANISER_TOKEN_FILE"
_SHORTEST_TOKEN = 24


class Home:
    """Paths of a service's folder, and what its private files hold."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.ledger = self.path / "ledger.jsonl"
        self.uploads = self.path / "uploads"
        self.checking = self.path / "checking"
        self.runs = self.path / "runs"
        self.aside = self.path / "aside"
        self.board = self.path / "board"
        self.board_state = self.path / "board.json"
        self.locks = self.path / "locks"
        self.key_file = self.path / "ledger.key"
        self.session_file = self.path / "session.key"
        self.secret_file = Path(os.environ.get(ENVIRONMENT) or self.path / "secret")
        self.token_file = Path(os.environ.get(TOKEN_ENVIRONMENT) or self.path / "organiser.token")

    def database_url(self) -> str:
        """Of the SQLite file."""
        return f"sqlite:///{self.path / 'service.db'}"

    def upload(self, key: str) -> Path:
        """Where an archive lies."""
        return self.uploads / f"{key}.zip"

    def key(self) -> SigningKey:
        """What signs the ledger."""
        return read_signing_key(self.key_file)

    def session_key(self) -> bytes:
        """What signs cookies."""
        return read_private(self.session_file, "the key of cookies")

    def organiser_token(self) -> str:
        """The organiser's token.

        Raises:
            ConfigError: others may read its file, or it is too short to be one.
        """
        token = read_private(self.token_file, "the organiser's token").decode("utf-8", "replace").strip()
        if len(token) < _SHORTEST_TOKEN:
            raise ConfigError(f"{self.token_file}: expected at least {_SHORTEST_TOKEN} letters, got {len(token)}")
        return token


def make_home(path: Path, name: str = "Golden Time") -> Home:
    """The folder with all that is missing in it made; what is there stays.

    Args:
        name: of the contest, for a new ledger.

    Raises:
        ConfigError: it can't be made, or holds things of others.
    """
    if path.exists() and not path.is_dir():
        raise ConfigError(f"{path}: expected a folder for the service's data, got a file")
    _check_ours(path)
    home = Home(path)
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (home.locks, home.uploads, home.checking, home.runs, home.aside):
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{path}: expected a folder that can be written ({error.strerror})") from None
    if not home.session_file.exists():
        write_private(home.session_file, secrets.token_bytes(32))
    if not home.token_file.exists():
        write_private(home.token_file, new_token().text.encode() + b"\n")
    if not home.secret_file.exists():
        write_secret(home.secret_file)
    if not home.key_file.exists():
        new_key(home.key_file)
    if not home.ledger.exists():
        new_ledger(home.ledger, home.key(), name)
    home.organiser_token()
    return home


def _check_ours(path: Path) -> None:
    known = path.is_dir() and any((path / name).exists() for name in ("locks", "session.key"))
    if path.is_dir() and not known and any(path.iterdir()):
        raise ConfigError(f"{path}: expected a new or empty folder or one of a service, got something else")
