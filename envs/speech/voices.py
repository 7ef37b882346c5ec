"""The speakers of the embedded bank: which engine speaks, how it is set, in which split.

Few free voices are children's, so the children here are made from women's voices or formant synthesis, with a higher pitch
and a shorter vocal tract; no child was recorded.
"""

from typing import Literal

from goldentime.envs.speech.bank import Split, Voice
from goldentime.records import record

__all__ = ["VOICES", "EngineName", "VoiceSpec"]

EngineName = Literal["flite", "festival", "pico", "piper", "espeak"]


@record
class VoiceSpec:
    """One speaker."""

    name: str
    voice: Voice
    split: Split
    engine: EngineName
    setting: str
    """The engine's own name of the voice."""
    languages: tuple[str, ...]
    person: str = ""
    """Whose recordings are behind it; voices of one person are in one split. Empty for formant synthesis."""
    tract: float = 1.0
    """Formant frequencies and pitch are multiplied by this: the engine speaks slower and is played faster."""
    pitch: float = 1.0
    """The pitch is multiplied by this besides, in the engine."""


def _made(name: str, voice: Voice, split: Split, sound: str, languages: str, **rest: object) -> VoiceSpec:
    engine, setting = sound.split(":")
    made = {"name": name, "voice": voice, "split": split, "engine": engine, "setting": setting}
    return VoiceSpec(**made, languages=tuple(languages.split()), **rest)  # type: ignore[arg-type]


VOICES: tuple[VoiceSpec, ...] = (
    # Men, from recordings of a person.
    _made("rms", "man", "train", "flite:rms", "en ko", person="rms"),
    _made("kal", "man", "train", "festival:kal_diphone", "en ko", person="kal"),
    _made("joe", "man", "train", "piper:joe", "en ko", person="joe"),
    _made("rms-tall", "man", "train", "flite:rms", "en ko", person="rms", tract=0.91),
    _made("awb", "man", "test", "flite:awb", "en ko", person="awb"),
    _made("ked", "man", "test", "festival:ked_diphone", "en ko", person="ked"),
    _made("nsh", "man", "test", "festival:msu_ru_nsh_clunits", "ru", person="nsh"),
    # Women.
    _made("slt", "woman", "train", "flite:slt", "en ko", person="slt"),
    _made("pico-us", "woman", "train", "pico:en-US", "en ko", person="pico-us"),
    _made("pico-de", "woman", "train", "pico:de-DE", "de", person="pico-de"),
    _made("pico-fr", "woman", "train", "pico:fr-FR", "fr", person="pico-fr"),
    _made("pico-gb", "woman", "test", "pico:en-GB", "en ko", person="pico-gb"),
    _made("pico-it", "woman", "test", "pico:it-IT", "it ko", person="pico-it"),
    _made("pico-es", "woman", "test", "pico:es-ES", "es ko", person="pico-es"),
    # Children, made from the women's.
    _made("slt-child", "child", "train", "flite:slt", "en ko", person="slt", tract=1.25, pitch=1.3),
    _made("pico-us-child", "child", "train", "pico:en-US", "en ko", person="pico-us", tract=1.22, pitch=1.2),
    _made("pico-fr-child", "child", "train", "pico:fr-FR", "fr", person="pico-fr", tract=1.28, pitch=1.1),
    _made("pico-gb-child", "child", "test", "pico:en-GB", "en ko", person="pico-gb", tract=1.24, pitch=1.25),
    _made("pico-es-child", "child", "test", "pico:es-ES", "es ko", person="pico-es", tract=1.2, pitch=1.15),
    # Formant synthesis. The variants m* and f* differ in formants, bandwidths, pitch and breath.
    _made("espeak-m1", "man", "train", "espeak:m1", "ko en", pitch=1.0),
    _made("espeak-m3", "man", "train", "espeak:m3", "ko en", pitch=1.25),
    _made("espeak-m7", "man", "train", "espeak:m7", "ko en", pitch=1.1),
    _made("espeak-lee", "man", "train", "espeak:Lee", "ko en", pitch=1.35),
    _made("espeak-m4", "man", "test", "espeak:m4", "ko en", pitch=1.3),
    _made("espeak-m5", "man", "test", "espeak:m5", "ko en", pitch=1.15),
    _made("espeak-f1", "woman", "train", "espeak:f1", "ko en", pitch=1.1),
    _made("espeak-f3", "woman", "train", "espeak:f3", "ko en", pitch=1.05),
    _made("espeak-annie", "woman", "train", "espeak:Annie", "ko en", pitch=0.95),
    _made("espeak-f2", "woman", "test", "espeak:f2", "ko en", pitch=1.15),
    _made("espeak-belinda", "woman", "test", "espeak:belinda", "ko en", pitch=0.95),
    _made("espeak-f5-child", "child", "train", "espeak:f5", "ko en", tract=1.25, pitch=1.25),
    _made("espeak-linda-child", "child", "train", "espeak:linda", "ko en", tract=1.2, pitch=1.0),
    _made("espeak-steph-child", "child", "test", "espeak:steph", "ko en", tract=1.25, pitch=1.25),
    _made("espeak-anika-child", "child", "test", "espeak:anika", "ko en", tract=1.15, pitch=1.0),
)
