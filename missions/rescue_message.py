"""The message that a victim sent: where they think they are, in Korean or English, or in its place a photo or a clip.

Whoever gets a photo or a voice is told nothing else by the sender.
"""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.sounds import Source
from goldentime.envs.buildings.building import Building
from goldentime.envs.people.person import Person
from goldentime.envs.people.triage import SENSELESS
from goldentime.envs.render.frame import make_renderer
from goldentime.envs.render.photos import Lens, before_fire, portrait
from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError, ScenarioError
from goldentime.types import WorldState

__all__ = ["VOICE_HZ", "Form", "form_of", "message_of", "photo_of", "told", "voice_of"]

Form = Literal["text", "photo", "voice", "any"]
"""How a message is sent; with `any` each of the forms that the sender has is as likely."""

VOICE_HZ = 16_000
"""Of the clip in a brief; the rate that the contest of 2022 had."""
_VOICE_RMS = 0.1
"""Of its active parts, which leaves room for peaks; our choice."""
_LENS = Lens()
_SPOKEN = ("man", "woman", "child")

_ROOM = {
    "en": ("Please help! I am in {room}. There is smoke coming in.", "Fire! We are in room {room}, we can't get out."),
    "ko": ("도와주세요! {room}에 있어요. 연기가 들어와요.", "불이 났어요. {room}인데 나갈 수가 없어요."),
}
_STOREY = {
    "en": ("Help! I don't know the room, it is on floor {storey}.", "There is smoke everywhere. I am on floor {storey}."),
    "ko": ("살려주세요! {storey}층이에요. 몇 호인지 모르겠어요.", "연기 때문에 안 보여요. {storey}층에 있어요."),
}


def message_of(building: Building, people: Sequence[Person], rng: np.random.Generator) -> tuple[int, str]:
    """Who sent it, by number, -1 if nobody can; and what it says."""
    able = [i for i, person in enumerate(people) if person.victim and person.injury <= SENSELESS]
    draw, language, which = rng.random(), ("ko", "en")[int(rng.integers(2))], int(rng.integers(2))
    if not able:
        return -1, ""
    sender = able[int(draw * len(able))]
    room = building.level.rooms[people[sender].room].name
    if room:
        return sender, _ROOM[language][which].format(room=room)
    storey = building.storeys[building.compartments[people[sender].room].storey].number
    return sender, _STOREY[language][which].format(storey=storey)


def form_of(
    wanted: Form, sender: int, people: Sequence[Person], sources: Mapping[int, Source], rng: np.random.Generator
) -> Form:
    """How the message is sent: as wanted if the sender can, else as text; never `any`.

    Args:
        wanted: by the configuration.
        sender: number among the people; -1 for nobody.
        people: all of them.
        sources: by `Person.sound`, what they are heard by; whoever only coughs or knocks has no clip to send.
        rng: draws only if `any` is wanted.
    """
    if sender < 0:
        return "text"
    source = sources.get(people[sender].sound)
    forms: list[Form] = ["text", "photo"]
    if source is not None and source.kind in _SPOKEN:
        forms.append("voice")
    if wanted == "any":
        return forms[int(rng.integers(len(forms)))]
    return wanted if wanted in forms else "text"


def told(scenario: Scenario, bank: str) -> dict[str, Any]:
    """What the brief says of it: `message`, empty where `photo` or `voice` came in its place.

    Args:
        scenario: of a rescue.
        bank: of speech, a name or a folder.

    Raises:
        ConfigError: a photo was sent, and there is nothing to draw it with.
    """
    form = scenario.task.get("sent", "text")
    if form == "photo":
        rgb = photo_of(scenario)
        if rgb is not None:
            return {"message": "", "photo": rgb}
    if form == "voice":
        samples = voice_of(scenario, bank, VOICE_HZ)
        if samples is not None:
            return {"message": "", "voice": {"samples": samples, "sample_rate_hz": VOICE_HZ}}
    return {"message": scenario.task["message"]}


def photo_of(scenario: Scenario) -> NDArray[np.uint8] | None:
    """The sender before the fire, (360, 480, 3) red, green, blue; None if no camera finds room.

    Raises:
        ConfigError: there is nothing to draw it with.
    """
    calm = before_fire(scenario, WorldState(0.0, (), ()))
    try:
        with contextlib.closing(make_renderer("gl")) as renderer:
            # The generator only chooses between views that show as much: the photo follows from the scenario.
            return portrait(renderer, *calm, scenario.task["sender"], _LENS, np.random.default_rng(0))
    except ScenarioError:
        return None
    except ConfigError as error:
        raise ConfigError(f"scenario.rescue.message: a photo needs OpenGL, text and voice do not; {error}") from None


def voice_of(scenario: Scenario, bank: str, sample_rate_hz: int) -> NDArray[np.float32] | None:
    """The sender's voice, (n,) mono, its active parts with an RMS of 0.1; None if they have none to send.

    Raises:
        ConfigError: the bank of speech lacks the clip.
    """
    sender = scenario.task["sender"]
    sound = scenario.people[sender].sound if sender >= 0 else -1
    if sound < 0 or scenario.sounds[sound].kind not in _SPOKEN:
        return None
    from goldentime.envs.speech.bank import load_bank

    clip = scenario.sounds[sound].soundings[0].clip
    samples: NDArray[np.float32] = _VOICE_RMS * load_bank(bank).audio(clip, sample_rate_hz)
    return samples
