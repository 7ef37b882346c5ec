"""The queue of leases, on both databases: nothing is held for ever, and nobody holds what another one holds."""

import random
import threading
import time

import pytest
from sqlalchemy import select, text, update

from goldentime.errors import ConfigError
from goldentime.eval.outcomes import Outcome
from goldentime.eval.service.database import migrate, open_database
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.leases import LeaseOptions, claim, expire, finish, give_back, new_lease, renew, retry_later
from goldentime.eval.service.tables import Base, Round, Submission, Team
from goldentime.eval.service.views import submissions_of
from goldentime.eval.submit.run import Verdict

DONE = Verdict(outcome=Outcome.OK, episodes={"ok": 2})


def fill(place, count: int) -> None:
    """So many submissions in the queue."""
    place.round()
    place.team()

    def work(session):
        one, team = session.scalars(select(Round)).one(), session.scalars(select(Team)).one()
        for number in range(count):
            told = {"key": f"k{number}", "name": "n", "sha256": f"{number:064x}", "digest": "", "size": 1, "uploaded": 0.0}
            session.add(Submission(round_id=one.id, team_id=team.id, state="queued", **told))

    place.database.write(work)


def row(place, number: int = 1) -> Submission:
    found = place.database.read(lambda session: session.get(Submission, number))
    assert isinstance(found, Submission)
    return found


def let_expire(place, number: int = 1) -> None:
    change = update(Submission).where(Submission.id == number).values(lease_until=1.0)
    place.database.write(lambda session: session.execute(change))


def test_first_come_first_flown_and_each_once(either):
    fill(either, 3)
    found = [claim(either.database, new_lease(), "w", either.leases) for _ in range(4)]
    assert [job and job.id for job in found] == [1, 2, 3, None]
    job = found[0]
    assert job is not None
    assert (job.team, job.mission, job.split, job.episodes, job.run) == ("alpha", "hover", "public", 2, "one-000001")
    assert [one.position for one in reversed(submissions_of(either.database))] == [None] * 3


def test_a_lease_is_asked_for_twice_when_an_answer_is_lost_and_given_once(either):
    fill(either, 2)
    lease = new_lease()
    first = claim(either.database, lease, "w", either.leases)
    assert claim(either.database, lease, "w", either.leases) == first
    assert row(either).attempts == 1 and row(either, 2).state == "queued"
    assert [finish(either.database, lease, DONE, 7) for _ in range(2)] == [True, True]
    assert (row(either).state, row(either).entry, row(either).flown) == ("done", 7, 2)
    assert claim(either.database, lease, "w", either.leases) is None, "a lease that is over takes nothing else"


def test_many_workers_at_once_never_hold_the_same(either):
    fill(either, 40)
    taken: list[int] = []

    def work() -> None:
        database = open_database(either.url)
        while (job := claim(database, new_lease(), "w", either.leases)) is not None:
            taken.append(job.id)
        database.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 41))


def test_a_silent_worker_loses_its_submission_and_can_no_longer_finish_it(either):
    fill(either, 1)
    slow, quick = new_lease(), new_lease()
    claim(either.database, slow, "slow", either.leases)
    assert renew(either.database, slow, either.leases, 0) and expire(either.database, either.leases) == 0
    let_expire(either)
    (told,) = submissions_of(either.database)
    assert told.state == "queued", "nobody is told that it is flown when no worker is heard of"
    assert expire(either.database, either.leases) == 1
    assert claim(either.database, quick, "quick", either.leases) is not None
    assert not renew(either.database, slow, either.leases, 1)
    assert not finish(either.database, slow, DONE, 3)
    assert finish(either.database, quick, DONE, 4) and row(either).entry == 4


def test_a_worker_that_was_only_slow_keeps_what_nobody_took(either):
    fill(either, 1)
    lease = new_lease()
    claim(either.database, lease, "w", either.leases)
    let_expire(either)
    assert renew(either.database, lease, either.leases, 0) and expire(either.database, either.leases) == 0


def test_attempts_are_bounded_unless_an_episode_ended_meanwhile(either):
    fill(either, 1)
    options = LeaseOptions(attempts=3, pause_s=0.0)
    for attempt in range(1, 4):
        lease = new_lease()
        job = claim(either.database, lease, "w", options)
        assert job is not None and job.attempts == attempt
        if attempt == 2:
            retry_later(either.database, lease, "no engine", options)
        elif attempt == 1:
            let_expire(either)
            expire(either.database, options)
        else:
            renew(either.database, lease, options, 1)  # an episode ended
            let_expire(either)
            expire(either.database, options)
    assert (row(either).state, row(either).attempts) == ("queued", 1)
    for _ in range(2):
        claim(either.database, new_lease(), "w", options)
        let_expire(either)
        expire(either.database, options)
    assert (row(either).state, row(either).outcome) == ("done", "infrastructure_error")
    assert row(either).text == "given up after 3 attempts: the worker w was lost"


def test_a_failure_of_the_referee_waits_longer_each_time(either):
    fill(either, 1)
    options = LeaseOptions(attempts=5, pause_s=100.0)
    lease = new_lease()
    claim(either.database, lease, "w", options)
    retry_later(either.database, lease, "no engine", options)
    assert claim(either.database, new_lease(), "w", options) is None
    assert 90 < row(either).not_before - time.time() < 110


def test_a_worker_that_is_told_to_stop_gives_back_what_it_holds(either):
    fill(either, 1)
    lease = new_lease()
    claim(either.database, lease, "w", either.leases)
    give_back(either.database, lease)
    assert (row(either).state, row(either).attempts) == ("queued", 0)


def test_connections_that_are_cut_at_random_moments_lose_and_double_nothing(either):
    """PostgreSQL's backends are ended while four workers and this test write; on SQLite only the race is left of it."""
    fill(either, 30)
    rng, over = random.Random(5), threading.Event()
    finished: list[int] = []
    cuts: list[int] = []

    def work() -> None:
        database = open_database(either.url)
        while (job := claim(database, new_lease(), "w", either.leases)) is not None:
            renew(database, job.lease, either.leases, 1)
            time.sleep(0.02)
            if finish(database, job.lease, DONE, job.id):
                finished.append(job.id)
        database.close()

    def cut() -> None:
        others = "pid <> pg_backend_pid() and datname = current_database()"
        ask = text(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
        while len(cuts) < 6 and not over.wait(rng.uniform(0.05, 0.3)) and either.database.kind == "postgresql":
            with either.database.engine.connect() as connection:
                cuts.append(len(connection.execute(ask).all()))

    cutter = threading.Thread(target=cut)
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in (cutter, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    cutter.join()
    assert sorted(finished) == list(range(1, 31))
    assert either.database.kind == "sqlite" or sum(cuts) >= 3, "hardly any connection was cut"
    rows = either.database.read(lambda session: list(session.scalars(select(Submission))))
    assert all((one.state, one.entry, one.attempts) == ("done", one.id, 1) for one in rows)


def test_the_migrations_make_the_tables_that_the_code_has(either):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    migrate(either.database)  # a second time changes nothing
    with either.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_database_of_another_version_is_refused_with_one_sentence(either):
    with either.database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"expected tables of this version of goldentime, got others .*9999"):
        migrate(either.database)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite://"])
def test_an_address_of_no_database_that_we_know_is_refused(url):
    with pytest.raises(ConfigError, match=r"database: expected sqlite:///FILE or postgresql://"):
        open_database(url)


def test_a_database_that_does_not_answer_is_told_of_after_some_tries(monkeypatch):
    monkeypatch.setattr("goldentime.eval.service.database._PAUSES_S", (0.0, 0.01))
    database = open_database("postgresql://nobody@/none?host=/nowhere")
    with pytest.raises(Fault, match="database: expected an answer, got none") as caught:
        database.read(lambda session: session.scalars(select(Team)).all())
    assert caught.value.status == 503
