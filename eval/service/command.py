"""The commands `serve` and `serve worker`."""

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.eval.referee.secret import ENVIRONMENT

__all__ = ["serve_command"]

_NEEDED = ("alembic", "cryptography", "fastapi", "msgpack", "psycopg", "python_multipart", "sqlalchemy", "uvicorn")
DATABASE_ENVIRONMENT = "GOLDENTIME_DATABASE"


def serve_command(arguments: list[str]) -> int:
    """`goldentime serve FOLDER` and `goldentime serve worker FOLDER`."""
    is_worker = arguments[:1] == ["worker"]
    options = _worker_parser().parse_args(arguments[1:]) if is_worker else _parser().parse_args(arguments)
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if absent:
        raise MissingDependencyError(
            f"serve needs {', '.join(absent)}; install the extra: pip install 'goldentime[service]' "
            "(from a clone: pip install -e '.[service]')"
        )
    return _work(options) if is_worker else _serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="goldentime serve",
        description="Take submissions from teams, fly them, enter them in a ledger, show the board.",
        epilog="'goldentime serve worker FOLDER' runs a further worker, also on another machine that sees the folder.",
    )
    _common(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at; others than this machine need a proxy")
    parser.add_argument("--port", type=int, default=8020)
    parser.add_argument("--workers", type=int, default=1, help="worker processes that this one starts; 0 for none")
    parser.add_argument("--no-wall", action="store_true", help="offer the engine 'process', for agents of your own only")
    parser.add_argument("--name", default="Golden Time", help="of the contest, for a new ledger")
    return parser


def _worker_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="goldentime serve worker", description="Fly what is in a service's queue.")
    _common(parser)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="of the service's data; a new one is filled")
    parser.add_argument(
        "--database",
        default=os.environ.get(DATABASE_ENVIRONMENT),
        help=f"postgresql://USER:PASSWORD@HOST/NAME, better in ${DATABASE_ENVIRONMENT}; default: SQLite in the folder",
    )
    parser.add_argument("--processes", type=int, default=1, help="of a worker, that fly episodes of one submission")
    parser.add_argument("--lease", type=float, default=60.0, metavar="S", help="so long a worker may be silent")
    parser.add_argument("--attempts", type=int, default=5, help="without an ended episode, before a submission is given up")
    parser.add_argument("--pause", type=float, default=20.0, metavar="S", help="before the first further attempt")


def _check(options: argparse.Namespace) -> None:
    for name, least in (("processes", 1), ("attempts", 1), ("workers", 0), ("port", 0)):
        value = getattr(options, name, least)
        if value < least:
            raise ConfigError(f"--{name}: expected at least {least}, got {value}")
    if not options.lease >= 1 or not options.pause >= 0:
        raise ConfigError(f"--lease, --pause: expected at least 1 and 0 s, got {options.lease} and {options.pause}")


def _serve(options: argparse.Namespace) -> int:
    import uvicorn

    from goldentime.eval.service.app import make_app
    from goldentime.eval.service.crew import Crew
    from goldentime.eval.service.database import migrate, open_database
    from goldentime.eval.service.home import make_home
    from goldentime.eval.service.leases import LeaseOptions
    from goldentime.eval.service.web import Service

    _check(options)
    home = make_home(options.folder, options.name)
    database = open_database(options.database or home.database_url())
    migrate(database)
    leases = LeaseOptions(lease_s=options.lease, attempts=options.attempts, pause_s=options.pause)
    app = make_app(Service(home, database, leases, no_wall=options.no_wall))
    print(f"data in               {home.path} ({database.kind})")
    print(f"organiser's token in  {home.token_file}")
    print(f"public key of ledger  {home.key_file}.pub")
    print(f"open this             http://{options.host}:{options.port}/", flush=True)
    told = [f"--processes={options.processes}", f"--lease={options.lease}", f"--attempts={options.attempts}"]
    if options.database:
        os.environ[DATABASE_ENVIRONMENT] = options.database  # a password is no matter for the list of processes
    with Crew(home, options.workers, [*told, f"--pause={options.pause}"]):
        uvicorn.run(app, host=options.host, port=options.port, log_level="warning", timeout_graceful_shutdown=10)
    database.close()
    return 0


def _work(options: argparse.Namespace) -> int:
    from goldentime.eval.service.database import migrate, open_database
    from goldentime.eval.service.home import Home
    from goldentime.eval.service.leases import LeaseOptions
    from goldentime.eval.service.worker import WorkOptions, work_until_stopped

    _check(options)
    home = Home(options.folder)
    if not home.session_file.is_file():
        raise ConfigError(f"{options.folder}: expected the folder of a service, got another; 'goldentime serve' makes one")
    os.environ.setdefault(ENVIRONMENT, str(home.secret_file))
    database = open_database(options.database or home.database_url())
    migrate(database)
    leases = LeaseOptions(lease_s=options.lease, attempts=options.attempts, pause_s=options.pause)
    try:
        work_until_stopped(home, database, WorkOptions(leases=leases, processes=options.processes, parent=options.parent))
    except KeyboardInterrupt:
        print("worker stops", file=sys.stderr)
    return 0
