"""Handing in: what fits is in the queue once, and of everything else nothing is left."""

import socket
import threading
import time
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select

from goldentime.eval.service.tables import Submission
from goldentime.eval.service.uploads import Door

URL = "/api/rounds/one/submissions"
KINDS = (
    "a path that leads out",
    "an absolute path",
    "no archive",
    "nothing",
    "cut off",
    "changed",
    "another hash",
    "no hash",
    "too large",
    "a bomb",
)


def rows(place):
    return place.database.read(lambda session: list(session.scalars(select(Submission).order_by(Submission.id))))


def eventually(holds) -> bool:
    """Whether something comes true within some seconds."""
    for _ in range(3000):
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_an_archive_is_in_the_queue_once_however_often_it_is_sent(either, packed, bearer):
    either.round()
    token, archive = either.team(), packed()
    with either.served() as client:
        first = client.post(URL, content=archive, headers=bearer(token, archive))
        again = client.post(URL, content=archive, headers=bearer(token, archive))
        assert (first.status_code, first.json()) == (201, {"id": 1, "new": True, "status": "/api/submissions/1"})
        assert (again.status_code, again.json()) == (200, {"id": 1, "new": False, "status": "/api/submissions/1"})
        told = client.get("/api/submissions/1", headers=bearer(token)).json()
        left = client.get("/api/rounds", headers=bearer(token)).json()[0]["left"]
    (row,) = rows(either)
    assert either.home.upload(row.key).read_bytes() == archive
    assert (told["state"], told["position"], told["name"], told["size"]) == ("queued", 1, "first", len(archive))
    assert left == 2 and either.left() == [f"{row.key}.zip"]


def test_the_form_of_the_page_does_the_same(place, packed):
    place.round()
    token, archive = place.team(), packed()
    with place.served() as client:
        assert client.post("/sign-in", data={"token": token}).headers["location"] == "/team"
        sent = client.post("/team/rounds/one", data={"sha256": ""}, files={"archive": ("mine.zip", archive)})
        assert (sent.status_code, sent.headers["location"]) == (303, "/team")
        with_script = client.post("/team/rounds/one", files={"archive": ("a.zip", archive)}, headers={"hx-request": "true"})
        assert with_script.headers["hx-redirect"] == "/team"
        wrong = client.post("/team/rounds/one", data={"sha256": "0" * 64}, files={"archive": ("mine.zip", archive + b" ")})
        assert wrong.status_code == 422 and f"sha256: expected {'0' * 64}, got" in wrong.text
        assert "first" in client.get("/team").text
    (row,) = rows(place)
    assert place.home.upload(row.key).read_bytes() == archive and len(place.left()) == 1


def bomb() -> bytes:
    """100 MB of zeros, packed to less than 1 MiB."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("MANIFEST.json", '{"format": 1, "files": {"zeros": {"size": 10, "sha256": ""}}}')
        with archive.open("zeros", "w") as stream:
            for _ in range(10):
                stream.write(bytes(10_000_000))
    return target.getvalue()


def refused(archive: bytes) -> dict[str, tuple[bytes, dict[str, str], int, str]]:
    """Archive, heads that differ, status and a piece of the answer."""
    return {
        "a path that leads out": (
            archive.replace(b"agent.py", b"../ag.py"),
            {},
            422,
            "leads out of the submission: '../ag.py'",
        ),
        "an absolute path": (archive.replace(b"agent.py", b"/etc/pwd"), {}, 422, "leads out of the submission: '/etc/pwd'"),
        "no archive": (b"hello", {}, 422, "archive: expected a ZIP file, got something else"),
        "nothing": (b"", {}, 422, "archive: expected a ZIP file, got something else"),
        "cut off": (archive[:-30], {}, 422, "archive: expected a ZIP file"),
        "changed": (archive.replace(b"ready", b"reedy"), {}, 422, "damaged: Bad CRC-32 for file 'agent.py'"),
        "another hash": (archive, {"x-content-sha256": "0" * 64}, 422, f"sha256: expected {'0' * 64}, got"),
        "no hash": (archive, {"x-content-sha256": "x"}, 422, "sha256: expected 64 hexadecimal digits, got 'x'"),
        "too large": (archive + bytes(1 << 20), {}, 413, "archive: expected at most 1048576 bytes, got more than 1048576"),
        "a bomb": (bomb(), {}, 422, "archive: larger than the 10 bytes of its manifest: 'zeros'"),
    }


@pytest.fixture(scope="module")
def kinds(packed):
    return refused(packed())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_refused_leaves_nothing(place, kinds, bearer, kind):
    place.round()
    token = place.team()
    archive, differs, status, text = kinds[kind]
    with place.served() as client:
        answer = client.post(URL, content=archive, headers={**bearer(token, archive), **differs})
    assert (answer.status_code, text in answer.json()["error"]) == (status, True), answer.text
    assert str(place.home.path) not in answer.text
    assert (rows(place), place.left()) == ([], [])


@pytest.mark.parametrize(
    ("team", "more", "text"),
    [
        ("beta", "", "submission.yaml.team: expected 'alpha', got 'beta'"),
        ("alpha", "resources: {memory_mib: 99999}\n", "the referee grants up to 4096, got 99999"),
        ("alpha", "action_mode: telepathy\n", "submission.yaml.action_mode: hover.action_mode: Input should be 'rotor'"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(place, packed, bearer, team, more, text):
    place.round()
    token, archive = place.team(), packed(team=team, more=more)
    with place.served() as client:
        answer = client.post(URL, content=archive, headers=bearer(token, archive))
    assert answer.status_code == 422 and text in answer.json()["error"]
    assert (rows(place), place.left()) == ([], [])


def test_the_size_is_counted_as_the_bytes_come_and_not_believed(place, bearer):
    place.round()
    token = place.team()
    sent = []

    def endless():
        for _ in range(400):
            sent.append(place.left())
            yield bytes(65_536)

    with place.served() as client:
        answer = client.post(URL, content=endless(), headers=bearer(token))
        assert answer.status_code == 413
    assert len(sent) > 16 and place.left() == []


def test_an_upload_that_breaks_off_leaves_nothing(place, packed, bearer):
    place.round()
    token, archive = place.team(), packed()
    with place.served() as client:
        connection = socket.create_connection((client.base_url.host, client.base_url.port))
        head = [f"POST {URL} HTTP/1.1", "host: here", f"content-length: {len(archive)}"]
        head += [f"{name}: {value}" for name, value in bearer(token, archive).items()]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + archive[:300])
        assert eventually(lambda: len(place.left()) == 1)
        connection.close()
        assert eventually(lambda: place.left() == [])
    assert rows(place) == []


def test_an_upload_that_stalls_is_ended(place, packed, bearer):
    place.round()
    token, archive = place.team(), packed()

    def slow():
        yield archive[:100]
        time.sleep(1.5)
        yield archive[100:]

    with place.served(door=Door(place.home, place.database, stall_s=0.3)) as client:
        answer = client.post(URL, content=slow(), headers=bearer(token, archive))
    assert answer.status_code == 408 and "its next bytes within 0.3 s" in answer.json()["error"]
    assert (rows(place), place.left()) == ([], [])


def test_one_upload_of_a_team_at_a_time(place, packed, bearer):
    place.round()
    token, archive = place.team(), packed()
    go_on = threading.Event()

    def slow():
        yield archive[:100]
        go_on.wait(20)
        yield archive[100:]

    with place.served() as client:
        answers = []
        first = threading.Thread(
            target=lambda: answers.append(client.post(URL, content=slow(), headers=bearer(token, archive)))
        )
        first.start()
        assert eventually(lambda: len(place.left()) == 1)
        second = client.post(URL, content=archive, headers=bearer(token, archive))
        go_on.set()
        first.join()
    assert second.status_code == 409 and "one upload at a time" in second.json()["error"]
    assert answers[0].status_code == 201


def test_the_quota_is_of_a_team_and_a_round(either, packed, bearer):
    either.round(quota=2)
    either.round("two", quota=2)
    tokens = {team: either.team(team) for team in ("alpha", "beta")}
    with either.served() as client:

        def send(team: str, name: str, to: str = "one"):
            archive = packed(team=team, name=name)
            answer = client.post(f"/api/rounds/{to}/submissions", content=archive, headers=bearer(tokens[team], archive))
            return answer.status_code

        assert [send("alpha", name) for name in "abc"] == [201, 201, 429]
        assert send("alpha", "a") == 200, "an archive that was handed in before is no further one"
        assert (send("beta", "a"), send("alpha", "c", "two")) == (201, 201)
        number = rows(either)[0].id

        def broken(session):
            row = session.get(Submission, number)
            row.state, row.outcome = "done", "infrastructure_error"

        either.database.write(broken)
        assert [send("alpha", name) for name in "cd"] == [201, 429], "what the referee broke is not charged"


def test_a_closed_round_and_an_unknown_one_take_nothing(place, packed, bearer):
    from goldentime.eval.service.rounds import set_open

    place.round()
    token, archive = place.team(), packed()
    set_open(place.database, "one", False)
    with place.served() as client:
        closed = client.post(URL, content=archive, headers=bearer(token, archive))
        unknown = client.post("/api/rounds/two/submissions", content=archive, headers=bearer(token, archive))
        nobody = client.post(URL, content=archive, headers=bearer("0123456789ab." + "x" * 43, archive))
        assert (closed.status_code, unknown.status_code, nobody.status_code) == (409, 404, 401)
        assert closed.json() == {"error": "round: expected an open one, got one, which is closed"}
        assert nobody.json() == {"error": "token: expected a team's token, got another text"}
    assert (rows(place), place.left()) == ([], [])


def test_what_a_kill_left_is_swept_and_what_is_under_way_is_not(place, packed, bearer):
    place.round()
    token, archive = place.team(), packed()
    go_on = threading.Event()

    def slow():
        yield archive[:100]
        go_on.wait(20)
        yield archive[100:]

    with place.served(sweep_s=0.2) as client:
        answers = []
        sending = threading.Thread(
            target=lambda: answers.append(client.post(URL, content=slow(), headers=bearer(token, archive)))
        )
        sending.start()
        assert eventually(lambda: len(place.left()) == 1)
        (own,) = place.left()
        (place.home.uploads / "0123.zip").write_bytes(archive)
        (place.home.checking / "0123").mkdir()
        assert eventually(lambda: place.left() == [own]), place.left()
        go_on.set()
        sending.join()
        time.sleep(0.5)
    assert answers[0].status_code == 201 and place.left() == [own]
