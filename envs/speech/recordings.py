"""Real people in free packages whose recordings `goldentime speech import` reads: who, where, under which licence."""

from typing import Literal

from goldentime.envs.speech.bank import Split, Voice
from goldentime.records import record

__all__ = ["PEOPLE", "Person"]


@record
class Person:
    """Somebody whose voice was recorded, and the files with it."""

    name: str
    voice: Voice
    split: Split
    language: str
    credit: str
    licence: str
    kind: Literal["debian", "pypi"]
    package: str
    files: tuple[str, ...]
    """Patterns, below `/usr/share` for Debian's packages and inside the source archive for PyPI's."""
    rate_hz: int = 16000
    """Of files without a header, and the rate to store at: telephone recordings have 8 kHz."""


_SOUNDS = "asterisk/sounds"
_ASTERISK = "CC-BY-SA-3.0"


def _asterisk(name: str, voice: Voice, split: Split, folder: str, credit: str, licence: str = _ASTERISK) -> Person:
    language = folder[:2]
    package = f"asterisk-core-sounds-{language}-g722"
    files = (f"{_SOUNDS}/{folder}/**/*.g722",)
    return Person(name=name, voice=voice, split=split, language=language, credit=credit, licence=licence, kind="debian",
                  package=package, files=files)  # fmt: skip


def _prompts(name: str, split: Split, package: str, files: tuple[str, ...], credit: str, licence: str) -> Person:
    language = package.split("-")[2]
    return Person(name=name, voice="woman", split=split, language=language, credit=credit, licence=licence, kind="debian",
                  package=package, files=files, rate_hz=8000)  # fmt: skip


def _klettres(name: str, voice: Voice, split: Split, language: str, folder: str, credit: str) -> Person:
    files = tuple(f"klettres/{part}/*.ogg" for part in folder.split())
    return Person(name=name, voice=voice, split=split, language=language, credit=f"{credit}, for KLettres",
                  licence="GPL-2.0-or-later", kind="debian", package="klettres-data", files=files)  # fmt: skip


def _fish(name: str, voice: Voice, split: Split, language: str, letter: str) -> Person:
    """The two fish of Fish Fillets talk and act; file names tell the small one (m) from the big one (v)."""
    files = (f"games/fillets-ng/sound/*/{language}/*-{letter}-*.ogg",)
    return Person(name=name, voice=voice, split=split, language=language, credit="actor of Fish Fillets, ALTAR interactive",
                  licence="GPL-2.0", kind="debian", package=f"fillets-ng-data-{language}", files=files)  # fmt: skip


def _sphinx(name: str, voice: Voice, split: Split, files: tuple[str, ...], credit: str) -> Person:
    return Person(name=name, voice=voice, split=split, language="en", credit=credit, licence="BSD-2-Clause (package)",
                  kind="pypi", package="pocketsphinx", files=files)  # fmt: skip


PEOPLE: tuple[Person, ...] = (
    _asterisk("allison", "woman", "train", "en_US_f_Allison", "Allison Smith"),
    _asterisk("allison", "woman", "train", "es_MX_f_Allison", "Allison Smith"),
    _asterisk("june", "woman", "train", "fr_CA_f_June", "June Wallack"),
    _asterisk("ivrvoice", "woman", "test", "ru_RU_f_IvrvoiceRU", "IvrvoiceRU, provided by Maxim Topal", "CC-BY-3.0"),
    _asterisk("carlo", "man", "test", "it_IT_m_Carlo", "Carlo Flora", "CC-BY-3.0"),
    _prompts(
        "menardi",
        "train",
        "asterisk-prompt-it-menardi-wav",
        (f"{_SOUNDS}/it_IT_f_Menardi/**/*.wav",),
        "Marco Menardi and Paola Dal Zot",
        _ASTERISK,
    ),
    _prompts(
        "armelle",
        "train",
        "asterisk-prompt-fr-armelle",
        (f"{_SOUNDS}/fr/**/*.gsm",),
        "Armelle Desjardins, copyright Michel Gutierrez",
        "of the BSD kind",
    ),
    _prompts(
        "jimenez", "test", "asterisk-prompt-es-co", (f"{_SOUNDS}/es/**/*.gsm",), "July E. Jiménez, Avatar Ltda.", "GPL-2.0"
    ),
    # Only where KLettres' handbook names who speaks and the pitch does not contradict it.
    _klettres("eva", "woman", "test", "cs", "cs/alpha cs/syllab", "Eva Mikulčíková"),
    _klettres("ana", "woman", "train", "es", "es/alpha es/syllab", "Ana Belén Caballero"),
    _klettres("erik", "man", "train", "da", "da/alpha da/syllab", "Erik Kjaer Pedersen"),
    _klettres("ludovic", "man", "train", "fr", "fr/alpha fr/syllab", "Ludovic Grossard"),
    _klettres("manfred", "man", "train", "de", "nds/alpha nds/syllab", "Manfred Wiese and Sönke Dibbern"),
    _klettres("robert", "man", "test", "en", "en/alpha en/syllab", "Robert Wadley"),
    _klettres("helmut", "man", "test", "de", "de/syllab", "Helmut Kriege"),
    _klettres("michelle", "child", "test", "pt", "pt_BR/alpha pt_BR/syllab", "Michelle Monte, 9 years"),
    _fish("fish-cs-small", "woman", "train", "cs", "m"),
    _fish("fish-cs-big", "man", "train", "cs", "v"),
    _fish("fish-nl-small", "woman", "test", "nl", "m"),
    _fish("fish-nl-big", "man", "test", "nl", "v"),
    # Not named in the package; taken for men by their pitch of 105 to 130 Hz.
    _sphinx("sphinx-reader", "man", "train", ("test/data/librivox/*.wav",), "a reader of LibriVox"),
    _sphinx(
        "sphinx",
        "man",
        "train",
        (
            "test/data/goforward.raw",
            "test/data/numbers.raw",
            "test/data/something.raw",
            "test/data/cards/*.wav",
            "test/data/tidigits/dhd.*.raw",
            "test/data/forever/*.wav",
        ),
        "developers of CMU Sphinx",
    ),
)
"""In the splits as they are here: men and women in both, and the only child in the test split."""
