"""Recorded material in the form of the contest's Stage 3 (2021): films, sound and photos of burning buildings."""

import math
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.envs.acoustics.calls import HeardCall
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.buildings.building import BuildingConfig
from goldentime.envs.people.cast import PeopleConfig
from goldentime.envs.people.voices import VoicesConfig
from goldentime.envs.render.photos import before_fire
from goldentime.envs.scenario import Scenario
from goldentime.eval.contest.sheet2021 import CLASSES, FAINT, Sheet, Span, Truth, answer_bytes, truth_bytes
from goldentime.eval.dataset.card import FILMS, card_text, table
from goldentime.eval.dataset.films import film_bytes
from goldentime.eval.dataset.rescue_flight import (
    FILM_HZ,
    FilmConfig,
    SeenRule,
    Take,
    Tour,
    alive,
    heard,
    share_rooms,
    stage_of,
)
from goldentime.eval.dataset.rescue_photos import PhotoConfig, room_photo, triage_photo
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sounds import wav_bytes
from goldentime.files import pretty_json, write_atomic
from goldentime.missions.rescue_place import RescueConfig, Site, draw_site
from goldentime.records import record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["CONTEST2021", "Contest2021Config", "voice_spans"]

Rng = np.random.Generator

_KINDS = {"man": "M", "woman": "W", "child": "C"}
_STATES = {"well": 0.5, "hurt": 0.3, "senseless": 0.15, "dead": 0.05}


def _rescue() -> RescueConfig:
    people = PeopleConfig(
        count=(5, 8), behaviours={"stays": 0.4, "wanders": 0.6},
        states=_STATES,  # type: ignore[arg-type]  # keys of a literal
    )  # fmt: skip
    voices = VoicesConfig(callers=0.9, wordless=0.0, talkers=0.0, level_db=(84.0, 98.0), pause_s=(3.0, 9.0))
    building = BuildingConfig(storeys=1, pool="test")
    return RescueConfig(difficulty=0.35, building=building, people=people, voices=voices)


@record
class VoiceRule:
    """When a call counts as heard; ours, the real truth's rule is unknown."""

    left_db: float = -20.0
    """What is left of the rotors' and the wind's noise on the microphones, as behind a filter."""
    least_snr_db: float = 0.0
    faint_snr_db: float = -15.0
    """Between the two a call is faint: a time there neither costs nor gains anything."""


@record
class Contest2021Config:
    """What material is made. Sets, drones and files are the contest's; lengths, sizes and rates of pictures are ours."""

    n: int = 5
    """Sets."""
    seed: int = 0
    pool: str = "test"
    """`train` or `test`: they share no figure, object, building, font or speaker."""
    drones: int = 3
    rescue_photos: int = 6
    """Of each set."""
    triage_photos: int = 2
    """Of each drone."""
    nowhere: float = 0.25
    """Share of the rescue photos from places without a plate."""
    film: FilmConfig = FilmConfig()
    seen: SeenRule = SeenRule()
    heard: VoiceRule = VoiceRule()
    photo: PhotoConfig = PhotoConfig()
    hearing: HearingSpec = HearingSpec(array="stereo", sample_rate_hz=48_000, calibration_s=0.0)
    rescue: RescueConfig = field(default_factory=_rescue)

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or not 1 <= self.drones <= 9 or self.pool not in ("train", "test"):
            raise ValueError(f"expected n >= 1, seed >= 0, 1 to 9 drones and a pool train or test, got {self}")


def _sizes(config: Contest2021Config) -> list[int]:
    return [1] * config.n


def _make(config: Contest2021Config, shard: int, folder: Path) -> dict[str, Any]:
    name = f"set_{shard + 1:02d}"
    (folder / name).mkdir(exist_ok=True)
    rng = stream(config.seed, f"dataset.contest2021.{config.pool}", shard)
    rescue = _of_pool(config)
    site = draw_site(rescue, rng)
    scenario = stage_of("contest2021", rescue, site, rng)
    world = alive(scenario, config.film.duration_s)
    tours = share_rooms(site, config.drones, rng)
    seen, voices = np.zeros(len(scenario.people), np.bool_), []
    for drone, tour in enumerate(tours, 1):
        flight = Take(scenario, world, tour, config.film, rng)
        stem = folder / name / f"set{shard + 1:02d}_drone{drone:02d}"
        size = config.film.width, config.film.height
        stem.with_suffix(".mp4").write_bytes(film_bytes(flight.pictures(config.seen), size, FILM_HZ))
        seen |= flight.frames >= config.seen.least_frames
        voices.append(_record(config, scenario, flight, stem, rng))
    photos = _photos(config, (site, *before_fire(scenario, world[0])), tours, (folder / name, shard + 1), rng)
    return {"people": _counted(scenario, world, seen), "voices": voices, **photos, **_about(site, scenario)}


def _of_pool(config: Contest2021Config) -> RescueConfig:
    rescue, pool = config.rescue, config.pool
    return replace(
        rescue,
        building=replace(rescue.building, pool=pool),  # type: ignore[arg-type]  # checked by the record
        people=replace(rescue.people, pool=pool),  # type: ignore[arg-type]
        voices=replace(rescue.voices, split=pool, bank=config.hearing.speech),  # type: ignore[arg-type]
        time_limit_s=max(config.film.duration_s, 30.0),
    )


def _record(config: Contest2021Config, scenario: Scenario, flight: Take, stem: Path, rng: Rng) -> dict[str, list[Span]]:
    """Write the drone's two WAVs; the spans in which somebody is heard."""
    sound, calls = heard(scenario, flight.states, config.hearing, rng, config.heard.left_db)
    for channel in range(2):
        path = stem.with_name(f"{stem.name}_ch{channel + 1}.wav")
        path.write_bytes(wav_bytes(sound[channel : channel + 1], config.hearing.sample_rate_hz))
    return voice_spans(calls, config.heard, config.film.duration_s)


def voice_spans(calls: Sequence[HeardCall], rule: VoiceRule, duration_s: float) -> dict[str, list[Span]]:
    """By class, and under `faint`, the whole seconds from a call's first to its last."""
    found: dict[str, list[Span]] = {name: [] for name in (*CLASSES, FAINT)}
    for call in sorted(calls, key=lambda call: (call.onset_s, call.source)):
        loud = call.snr_db >= rule.least_snr_db and call.kind in _KINDS
        if call.snr_db >= rule.faint_snr_db and call.onset_s < duration_s:
            span = math.floor(call.onset_s), math.floor(min(call.offset_s, duration_s - 1e-3))
            found[_KINDS[call.kind] if loud else FAINT].append(span)
    return found


def _counted(scenario: Scenario, world: Sequence[WorldState], seen: np.ndarray[Any, Any]) -> list[int]:
    """Moving, staying and all victims that some film shows."""
    places = np.array([[person.position_m for person in state.people] for state in world]).reshape(len(world), -1, 3)
    moved = np.linalg.norm(places - places[0], axis=-1).max(0) > _MOVED_M
    victims = np.array([person.victim for person in scenario.people], np.bool_) & seen
    moving = int((victims & moved).sum())
    return [moving, int(victims.sum()) - moving, int(victims.sum())]


_MOVED_M = 0.5


def _photos(
    config: Contest2021Config,
    place: tuple[Site, Scenario, WorldState],
    tours: Sequence[Tour],
    out: tuple[Path, int],
    rng: Rng,
) -> dict[str, Any]:
    """Write rescue and triage photos; their truths by file name."""
    (site, scenario, state), (folder, number) = place, out
    graph, plates = site.building.graph, {plate.room: plate.text for plate in site.building.plates}
    visited = sorted({room for tour in tours for room in tour.rooms})
    named, bare = [room for room in visited if room in plates], [room for room in visited if room not in plates]
    rescue, triage = {}, {}
    for i in range(config.rescue_photos):
        pool = bare if bare and (not named or rng.random() < config.nowhere) else named
        room = pool[int(rng.integers(len(pool)))]
        nodes = [graph.nodes[n] for n, there in enumerate(graph.rooms) if there == room]
        floor_m = site.building.level.rooms[room].lower[2]
        shot = room_photo(scenario, state, nodes, floor_m, config.photo, rng)
        name = f"set{number:02d}_rescue{i + 1:02d}.jpg"
        (folder / name).write_bytes(shot)
        rescue[name] = plates.get(room, "")
    for drone in range(1, config.drones + 1):
        for i in range(config.triage_photos):
            taken = triage_photo(scenario, config.photo, rng)
            name = f"set{number:02d}_drone{drone:02d}_triage{i + 1:02d}.jpg"
            (folder / name).write_bytes(taken.jpeg)
            triage[name] = list(taken.counts)
    return {"rescue": rescue, "triage": triage}


def _about(site: Site, scenario: Scenario) -> dict[str, Any]:
    kinds = [person.kind for person in scenario.people]
    return {"use": site.building.use, "plates": [plate.text for plate in site.building.plates], "kinds": kinds}


_WHAT = """\
Recorded material in the form of the contest's Stage 3 (2021). Each set is one burning building: `set_01/set01_drone01.mp4`
and on, H.264 without sound; beside each film `set01_drone01_ch1.wav` and `_ch2.wav`, 48 kHz, mono, as long as the film;
`set01_rescue01.jpg` and on, photos from places in the building; `set01_drone01_triage01.jpg` and on, photos of casualties
with triage tags before its door. `answersheet_3_00_GT.json` is the truth, `answersheet_3_00_template.json` an answer that
says nothing. `goldentime contest sheet2021 answersheet_3_00_GT.json ANSWER.json` gives the figures."""

_OURS = """\
Known are the files' names, five sets of three drones, two 48 kHz WAVs a drone, and the four tasks. Ours: lengths, sizes and
rate of the films (10 pictures a second), the microphones' places, that the rotors' noise is taken off by `heard.left_db`,
that all drones fly in the same time and none sees another; when somebody has been seen (`seen`), moves (half a metre) and
is heard (`heard`: at least `least_snr_db`; fainter calls neither cost nor gain anything); that medics, like firefighters,
are not counted; the number of photos. Rescue photos are of the time before the fire. Triage photos are staged before the
set's building, with people who are in none of its films; they show each tag well or not at all. `details.json` tells of
each set what the truth leaves out; an answer must not use it."""


def _finish(config: Contest2021Config, folder: Path, shards: list[dict[str, Any]]) -> None:
    truth: Truth = Sheet({}, {}, {}, {})
    for number, shard in enumerate(shards, 1):
        truth.places.update({(number, photo): text for photo, text in shard["rescue"].items()})
        truth.tags.update({(number, photo): tuple(counts) for photo, counts in shard["triage"].items()})
        moving, staying, total = shard["people"]
        truth.people[number] = (moving, staying, total)
        for drone, spans in enumerate(shard["voices"], 1):
            truth.voices[number, drone] = {name: tuple((a, b) for a, b in spans[name]) for name in (*CLASSES, FAINT)}
    silent = {drone: dict.fromkeys(CLASSES, ()) for drone in truth.voices}
    empty: Sheet[int] = Sheet(
        dict.fromkeys(truth.places, ""), {drone: {**heard} for drone, heard in silent.items()},
        dict.fromkeys(truth.people, (0, 0, 0)), dict.fromkeys(truth.tags, (0, 0, 0, 0)),
    )  # fmt: skip
    write_atomic(folder / "answersheet_3_00_GT.json", truth_bytes(truth))
    write_atomic(folder / "answersheet_3_00_template.json", answer_bytes(empty))
    write_atomic(folder / "details.json", pretty_json([{"set": number, **shard} for number, shard in enumerate(shards, 1)]))
    rows = [
        (
            number, shard["use"], "/".join(map(str, shard["people"])), sum(map(bool, shard["rescue"].values())),
            sum(len(spans[name]) for spans in shard["voices"] for name in CLASSES),
            sum(sum(counts) for counts in shard["triage"].values()),
        )
        for number, shard in enumerate(shards, 1)
    ]  # fmt: skip
    head = ("set", "building", "moving/staying/total", "photos of places with a plate", "voices", "tags")
    parts = [("What it is", _WHAT), ("What is ours", _OURS), ("Counts", table(head, rows))]
    write_atomic(folder / "card.md", card_text(CONTEST2021.title, parts, statement_of(CONTEST2021, config), FILMS))


CONTEST2021 = Recipe(
    name="contest2021",
    config=Contest2021Config,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time recordings in the form of the 2021 contest's Stage 3",
    about="Synthetic films and sound of drones in burning buildings, photos of rooms and of casualties with triage tags, "
    "for placing photos, hearing voices, counting people and counting tags.",
    keywords=("video", "speech", "triage", "people counting", "drone", "search and rescue", "synthetic"),
    unit="sets",
)
"""Makes sets of recorded material."""
