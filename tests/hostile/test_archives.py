"""Archives that attack whoever unpacks them: each is refused by its fault, and leaves nothing behind."""

import io
import json
import struct
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from goldentime.eval.outcomes import RefusedSubmission
from goldentime.eval.submit.manifest import Bounds
from goldentime.eval.submit.unpack import unpack

BOUNDS = Bounds(archive_mib=2, total_mib=4, files=8)
GOOD = {"agent.py": b"class Agent: pass\n", "submission.yaml": b"team: a\nname: b\nentry: agent.py:Agent\n"}


def manifest(files: dict[str, bytes], **changed: object) -> bytes:
    rows = {name: {"size": len(body), "sha256": sha256(body).hexdigest()} for name, body in files.items()}
    return json.dumps({"format": 1, "files": {**rows, **changed}}).encode()


def archive(files: dict[str, bytes], told: bytes | None = None, infos: dict[str, zipfile.ZipInfo] | None = None) -> bytes:
    """A ZIP file; `infos` replaces how a file stands in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("MANIFEST.json", manifest(files) if told is None else told)
        for name, body in files.items():
            target.writestr((infos or {}).get(name, zipfile.ZipInfo(name)), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def link(name: str) -> dict[str, zipfile.ZipInfo]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return {name: info}


def with_end(body: bytes, **changed: int) -> bytes:
    """The archive with other numbers in its end record."""
    fields = list(struct.unpack("<4s4H2IH", body[-22:]))
    for place, value in {"count": 4, "length": 5}.items():
        fields[value] = changed.get(place, fields[value])
    return body[:-22] + struct.pack("<4s4H2IH", *fields)


def zip64(body: bytes) -> bytes:
    return body[:-22] + struct.pack("<4sIQI", b"PK\x06\x07", 0, len(body), 1) + body[-22:]


def encrypted(body: bytes) -> bytes:
    return body.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


BIG = {**GOOD, "zeros": bytes(5 << 20)}
CASES = {
    "a path upwards": (archive({**GOOD, "../evil.py": b"x"}), "leads out of the submission"),
    "a path upwards inside": (archive({**GOOD, "a/../../evil.py": b"x"}), "leads out of the submission"),
    "an absolute path": (archive({**GOOD, "/tmp/evil.py": b"x"}), "leads out of the submission"),
    "a drive": (archive({**GOOD, "C:evil.py": b"x"}), "leads out of the submission"),
    "a path with backslashes": (archive({**GOOD, "..\\evil.py": b"x"}), "no plain relative path"),
    "a name with terminal codes": (archive({**GOOD, "\x1b[2Jx": b"x"}), "no plain relative path"),
    "a deep nest": (archive({**GOOD, "a/" * 20 + "x": b"x"}), "deeper than"),
    "a link": (archive({**GOOD, "way": b"/etc/passwd"}, infos=link("way")), "got a link or a device"),
    "a link as its code": (archive(GOOD, infos=link("agent.py")), "got a link or a device"),
    "a bomb that tells its size": (archive(BIG), "up to 4 MiB unpacked"),
    "a bomb that lies about its size": (
        archive(BIG, manifest(BIG, zeros={"size": 9, "sha256": "0" * 64})),
        "larger than the 9 bytes of its manifest",
    ),
    "another content than its manifest says": (
        archive(GOOD, manifest({**GOOD, "agent.py": b"class Agent: good\n"})),
        "not what its manifest says",
    ),
    "a file that its manifest does not know": (archive({**GOOD, "more.py": b"x"}, manifest(GOOD)), "not in its manifest"),
    "a file that is missing": (archive(GOOD, manifest({**GOOD, "more.py": b"x"})), "missing: 'more.py'"),
    "many files": (archive({**GOOD, **{f"f{i}": b"" for i in range(20)}}), "up to 8 files"),
    "names that fall together": (archive({**GOOD, "AGENT.py": b"x"}), "comes twice"),
    "no manifest": (archive(GOOD).replace(b"MANIFEST.json", b"manifest.json"), "expected one MANIFEST.json"),
    "a manifest that is none": (archive(GOOD, b"[" * 100_000), "MANIFEST.json"),
    "a manifest with more in it": (archive(GOOD, b'{"files": {}, "run": "x"}'), "unknown key"),
    "a huge manifest": (archive(GOOD, b" " * (3 << 20)), "up to 1 MiB"),
    "a directory without end": (with_end(archive(GOOD), length=1 << 30), "its directory lists"),
    "more files than it has": (with_end(archive(GOOD), count=60_000), "its directory lists 60000"),
    "a ZIP64 end": (zip64(archive(GOOD)), "ZIP64"),
    "encryption": (encrypted(archive(GOOD)), "encrypted"),
    "a cut archive": (archive(GOOD)[:-30], "expected a ZIP file"),
    "a damaged archive": (archive(GOOD).replace(b"PK\x03\x04", b"PK\x03\x05"), "damaged"),
    "a pickle": (b"cos\nsystem\n(S'touch /tmp/x'\ntR.", "expected a ZIP file"),
    "nothing": (b"", "expected a ZIP file"),
    "too many bytes": (bytes(3 << 20), "up to 2 MiB"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_and_leaves_nothing_behind(tmp_path, name):
    body, words = CASES[name]
    (tmp_path / "in").mkdir()
    source = tmp_path / "in/submission.zip"
    source.write_bytes(body)
    with pytest.raises(RefusedSubmission) as caught:
        unpack(source, tmp_path / "out/unpacked", bounds=BOUNDS)
    assert words in str(caught.value)
    assert {path.name for path in tmp_path.rglob("*")} - {"out"} == {"in", "submission.zip"}


def test_a_wrong_hash_is_refused(tmp_path):
    source = tmp_path / "submission.zip"
    source.write_bytes(archive(GOOD))
    with pytest.raises(RefusedSubmission, match=f"expected SHA-256 {'0' * 64}, got [0-9a-f]+"):
        unpack(source, tmp_path / "out", "0" * 64)
    unpack(source, tmp_path / "out", sha256(source.read_bytes()).hexdigest().upper())
    assert (tmp_path / "out/agent.py").read_bytes() == GOOD["agent.py"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("team: a\nname: b\nentry: ../agent.py:Agent\n", "expected FILE.py:CLASS inside"),
        ("team: a\nname: b\nentry: a/../../agent.py:Agent\n", "not in the submission"),
        ("team: a\nname: b\nentry: other.py:Agent\n", "other.py is not in the submission"),
        ("team: a\nname: b\n", "either entry or command"),
        ("team: ''\nname: b\nentry: agent.py:Agent\n", "1 to 60 printable characters"),
        ("team: a\nname: b\nentry: agent.py:Agent\nscenario: {}\n", "unknown key"),
        ("team: a\nname: b\nentry: agent.py:Agent\nresources: {memory_mib: 999999}\n", "grants up to 256"),
        ("!!python/object/apply:os.system ['true']\n", "not YAML"),
        ("a: &a [*a, *a]\n", "submission.yaml"),
    ],
)
def test_a_description_that_does_not_fit_is_a_verdict(ground, text, words):
    source = ground.folder / "submission.zip"
    source.write_bytes(archive({**GOOD, "submission.yaml": text.encode()}))
    verdict = ground.fly(source, "process")
    assert (verdict.outcome, verdict.charged, dict(verdict.episodes)) == ("refused_submission", True, {})
    assert words in verdict.text
    assert [path.name for path in (ground.folder / "run").iterdir()] == ["outcome.json"]
    assert ground.digests() == ground.others


def test_an_archive_that_attacks_is_a_verdict_too(ground):
    source = ground.folder / "submission.zip"
    source.write_bytes(CASES["a path upwards"][0])
    verdict = ground.fly(source, "process")
    assert verdict.outcome == "refused_submission"
    assert not Path(ground.folder, "evil.py").exists()
