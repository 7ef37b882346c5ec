"""The pages: who may see and do what, in two languages, with plain forms."""

import re
from pathlib import Path

import pytest

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.service.home import TOKEN_ENVIRONMENT, Home, make_home
from goldentime.eval.service.tables import Submission, Team
from goldentime.eval.service.views import log_names, teams_of
from goldentime.eval.service.words import LANGUAGES, words

TOKEN = re.compile(r'class="token">([^<]+)<')


def organiser(place, client) -> None:
    """Sign in as the organiser."""
    answer = client.post("/sign-in", data={"token": place.home.organiser_token()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/organiser")


def in_queue(place, packed, client, token: str, bearer, name: str = "first") -> int:
    archive = packed(name=name)
    answer = client.post("/api/rounds/one/submissions", content=archive, headers=bearer(token, archive))
    number: int = answer.json()["id"]
    return number


def set_row(place, number: int, **values) -> None:
    def work(session):
        row = session.get(Submission, number)
        for name, value in values.items():
            setattr(row, name, value)

    place.database.write(work)


def test_a_fresh_folder_has_all_that_is_needed_and_nobody_else_can_read_it(tmp_path):
    home = make_home(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    for file in (home.token_file, home.session_file, home.secret_file, home.key_file):
        assert file.stat().st_mode & 0o777 == 0o600, file
    before = home.organiser_token()
    assert make_home(tmp_path / "new").organiser_token() == before
    home.token_file.chmod(0o644)
    with pytest.raises(ConfigError, match="mode 0600, got 0644"):
        make_home(tmp_path / "new")


def test_a_folder_of_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.tex").write_text("")
    assert main(["serve", str(tmp_path)]) == 2
    assert "expected a new or empty folder or one of a service" in capsys.readouterr().err
    assert main(["serve", "worker", str(tmp_path)]) == 2
    assert "expected the folder of a service" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_organisers_token_may_lie_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv(TOKEN_ENVIRONMENT, str(tmp_path / "mine"))
    (tmp_path / "mine").write_text("short\n")
    (tmp_path / "mine").chmod(0o600)
    with pytest.raises(ConfigError, match="expected at least 24 letters, got 5"):
        make_home(tmp_path / "service")
    (tmp_path / "mine").write_text("a long sentence that nobody guesses\n")
    assert make_home(tmp_path / "service").organiser_token() == "a long sentence that nobody guesses"
    assert not (tmp_path / "service/organiser.token").exists()


def test_without_the_extra_the_command_says_how_to_install_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("goldentime.eval.service.command.find_spec", lambda name: None if name == "fastapi" else True)
    assert main(["serve", str(tmp_path / "new")]) == 2
    assert "serve needs fastapi; install the extra: pip install 'goldentime[service]'" in capsys.readouterr().err


def test_an_organiser_opens_a_round_and_adds_a_team_whose_token_is_shown_once(place):
    with place.served() as client:
        organiser(place, client)
        form = {"name": "final", "mission": "hover", "epoch": "r1", "episodes": "2", "quota": "3", "size_mib": "4"}
        opened = client.post("/organiser/rounds", data={**form, "engine": "auto", "limits": "step_s: 0.5", "settings": ""})
        assert (opened.status_code, opened.headers["location"]) == (303, "/organiser")
        added = client.post("/organiser/teams", data={"name": "불씨 <b>"})
        token = TOKEN.search(added.text)
        assert token is not None and "불씨 &lt;b&gt;" in added.text
        page = client.get("/organiser").text
        assert token[1] not in page and token[1].partition(".")[0] in page and "hidden-r1" in page
        assert client.post("/organiser/teams", data={"name": "불씨 <b>"}).status_code == 409
        renewed = TOKEN.search(client.post("/organiser/teams/token", data={"name": "불씨 <b>"}).text)
        assert renewed is not None and renewed[1] != token[1]
        api = {name: client.get("/api/rounds", headers={"authorization": f"Bearer {text}"}) for name, text in
               (("old", token[1]), ("new", renewed[1]))}  # fmt: skip
    assert (api["old"].status_code, api["new"].status_code) == (401, 200)
    assert api["new"].json()[0]["limits"] == {"step_s": 0.5}
    stored = place.database.read(lambda session: session.get(Team, 1))
    assert renewed[1] not in str(vars(stored)) and len(stored.token_hash) == 64
    assert renewed[1].encode() not in b"".join(path.read_bytes() for path in place.home.path.glob("service.db*"))
    kinds = [link.entry.kind for link in check_chain(place.home.ledger.read_bytes(), "ledger").links]
    assert kinds == ["opening", "commitment"], "the seeds are fixed in public before anyone can hand in"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("name", "Final!", "round: name: expected at most 40 of a-z, 0-9, '.' and '-', got 'Final!'"),
        ("mission", "moon", "mission: expected one of"),
        ("epoch", "R 1", "epoch: expected at most 32 of a-z"),
        ("episodes", "0", "episodes: expected 1 to 10000, got 0"),
        (
            "episodes",
            "many",
            "round.episodes: Input should be a valid integer, unable to parse string as an integer, got 'many'",
        ),
        ("engine", "magic", "engine: expected auto or one of"),
        ("engine", "process", "engine: expected one of auto, bubblewrap, podman, got process, which has no wall"),
        ("limits", "step_s: -1", "step_s: must be above 0, got -1"),
        ("limits", "speed: 1", "limits.speed: unknown key (got 1)"),
        ("limits", "[1", "round.limits: expected YAML or JSON, got"),
        ("settings", "fly: high", "hover.fly: unknown key"),
        ("colour", "red", "round.colour: unknown key (got 'red')"),
    ],
)
def test_a_round_that_does_not_fit_is_answered_with_what_does_not(served_by_organiser, field, value, text):
    form = {"name": "final", "mission": "hover", field: value}
    answer = served_by_organiser.post("/organiser/rounds", data=form)
    told = re.search(r'role="alert">(.*?)</p>', answer.text, re.DOTALL)
    assert answer.status_code == 422 and told is not None
    assert text in told[1].replace("&#39;", "'").replace("&lt;", "<").replace("\n", " ")


@pytest.fixture(scope="module")
def served_by_organiser(tmp_path_factory, make_place):
    place = make_place(tmp_path_factory.mktemp("organiser") / "service", None)
    with place.served() as client:
        organiser(place, client)
        yield client
    place.database.close()


def test_another_sites_page_can_make_nobody_do_anything(place):
    with place.served() as client:
        organiser(place, client)
        form = {"name": "gamma"}
        for heads in ({"origin": "http://evil.example"}, {"origin": "null"}, {"origin": ""}):
            answer = client.post("/organiser/teams", data=form, headers=heads)
            assert answer.status_code == 403 and "Origin: expected 127.0.0.1:" in answer.text
        del client.headers["origin"]
        assert client.post("/organiser/teams", data=form).status_code == 403
        assert client.post("/organiser/teams", data=form, headers={"sec-fetch-site": "same-origin"}).status_code == 200
        assert len(teams_of(place.database)) == 1
        cookie = client.post(
            "/sign-in", data={"token": place.home.organiser_token()}, headers={"sec-fetch-site": "same-origin"}
        )
    assert "HttpOnly" in cookie.headers["set-cookie"] and "SameSite=strict" in cookie.headers["set-cookie"]


def test_a_session_ends_with_its_token_and_is_not_made_by_others(place):
    from goldentime.eval.service.rounds import renew_token

    token = place.team()
    with place.served() as client:
        client.post("/sign-in", data={"token": token})
        assert client.get("/team").status_code == 200
        good = client.cookies["goldentime"]
        who, until, code = good.split(".")
        for forged in (
            f"organiser.{until}.{code}",
            f"2.{until}.{code}",
            f"{who}.{int(until) + 1}.{code}",
            f"{who}.1.{code}",
            "x",
        ):
            client.cookies.clear()
            client.cookies.set("goldentime", forged)
            assert (client.get("/team").status_code, client.get("/organiser").status_code) == (401, 401), forged
        client.cookies.clear()
        client.cookies.set("goldentime", good)
        assert client.get("/organiser").status_code == 401, "a team is no organiser"
        renew_token(place.database, "alpha")
        assert client.get("/team").status_code == 401
        assert client.post("/sign-in", data={"token": token}).status_code == 401


def test_a_team_sees_its_own_submissions_and_logs_and_nothing_of_others(place, packed, bearer):
    place.round()
    tokens = {name: place.team(name) for name in ("alpha", "beta")}
    with place.served() as client:
        number = in_queue(place, packed, client, tokens["alpha"], bearer)
        run = place.home.runs / f"one-{number:06d}"
        (run / "team").mkdir(parents=True)
        (run / "run.json").write_text("seeds")
        (run / "team/0000.txt").write_text("ours")
        (run / "team/0001.txt").symlink_to(place.home.secret_file)
        (run / "team/secret").write_text("no log")
        set_row(place, number, text="the disk of the referee is full at /srv/secret")
        addresses = {f"/api/submissions/{number}{more}" for more in ("", "/logs", "/logs/0000.txt")}
        own = {address: client.get(address, headers=bearer(tokens["alpha"])) for address in addresses}
        assert all(answer.status_code == 200 for answer in own.values())
        assert own[f"/api/submissions/{number}"].json()["text"] == "", "what the referee broke is the organiser's to read"
        assert own[f"/api/submissions/{number}/logs"].json() == ["0000.txt"]
        assert own[f"/api/submissions/{number}/logs/0000.txt"].text == "ours"
        for name in ("0001.txt", "secret", "run.json", "..%2Frun.json", "%2e%2e/run.json"):
            assert client.get(f"/api/submissions/{number}/logs/{name}", headers=bearer(tokens["alpha"])).status_code == 404
        for address in addresses:
            answer = client.get(address, headers=bearer(tokens["beta"]))
            assert (answer.status_code, answer.json()) == (
                404,
                {"error": f"submission: expected one of your own, got {number}"},
            )
        assert client.get("/api/submissions", headers=bearer(tokens["beta"])).json() == []
        client.post("/sign-in", data={"token": tokens["beta"]})
        pages = {client.get(f"/team/submissions/{number}{more}").status_code for more in ("", "/details", "/logs/0000.txt")}
        assert pages == {404} and "<bdi>first" not in client.get("/team").text
        client.post("/sign-in", data={"token": tokens["alpha"]})
        assert "0000" not in client.get("/team").text
        assert "<bdi>first" in client.get(f"/team/submissions/{number}").text
        assert client.get(f"/team/submissions/{number}/logs/0000.txt").text == "ours"
    assert log_names(Home(place.home.path), run.name) == ["0000.txt"]


def test_only_what_the_referee_broke_is_flown_again(place, packed, bearer):
    place.round()
    token = place.team()
    with place.served() as client:
        broken, fine = (in_queue(place, packed, client, token, bearer, name) for name in ("a", "b"))
        set_row(place, broken, state="done", outcome="infrastructure_error", text="no engine")
        set_row(place, fine, state="done", outcome="ok", entry=5)
        (place.home.runs / f"one-{broken:06d}").mkdir()
        assert client.get("/api/rounds", headers=bearer(token)).json()[0]["left"] == 2
        organiser(place, client)
        assert "no engine" in client.get("/organiser").text
        answer = client.post(f"/organiser/submissions/{fine}/requeue")
        assert answer.status_code == 409 and f"got {fine}, which is ok" in answer.text
        assert client.post("/organiser/submissions/77/requeue").status_code == 404
        assert client.post(f"/organiser/submissions/{broken}/requeue", data={"anew": "yes"}).status_code == 303
        told = client.get(f"/api/submissions/{broken}", headers=bearer(token)).json()
    assert (told["state"], told["outcome"], told["attempts"]) == ("queued", None, 0)
    assert not (place.home.runs / f"one-{broken:06d}").exists() and len(list(place.home.aside.iterdir())) == 1


def test_what_waits_is_withdrawn_with_a_reason_and_what_flies_is_not(place, packed, bearer):
    place.round(quota=1)
    token = place.team()
    with place.served() as client:
        number = in_queue(place, packed, client, token, bearer)
        organiser(place, client)
        address = f"/organiser/submissions/{number}/withdraw"
        assert client.post(address, data={"reason": ""}).status_code == 422
        set_row(place, number, state="running", lease="l", lease_until=1e12)
        assert client.post(address, data={"reason": "asked for"}).status_code == 409
        set_row(place, number, state="queued")
        assert client.post(address, data={"reason": "asked for"}).status_code == 303
        told = client.get(f"/api/submissions/{number}", headers=bearer(token)).json()
        left = client.get("/api/rounds", headers=bearer(token)).json()[0]["left"]
    assert (told["state"], told["text"], told["position"], left) == ("withdrawn", "asked for", None, 1)


def test_every_page_is_in_both_languages_and_keeps_strangers_words_apart(place, packed, bearer):
    place.round()
    evil = "<script>alert(1)</script>"
    token = place.team(evil)
    with place.served() as client:
        archive = packed(team=evil, name="'\"''>{{w}}'")
        client.post("/api/rounds/one/submissions", content=archive, headers=bearer(token, archive))
        client.post("/sign-in", data={"token": token})
        addresses = ["/", "/team", "/team/submissions/1"]
        pages = {
            (address, lang): client.get(address, params={"lang": lang}).text for address in addresses for lang in LANGUAGES
        }
        organiser(place, client)
        pages |= {("/organiser", lang): client.get("/organiser", params={"lang": lang}).text for lang in LANGUAGES}
        remembered = client.get("/").text
    for (address, lang), text in pages.items():
        assert f'<html lang="{lang}">' in text and evil not in text, address
        assert "한국어" in text if lang == "en" else "English" in text
        assert not re.search(r"<script(?! src=)|\son\w+=|style=", text), "the policy lets no script or style in a page run"
    assert '<html lang="ko">' in remembered
    korean, english = words("ko"), words("en")
    assert korean.keys() == english.keys() and all(korean[key] for key in korean)


def test_answers_have_heads_that_hold_a_browser_back(place):
    (place.home.board / "runs").mkdir(parents=True)
    (place.home.board / "index.html").write_text("<p>ranks")
    (place.home.board / "evil").symlink_to(place.home.secret_file)
    with place.served() as client:
        page, board = client.get("/"), client.get("/board/")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert (page.headers["x-content-type-options"], page.headers["cache-control"]) == ("nosniff", "no-store")
        assert board.text == "<p>ranks" and board.headers["content-security-policy"].startswith("sandbox")
        for path in ("evil", "../secret", "%2e%2e/secret", "..%2fsecret", "%2fetc%2fpasswd", "runs"):
            assert client.get(f"/board/{path}").status_code == 404, path
        script = client.get("/static/htmx.min.js")
        assert script.status_code == 200 and client.get("/static/app.py").status_code == 404
        assert client.get("/nothing").status_code == 404 and client.get("/organiser").status_code == 401


def test_programs_are_told_the_same_in_json_and_can_read_how_to_ask(place):
    token = place.team()
    with place.served() as client:
        heads = {"authorization": f"Bearer {token}"}
        told = {path: client.get(path, headers=heads).json()["error"] for path in ("/api/x", "/api/submissions/0")}
        missing = client.post("/api/rounds/one/submissions", headers=heads)
        method = client.delete("/api/rounds", headers=heads)
        schema = client.get("/openapi.json").json()
    assert told["/api/x"] == "path: expected one of this service, got '/api/x'"
    assert told["/api/submissions/0"] == "number: Input should be greater than or equal to 1, got '0'"
    assert (missing.status_code, missing.json()["error"]) == (422, "X-Content-SHA256: missing")
    assert method.status_code == 405 and "got DELETE" in method.json()["error"]
    assert all(path.startswith("/api/") for path in schema["paths"])
    for path, verbs in schema["paths"].items():
        for verb, what in verbs.items():
            good = min(what["responses"])
            (content,) = what["responses"][good]["content"].values()
            assert "example" in content, f"{verb} {path} has no example"


def test_the_library_of_the_pages_is_the_one_that_is_named():
    from hashlib import sha256
    from importlib.resources import files

    folder = Path(str(files("goldentime"))) / "eval/service"
    told = (folder / "LICENSES.md").read_text("utf-8")
    assert sha256((folder / "htmx.min.js").read_bytes()).hexdigest() in told
