"""Text pictures: an offline twin of a text track in a form of our own, from the same scenes as the missions."""

from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Any

from goldentime.envs.scenes.scene import Pool, SceneConfig
from goldentime.eval.contest.track2 import SeenText, Truths, answer_bytes, truth_bytes
from goldentime.eval.dataset.card import bands, card_text, counted, table
from goldentime.eval.dataset.detection import jpeg
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sign_views import ReadingConfig
from goldentime.eval.dataset.signs import SignsConfig, sign_shots
from goldentime.files import pretty_json, write_atomic
from goldentime.records import dump, load, record
from goldentime.rng import stream

__all__ = ["TRACK2", "TextRule", "Track2Config"]


@record
class TextRule:
    """When a text counts: anyone who sees the sign could read it."""

    least_letter_px: float = 12.0
    """Height of its smallest line's letters, of vertical writing their width."""
    most_angle_deg: float = 60.0
    least_visibility: float = 0.95
    """Share of the sign that is in the picture and not hidden."""
    least_transmittance: float = 0.3
    """Share of its light that passes the smoke."""


@record
class Track2Config:
    """What pictures are made."""

    n: int = 200
    """Pictures."""
    seed: int = 0
    pool: Pool = "test"
    width: int = 640
    height: int = 480
    views: int = 4
    """Pictures per scene."""
    streets: float = 0.5
    """Share of the scenes that are streets; the others are floors."""
    quality: int = 92
    """Of the JPEG files."""
    rule: TextRule = TextRule()
    pose: ReadingConfig = ReadingConfig()
    scene: SceneConfig = field(
        default_factory=lambda: SceneConfig(signs=(6, 16), people=(0, 4), objects=(2, 8), extinction_per_m=(0.01, 0.12))
    )
    """What is in the scenes; `place` and `pool` are set by the above."""

    def __post_init__(self) -> None:
        if self.n < 1 or self.views < 1 or self.seed < 0:
            raise ValueError(f"expected n and views of at least 1 and a seed of at least 0, got {self}")


def _sizes(config: Track2Config) -> list[int]:
    return [min(config.views, config.n - first) for first in range(0, config.n, config.views)]


def _make(config: Track2Config, shard: int, folder: Path) -> dict[str, Any]:
    (folder / "images").mkdir(exist_ok=True)
    first = shard * config.views
    size = min(config.views, config.n - first)
    shots = SignsConfig(
        n=size, pool=config.pool, width=config.width, height=config.height, views=size, streets=config.streets,
        pose=config.pose, scene=config.scene,
    )  # fmt: skip
    pictures = []
    rng = stream(config.seed, "dataset.track2", shard)
    for number, (_, frame, rows, (scene, _, _)) in enumerate(sign_shots(shots, rng, _any_counts(config.rule)), first + 1):
        name = f"t2_image_{number:05d}.jpg"
        (folder / "images" / name).write_bytes(jpeg(frame.rgb, config.quality))
        pictures.append(
            {"id": number, "place": scene.config.place, "texts": [dump(_text(row, config.rule)) for row in rows]}
        )
    return {"pictures": pictures}


def _any_counts(rule: TextRule) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda rows: any(_counts(row, rule) for row in rows)


def _counts(row: dict[str, Any], rule: TextRule) -> bool:
    clear = row["visibility"] >= rule.least_visibility and row["transmittance"] >= rule.least_transmittance
    return bool(clear and row["angle_deg"] <= rule.most_angle_deg and _letter_px(row) >= rule.least_letter_px)


def _letter_px(row: dict[str, Any]) -> float:
    return float(min(line["letter_px"] for line in row["lines"]))


def _text(row: dict[str, Any], rule: TextRule) -> SeenText:
    corners = [(float(x), float(y)) for x, y in row["face_px"]]
    return SeenText(
        text=row["text"], counts=_counts(row, rule), kind=row["kind"], language=row["language"], vertical=row["vertical"],
        covered=bool(row["covered"]), height_m=row["height_m"], angle_deg=row["angle_deg"], letter_px=_letter_px(row),
        distance_m=row["face_distance_m"], quad=(corners[0], corners[1], corners[2], corners[3]),
    )  # fmt: skip


_WHAT = """\
Pictures of signs at various angles and heights on streets and floors: `images/t2_image_00001.jpg` and on. `track2_GT.json`
is the truth: per picture the text of each sign in it, whether it counts, and how it is seen. `answer_empty.json` shows an
answer's form: per picture a list of strings, one for each sign, in any order. `goldentime contest track2 track2_GT.json
ANSWER.json` scores it."""

_OURS = """\
The real text track's form is unknown; all of this is ours. A sign is one text: its lines from top to bottom (columns from
left to right) joined by a space; of a partly covered sign it is the whole text, which must be inferred. A text counts as
`rule` below says; reading one that does not count costs nothing. Every picture has one that counts."""


def _finish(config: Track2Config, folder: Path, shards: list[dict[str, Any]]) -> None:
    pictures = [picture for shard in shards for picture in shard["pictures"]]
    truth: Truths = {
        picture["id"]: tuple(load(SeenText, text, "track2") for text in picture["texts"]) for picture in pictures
    }
    write_atomic(folder / "track2_GT.json", truth_bytes(truth))
    write_atomic(folder / "answer_empty.json", answer_bytes(dict.fromkeys(truth, ())))
    places = [{"id": picture["id"], "place": picture["place"]} for picture in pictures]
    write_atomic(folder / "details.json", pretty_json(places))
    rows = [text for picture in pictures for text in picture["texts"] if text["counts"]]
    total = sum(len(texts) for texts in truth.values())
    parts = [("What it is", _WHAT), ("What is ours", _OURS)]
    parts.append(("Texts", f"{len(pictures)} pictures, {total} texts, {len(rows)} of which count.\n\n" + _tables(rows)))
    write_atomic(folder / "card.md", card_text(TRACK2.title, parts, statement_of(TRACK2, config)))


def _tables(rows: list[dict[str, Any]]) -> str:
    shown = [
        table(("height [m]", "texts"), bands(rows, "height_m", (0.0, 1.0, 1.5, 2.0, 3.0, 8.0))),
        table(("angle [deg]", "texts"), bands(rows, "angle_deg", (0.0, 15.0, 30.0, 45.0, 60.0))),
        table(("distance [m]", "texts"), bands(rows, "distance_m", (0.0, 2.0, 4.0, 6.0, 8.0, 20.0))),
        *(table((key, "texts"), counted(rows, key)) for key in ("language", "kind")),
    ]
    return "\n\n".join(shown)


TRACK2 = Recipe(
    name="contest2019-track2",
    config=Track2Config,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time text pictures",
    about="Synthetic pictures of Korean and English signs at various angles and heights, on streets and in buildings, with "
    "what is written on each sign; for a text track whose form is ours.",
    keywords=("scene text", "end-to-end text recognition", "Korean", "Hangul", "signs", "drone", "synthetic"),
)
"""Makes text pictures."""
