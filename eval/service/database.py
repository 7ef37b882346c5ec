"""The service's database: SQLite in its folder, or PostgreSQL by its address.

Whatever is done is a function of a session that `Database.write` or `Database.read` calls within one transaction. When the
connection is lost, even while the transaction is being committed, it is called again on a new one: each such function
must therefore find its own earlier success and leave it at that.
"""

import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session

from goldentime.errors import ConfigError
from goldentime.eval.service.faults import NO_ANSWER, Fault

__all__ = ["Database", "migrate", "now", "open_database"]

T = TypeVar("T")

_BUSY_S = 20.0
"""So long SQLite waits for another writer."""
_PAUSES_S = (0.02, 0.1, 0.3, 1.0, 2.0, 4.0)
"""Before each further try on a new connection."""
_MIGRATING = 7_301_982
"""Number of the lock under which PostgreSQL is migrated; ours alone within the database."""


class Database:
    """Transactions that survive the loss of a connection.

    Args:
        engine: with the settings of `open_database`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writing=True)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    def write(self, work: Callable[[Session], T]) -> T:
        """Call `work` in a transaction that may write."""
        return self._within(self._writing, work)

    def read(self, work: Callable[[Session], T]) -> T:
        """Call `work` in a transaction that only reads."""
        return self._within(self.engine, work)

    def _within(self, engine: Engine, work: Callable[[Session], T]) -> T:
        for pause in (*_PAUSES_S, None):
            try:
                with Session(engine, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except IntegrityError:
                if pause is None:
                    raise
                time.sleep(pause)  # somebody else was quicker: `work` finds what they wrote
            except (OperationalError, InterfaceError) as error:
                if pause is None:
                    raise Fault(
                        NO_ANSWER, f"database: expected an answer, got none ({_short(error)}); try again"
                    ) from error
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _short(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0][:200] if lines else type(error.orig).__name__


def open_database(url: str) -> Database:
    """Connect; nothing is sent yet.

    Args:
        url: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.

    Raises:
        ConfigError: it is no such address.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise ConfigError("database: expected sqlite:///FILE or postgresql://..., got something else") from None
    name = address.get_backend_name()
    if name == "postgresql":
        options = {"connect_timeout": "5", **address.query}
        address = address.set(drivername="postgresql+psycopg", query=options)
        return Database(create_engine(address, pool_pre_ping=True, pool_size=8, max_overflow=16))
    if name != "sqlite" or not address.database:
        raise ConfigError(f"database: expected sqlite:///FILE or postgresql://..., got {name}://...")
    try:
        engine = create_engine(address, connect_args={"timeout": _BUSY_S, "check_same_thread": False})
    except NoSuchModuleError as error:
        raise ConfigError(f"database: {error}") from None
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that may write takes the lock at once: two that read first and write then would deadlock."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def now(session: Session) -> float:
    """Seconds since 1970, by the database's clock where it has one of its own: workers' clocks may differ."""
    if session.get_bind().dialect.name != "postgresql":
        return time.time()
    return float(session.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())


def migrate(database: Database) -> None:
    """Bring the tables to the newest version; two processes at once do it one after the other.

    Raises:
        ConfigError: the database can't be reached, or is of a newer version than this code.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    place = Path(str(files("goldentime"))) / "eval" / "service" / "migrations"
    config.set_main_option("script_location", str(place).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with database.engine.execution_options(writing=True).begin() as connection:
            if database.kind == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigError(f"database: expected tables of this version of goldentime, got others ({error})") from None
    except SQLAlchemyError as error:
        cause = _short(error) if isinstance(error, DBAPIError) else str(error)
        raise ConfigError(f"database: expected one that can be used, got: {cause}") from None
