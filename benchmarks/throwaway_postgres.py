"""A PostgreSQL of one's own in a temporary folder, for tests and benchmarks: Debian's programs, no service, no port."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

__all__ = ["new_database", "postgres_cluster", "postgres_programs"]


def postgres_programs() -> Path | None:
    """The folder of initdb and postgres, which Debian keeps out of the path; None where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """Start one; it is reached by a socket in its folder. In the address stands `{name}` for a database's name.

    PostgreSQL refuses root, so that root's runs as `nobody`.
    """
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL here: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="goldentime-postgres-"))
    quiet: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        quiet |= {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    data = folder / "data"
    subprocess.run([programs / "initdb", "-D", data, "-U", "referee", "-A", "trust", "--no-sync"], check=True, **quiet)
    call = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen(call, **quiet)
    try:
        address = f"postgresql+psycopg://referee@/{{name}}?host={folder}"
        _wait_for(address.format(name="postgres"))
        yield address
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str) -> None:
    engine = create_engine(address)
    for _ in range(400):
        try:
            engine.connect().close()
        except OperationalError:
            time.sleep(0.05)
        else:
            return engine.dispose()
    raise RuntimeError("PostgreSQL did not start")


def new_database(address: str) -> str:
    """Make a database; its address."""
    name = f"t{time.monotonic_ns()}"
    engine = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create database {name}"))
    engine.dispose()
    return address.format(name=name)
