"""Speech corpora as their makers lay them out, read as banks without copying anything.

| layout | recognised by | speakers and their voices from |
|---|---|---|
| `librispeech` | `SPEAKERS.TXT` in the folder or above it | `SPEAKERS.TXT` (reader, M or F) |
| `vctk` | `speaker-info.txt` | `speaker-info.txt` (ID, AGE, GENDER) |
| `arctic` | folders `cmu_us_<speaker>_arctic` | the published speakers (`ARCTIC_VOICES`) |
| `aihub` | JSON labels with 녹음자정보 or 화자정보 | each label (gender, age, speaker) |
| `csv` | a `.csv`, or `manifest.csv` in the folder | its columns |

Speakers under 13 years are children. Unless the corpus says who is for tests (LibriSpeech's dev and test folders,
AI-Hub's Validation, a manifest's column `split`), about a quarter of each voice's speakers are, by their names' checksums.
"""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from goldentime.envs.speech.audio import read_length
from goldentime.envs.speech.bank import Clip, Entry, plain_text
from goldentime.envs.speech.layouts import LAYOUTS, SOUND, Found
from goldentime.errors import ConfigError

__all__ = ["read_corpus"]


def read_corpus(path: Path, layout: str = "auto") -> list[Entry]:
    """All utterances of a corpus; their sound is looked at for its length only.

    Raises:
        ConfigError: the layout is not recognised or unknown, a file of it is damaged, or there are no utterances.
    """
    name = _recognised(path) if layout == "auto" else layout
    if name not in LAYOUTS:
        raise ConfigError(f"speech corpus {path}: layout must be 'auto' or one of {', '.join(LAYOUTS)}, got {layout!r}")
    found = sorted(LAYOUTS[name].read(path), key=lambda one: str(one.path))
    if not found:
        raise ConfigError(f"speech corpus {path}: expected sound files ({', '.join(SOUND)}) laid out as {name}, got none")
    folder = path if path.is_dir() else path.parent
    tests = _test_speakers(found)
    return [_entry(one, folder, tests) for one in found]


def _recognised(path: Path) -> str:
    for name, layout in LAYOUTS.items():
        if layout.fits(path):
            return name
    raise ConfigError(
        f"speech corpus {path}: expected bank.json, manifest.csv, SPEAKERS.TXT (LibriSpeech), speaker-info.txt (VCTK), "
        "folders cmu_us_<speaker>_arctic or AI-Hub's JSON labels, got none of them"
    )


def _test_speakers(found: Sequence[Found]) -> set[str]:
    """About a quarter of each voice's speakers, at least one where there are two."""
    tests: set[str] = set()
    for voice in ("man", "woman", "child", ""):
        names = sorted({one.speaker for one in found if one.voice == voice}, key=lambda name: (crc32(name.encode()), name))
        if len(names) > 1:
            tests |= {name for name in names if crc32(name.encode()) < 2**30} - {names[-1]} or {names[0]}
    return tests


def _entry(one: Found, folder: Path, tests: set[str]) -> Entry:
    frames, rate = read_length(one.path)
    inside = one.path.relative_to(folder).as_posix() if one.path.is_relative_to(folder) else str(one.path)
    clip = Clip(
        id=inside,
        speaker=one.speaker,
        voice=one.voice,
        language=one.language,
        text=plain_text(one.text),
        kind=one.kind,
        sample_rate_hz=rate,
        duration_s=round(frames / rate, 4),
        synthetic=False,
        split=one.split or ("test" if one.speaker in tests else "train"),
    )
    return Entry(clip=clip, file=inside)
