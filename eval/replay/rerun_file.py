"""A Rerun recording of an episode: scene, flights, people, fire, events, curves and pictures on one time line.

Made from the log alone, as the page and the archive are, and with what they show. A recording is bound to the minor
version of the library that wrote it; the log is what lasts.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_tracks import TRACK_WIDTHS, AirColumn, FuelColumn, PersonColumn, RadioColumn, things_of
from goldentime.eval.replay.page import replay_data
from goldentime.eval.replay.rerun_scene import add_scene
from goldentime.eval.replay.rerun_stream import RerunStream
from goldentime.eval.replay.story import line_of, name_of
from goldentime.eval.score.rules import Rules
from goldentime.files import write_atomic

__all__ = ["write_recording"]

Json = Mapping[str, Any]

_LEVELS = {"good": "INFO", "plain": "DEBUG", "bad": "WARN"}
_COLOURS = {"good": (60, 200, 110), "plain": (170, 170, 170), "bad": (240, 80, 60)}
_MARK_M = 0.1
_NEAREST_M = 5.0
_FROM = (-0.35, -0.55, 0.75)
"""Where the eye is from the middle, in sizes of what it looks at."""
_MOST_MARKS = 50
"""Places of so many events are shown at a time, the latest."""


def write_recording(log: EpisodeLog, rules: Rules | None, path: Path, pictures: Sequence[Json] = ()) -> None:
    """Write a recording, whole or not at all.

    Args:
        rules: what to score by; None for a recording without points.
        pictures: per drone `times` [s] and `jpeg`, base64, as of `film.page_pictures`.

    Raises:
        MissingDependencyError: the library rerun is not installed.
        LogError: the log is without a scenario or a state, or its scenario is of another version.
    """
    stream = RerunStream(log.digest())
    data = replay_data(log, rules)
    hiding = add_scene(stream, log)
    _add_events(stream, log)
    _add_story(stream, data)
    _add_flight_curves(stream, log)
    _add_world_curves(stream, log)
    for drone, shots in enumerate(pictures):
        jpegs = [base64.b64decode(text) for text in shots["jpeg"]]
        columns = stream.library.EncodedImage.columns(blob=jpegs, media_type=["image/jpeg"] * len(jpegs))
        stream.over(f"camera/{drone}", shots["times"], columns)
    stream.still("about", stream.library.TextDocument(_about(log, data), media_type="text/markdown"))
    _lay_out(stream, log, hiding, bool(pictures))
    write_atomic(path, stream.content())


def _add_events(stream: RerunStream, log: EpisodeLog) -> None:
    """Every event of the log as a line of text, of each drone and of the team by itself."""
    for name in sorted({name_of(event) for event in log.events}):
        events = sorted((e for e in log.events if name_of(e) == name), key=lambda event: event.time_s)
        columns = stream.library.TextLog.columns(text=[line_of(e) for e in events], level=["INFO"] * len(events))
        stream.over(f"events/{name}", [event.time_s for event in events], columns)


def _add_story(stream: RerunStream, data: Json) -> None:
    """What the page tells: events in groups with what each earned, where they were, the score as it grows, the calls."""
    rr, story, calls = stream.library, data["events"], data["calls"]
    times, moods = [entry["time"] for entry in story], [entry["mood"] for entry in story]
    if story:
        columns = rr.TextLog.columns(text=[_told(entry) for entry in story], level=[_LEVELS[mood] for mood in moods])
        stream.over("story", times, columns)
        shown = [range(max(end - _MOST_MARKS, 0), end) for end in range(1, len(story) + 1)]
        rows = [row for marks in shown for row in marks]
        columns = rr.Points3D.columns(
            positions=[story[row]["position"] for row in rows],
            colors=[_COLOURS[moods[row]] for row in rows],
            radii=[_MARK_M] * len(rows),
            labels=[story[row]["words"] for row in rows],
        )
        stream.over("world/events", times, columns.partition([len(marks) for marks in shown]))
    if data["score"]:
        earned = data["base"] + np.cumsum([0.0, *(entry["points"] or 0.0 for entry in story)])
        stream.line("score/total", "score", np.array([0.0, *times]), earned)
    if calls:
        texts = [f"{call['kind']} sounds, {'not heard' if call['drone'] < 0 else _heard(call)}" for call in calls]
        levels = ["INFO" if call["drone"] >= 0 else "WARN" if call["help"] else "DEBUG" for call in calls]
        stream.over("calls", [call["start"] for call in calls], rr.TextLog.columns(text=texts, level=levels))


def _told(entry: Json) -> str:
    also = "".join(f"; {text}" for text in entry["also"])
    return f"{entry['words']}{also}" + (f" ({entry['points']:+.2f})" if entry["points"] else "")


def _heard(call: Json) -> str:
    return f"heard by drone {call['drone']} at {call['snr_db']:.1f} dB"


def _add_flight_curves(stream: RerunStream, log: EpisodeLog) -> None:
    samples = log.samples()
    speeds = np.linalg.norm(samples.velocity_m_s, axis=-1)
    for drone in range(samples.position_m.shape[1]):
        for path, name, values in (
            ("charge", "state of charge", samples.state_of_charge),
            ("speed_m_s", "speed [m/s]", speeds),
            ("height_m", "height [m]", samples.position_m[:, :, 2]),
            ("contact_s", "touch [s]", samples.contact_s),
        ):
            stream.line(f"curves/{path}/{drone}", f"drone {drone}, {name}", samples.time_s, values[:, drone])


def _add_world_curves(stream: RerunStream, log: EpisodeLog) -> None:
    """Doses of people, power of the fire, heat in rooms, radio."""
    tracks, scenario = log.tracks(), log.header["scenario"]
    kinds = [person["kind"].replace("_", " ") for person in scenario.get("people", ())]
    rooms = [room.get("name", "") for room in scenario["level"].get("rooms", ())]
    drones = [f"drone {number}" for number in range(len(scenario["drones"]))]
    for track, names, path, column, unit in (
        ("people", kinds, "dose_gas", PersonColumn.FED, "dose of gas"),
        ("people", kinds, "dose_heat", PersonColumn.FED_HEAT, "dose of heat"),
        ("air", rooms, "upper_k", AirColumn.UPPER_K, "hot layer [K]"),
        ("radio", drones, "radio_dbm", RadioColumn.POWER_DBM, "from the base [dBm]"),
        ("radio", drones, "radio_hops", RadioColumn.HOPS, "hops to the base"),
    ):
        if track in tracks:
            things = things_of(tracks[track], TRACK_WIDTHS[track])
            for number, name in enumerate(names[: things.shape[1]]):
                time_s, title = tracks[track][:, 0], f"{number} {name}, {unit}"
                stream.line(f"curves/{path}/{number}", title, time_s, things[:, number, column])
    if "fuels" in tracks:
        powers = things_of(tracks["fuels"], TRACK_WIDTHS["fuels"])[:, :, FuelColumn.HEAT_W].sum(1)
        stream.line("curves/fire_w", "power of the fire [W]", tracks["fuels"][:, 0], powers)


def _about(log: EpisodeLog, data: Json) -> str:
    labels, header = log.header.get("labels", {}), log.header
    facts = {"mission": header.get("mission"), **labels, "seed": header.get("seed"), "end": log.reason}
    lines = [f"- {name}: {value}" for name, value in facts.items() if value is not None]
    if data["score"]:
        terms = [f"| {term['meaning']} | {term['points']:.2f} | {term['weight']:g} |" for term in data["score"]["terms"]]
        lines += ["", f"Score {data['score']['total']:.2f}", "", "| term | points | of |", "|---|---|---|", *terms]
    return "\n".join(lines)


def _eye(stream: RerunStream, log: EpisodeLog) -> Any:
    """From the south-west and above on the rooms and where drones flew, near enough to fill the view."""
    corners = [log.samples().position_m.reshape(-1, 3)]
    for room in log.header["scenario"]["level"].get("rooms", ()):
        corners.append(np.array([room["lower"], room["upper"]], float))
    lower, upper = np.concatenate(corners).min(0), np.concatenate(corners).max(0)
    target, far = (lower + upper) / 2, max(float(np.linalg.norm(upper - lower)), _NEAREST_M)
    return stream.views.EyeControls3D(position=target + far * np.array(_FROM), look_target=target, eye_up=(0.0, 0.0, 1.0))


def _lay_out(stream: RerunStream, log: EpisodeLog, hiding: Sequence[str], camera: bool) -> None:
    """Scene and events at once, ceilings hidden; curves and all else behind tabs."""
    views, rr = stream.views, stream.library
    start, end = (rr.TimeRangeBoundary.absolute(seconds=time_s) for time_s in (0.0, float(log.samples().time_s[-1])))
    axis = views.TimeAxis(view_range=rr.TimeRange(start, end))
    unseen = {path: views.EntityBehavior(visible=False) for path in hiding}
    scene = views.Spatial3DView(origin="world", name="scene", overrides=unseen, eye_controls=_eye(stream, log))
    texts = views.Tabs(
        views.TextLogView(origin="story", name="story"),
        views.TextLogView(origin="events", name="events"),
        views.TextLogView(origin="calls", name="calls"),
        views.TextDocumentView(origin="about", name="about"),
    )
    curves = views.Tabs(
        views.TimeSeriesView(origin="score", name="score", axis_x=axis),
        *(
            views.TimeSeriesView(origin=f"curves/{path}", name=name, axis_x=axis)
            for path, name in (
                ("charge", "charge"),
                ("height_m", "height"),
                ("speed_m_s", "speed"),
                ("dose_gas", "gas"),
                ("dose_heat", "heat"),
                ("upper_k", "rooms"),
                ("fire_w", "fire"),
            )
        ),
    )
    seen = [views.Spatial2DView(origin="camera/0", name="camera of drone 0")] if camera else []
    stream.lay_out(views.Horizontal(scene, views.Vertical(*seen, texts, curves), column_shares=[2, 1]))
