"""Services in small, on both databases, and what to hand in to them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import httpx
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("sqlalchemy")

import uvicorn

from goldentime.eval.service.app import make_app
from goldentime.eval.service.database import Database, migrate, open_database
from goldentime.eval.service.home import Home, make_home
from goldentime.eval.service.leases import LeaseOptions
from goldentime.eval.service.rounds import RoundForm, add_team, open_round
from goldentime.eval.service.web import Service
from goldentime.eval.submit.pack import pack

AGENT = """
import numpy as np
class Agent:
    def reset(self, brief): print("ready")
    def act(self, seen): return {"motion": np.zeros(4, np.float32)}
"""
SHORT = {"scenario": {"time_limit_s": 0.2}}


def _postgres() -> ModuleType:
    """The module of the benchmarks that starts a PostgreSQL; not a part of the package."""
    path = Path(__file__).parents[2] / "benchmarks/throwaway_postgres.py"
    spec = spec_from_file_location("throwaway_postgres", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def cluster():
    postgres = _postgres()
    if postgres.postgres_programs() is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    with postgres.postgres_cluster() as address:
        yield partial(postgres.new_database, address)


class Place:
    """A service's folder and database with a round and two teams."""

    def __init__(self, path: Path, url: str | None) -> None:
        self.home: Home = make_home(path)
        self.url = url or self.home.database_url()
        self.database: Database = open_database(self.url)
        migrate(self.database)
        self.leases = LeaseOptions(lease_s=30.0, attempts=3, pause_s=0.0)

    def round(self, name: str = "one", **more: object) -> None:
        told = {"mission": "hover", "episodes": 2, "quota": 3, "size_mib": 1, "engine": "process", "settings": SHORT}
        open_round(self.home, self.database, RoundForm(name=name, **{**told, **more}))  # type: ignore[arg-type]

    def team(self, name: str = "alpha") -> str:
        return add_team(self.database, name).text

    @contextmanager
    def served(self, sweep_s: float = 60.0, **more: object) -> Iterator[httpx.Client]:
        """A client of the service, which runs in a thread of its own."""
        service = Service(self.home, self.database, self.leases)
        for name, value in more.items():
            setattr(service, name, value)
        config = uvicorn.Config(make_app(service, sweep_s=sweep_s), log_level="error", lifespan="on")
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with httpx.Client(base_url=base, timeout=30, headers={"origin": base}) as client:
                while not server.started:
                    time.sleep(0.01)
                yield client
        finally:
            server.should_exit = True
            thread.join(20)
            listening.close()

    def left(self) -> list[str]:
        """What lies in the folders of uploads."""
        return sorted(path.name for folder in (self.home.uploads, self.home.checking) for path in folder.iterdir())


@pytest.fixture(scope="session")
def make_place():
    """The class of the fixtures below."""
    return Place


@pytest.fixture
def place(tmp_path):
    """On SQLite."""
    found = Place(tmp_path / "service", None)
    yield found
    found.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request, tmp_path):
    """On SQLite, and on PostgreSQL."""
    url = request.getfixturevalue("cluster")() if request.param == "postgresql" else None
    found = Place(tmp_path / "service", url)
    yield found
    found.database.close()


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """Makes archives of team `alpha`, or another: one for each content."""

    def make(team: str = "alpha", name: str = "first", code: str = AGENT, more: str = "") -> bytes:
        folder = tmp_path_factory.mktemp("submission")
        (folder / "agent.py").write_text(code)
        (folder / "submission.yaml").write_text(f"team: {team}\nname: {name}\nentry: agent.py:Agent\n{more}")
        return pack(folder, folder.with_suffix(".zip")).path.read_bytes()

    return make


def heads(token: str, archive: bytes = b"", **more: str) -> dict[str, str]:
    """What a program of a team sends along."""
    return {"authorization": f"Bearer {token}", "x-content-sha256": sha256(archive).hexdigest(), **more}


@pytest.fixture
def bearer():
    return heads
