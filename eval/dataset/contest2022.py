"""Recorded flights in the form of the contest's Stage 4 (2022): five rooms, and what victims sent."""

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.people.cast import PeopleConfig
from goldentime.envs.people.voices import VoicesConfig
from goldentime.envs.render.photos import before_fire, portrait
from goldentime.envs.scenario import Scenario
from goldentime.eval.contest.rooms2022 import FIELDS, UNCLEAR, Run2022, Said, answers_bytes, truth_bytes
from goldentime.eval.contest.rooms2022_truth import sought_people, truth_of
from goldentime.eval.dataset.card import FILMS, card_text, table
from goldentime.eval.dataset.detection import jpeg, process_renderer
from goldentime.eval.dataset.films import film_bytes
from goldentime.eval.dataset.rescue_flight import FILM_HZ, FilmConfig, SeenRule, Take, alive, heard, share_rooms, stage_of
from goldentime.eval.dataset.rescue_photos import PhotoConfig
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sounds import wav_bytes
from goldentime.files import pretty_json, write_atomic
from goldentime.missions.rescue_message import voice_of
from goldentime.missions.rescue_place import RescueConfig, draw_site
from goldentime.missions.search_place import local
from goldentime.records import record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["CONTEST2022", "Contest2022Config"]


def _rescue() -> RescueConfig:
    people = PeopleConfig(
        count=(4, 7), behaviours={"stays": 0.6, "wanders": 0.4}, rescuers=0.2,
        states={"well": 0.7, "hurt": 0.3},
    )  # fmt: skip
    return RescueConfig(plan="rooms2022", people=people, voices=VoicesConfig(callers=0.9, wordless=0.0))


@record
class Contest2022Config:
    """What flights are recorded; five rooms, 16 kHz and a pose are the contest's, all else is ours."""

    n: int = 5
    """Flights."""
    seed: int = 0
    pool: str = "test"
    """`train` or `test`: they share no figure and no speaker; the rooms are the same."""
    left_db: float = -20.0
    """What is left of the rotors' and the wind's noise on the microphones, as behind a filter."""
    film: FilmConfig = FilmConfig(duration_s=90.0)
    photo: PhotoConfig = PhotoConfig()
    hearing: HearingSpec = HearingSpec(array="stereo", sample_rate_hz=16_000, calibration_s=0.0)
    rescue: RescueConfig = field(default_factory=_rescue)

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or self.pool not in ("train", "test"):
            raise ValueError(f"expected n >= 1, seed >= 0 and a pool train or test, got {self}")


def _sizes(config: Contest2022Config) -> list[int]:
    return [1] * config.n


def _make(config: Contest2022Config, shard: int, folder: Path) -> dict[str, Any]:
    out = folder / f"run_{shard + 1:02d}"
    out.mkdir(exist_ok=True)
    rng = stream(config.seed, f"dataset.contest2022.{config.pool}", shard)
    rescue = replace(
        config.rescue,
        people=replace(config.rescue.people, pool=config.pool),  # type: ignore[arg-type]  # checked by the record
        voices=replace(config.rescue.voices, split=config.pool, bank=config.hearing.speech),  # type: ignore[arg-type]
        time_limit_s=max(config.film.duration_s, 30.0),
    )
    site = draw_site(rescue, rng)
    scenario = stage_of("contest2022", rescue, site, rng)
    world = alive(scenario, config.film.duration_s)
    flight = Take(scenario, world, share_rooms(site, 1, rng)[0], config.film, rng)
    size = config.film.width, config.film.height
    (out / "camera.mp4").write_bytes(film_bytes(flight.pictures(SeenRule()), size, FILM_HZ))
    sound, _ = heard(scenario, flight.states, config.hearing, rng, config.left_db)
    (out / "audio.wav").write_bytes(wav_bytes(sound, config.hearing.sample_rate_hz))
    (out / "pose.csv").write_text(_poses(scenario.task, flight.states), encoding="utf-8")
    sought = sought_people(scenario, rng)
    calm = before_fire(scenario, world[0])
    for number, person in enumerate(sought, 1):
        rgb = portrait(process_renderer(), *calm, person, config.photo.lens, rng)
        (out / f"person_{number}.jpg").write_bytes(jpeg(rgb, config.photo.quality))
    _send(scenario, config, out)
    truth = truth_of(scenario, sought)
    (out / "rooms2022_GT.json").write_bytes(truth_bytes(truth))
    unsure: Said = {(room, m): dict.fromkeys(FIELDS[m], UNCLEAR) for room in truth for m in FIELDS}
    (out / "answer_unclear.json").write_bytes(answers_bytes(Run2022(unsure, True)))
    kinds = [person.kind for person in scenario.people]
    return {"photos": len(sought), "kinds": kinds, "message": scenario.task["message"]}


def _send(scenario: Scenario, config: Contest2022Config, out: Path) -> None:
    """What a victim sent: the message, and a clip of their voice where they have one."""
    (out / "message.txt").write_text(scenario.task["message"] + "\n", encoding="utf-8")
    rate = config.hearing.sample_rate_hz
    voice = voice_of(scenario, config.hearing.speech, rate)
    if voice is not None:
        (out / "voice.wav").write_bytes(wav_bytes(voice[None], rate))


def _poses(task: Mapping[str, Any], states: list[WorldState]) -> str:
    rows = ["time_s,x_m,y_m,z_m,qx,qy,qz,qw"]
    for state in states:
        (drone,) = state.drones
        numbers = (*local(task, drone.position_m), *drone.quaternion_xyzw)
        rows.append(",".join([f"{state.time_s:.1f}", *(f"{number:.4f}" for number in numbers)]))
    return "\n".join([*rows, ""])


_WHAT = """\
Recorded flights in the form of the contest's Stage 4 (2022): five rooms on about 60 m2, people, one drone. Of each flight
`run_01/camera.mp4` (H.264 without sound), `audio.wav` (16 kHz, two microphones), `pose.csv` (ten a second; origin on the
ground below the start, x east, y north, z up); what a victim sent, `message.txt` and, where they have a voice, `voice.wav`;
`person_1.jpg` and on, photos of people to be found. `rooms2022_GT.json` is the truth, `answer_unclear.json` an answer that
abstains everywhere. `goldentime contest rooms2022 run_01/rooms2022_GT.json ANSWER.json` gives the score;
`goldentime contest serve2022` plays such a mission live."""

_OURS = """\
Known are the rooms' number and size, the time limit, the kinds of material and of answers, 16 kHz, the camera and the pose.
Ours: the rooms' plan, the form and rate of the files, that the rotors' noise is taken off by `left_db`, that `person_id` is
the number of a photo or "NONE", and that `place` is the text of the room's plate. Photos are of the time before the fire.
The plan has no posters and no mannequins; rescuers are the only distractors."""


def _finish(config: Contest2022Config, folder: Path, shards: list[dict[str, Any]]) -> None:
    write_atomic(folder / "details.json", pretty_json([{"run": number, **shard} for number, shard in enumerate(shards, 1)]))
    rows = [(number, len(shard["kinds"]), shard["photos"], shard["message"]) for number, shard in enumerate(shards, 1)]
    counts = table(("run", "people and rescuers", "photos", "message"), rows)
    parts = [("What it is", _WHAT), ("What is ours", _OURS), ("Counts", counts)]
    write_atomic(folder / "card.md", card_text(CONTEST2022.title, parts, statement_of(CONTEST2022, config), FILMS))


CONTEST2022 = Recipe(
    name="contest2022",
    config=Contest2022Config,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time recordings in the form of the 2022 contest's Stage 4",
    about="Synthetic films, sound and poses of a drone that looks into five rooms, with photos and messages of victims, to "
    "tell who is in which room.",
    keywords=("video", "speech", "people", "drone", "search and rescue", "synthetic"),
    unit="flights",
)
"""Makes recorded flights."""
