"""Reports and messages as a brief describes them: those that say nothing, and random ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from goldentime.types import Brief

__all__ = ["message_bytes", "no_message", "no_report", "random_report", "report_sheet"]

_Sheet = Mapping[str, Any]
_BEARING = ("azimuth_rad", "elevation_rad", "onset_s")


def report_sheet(brief: Brief) -> _Sheet | None:
    """What the brief says of reports; None in a mission without them."""
    sheet: _Sheet | None = brief["action"].get("report")
    return sheet


def no_report(sheet: _Sheet) -> dict[str, Any]:
    """The report of a step in which there is nothing to report."""
    report: dict[str, Any] = {"kind": 0, "position_m": np.zeros(3, np.float32)}
    if "described" in sheet:
        report["described"] = 0
    if "text" in sheet:
        report["text"] = ""
    if "placed" in sheet:
        report |= {"placed": 0, **dict.fromkeys(_BEARING, np.float32(0.0))}
    return report | dict.fromkeys([*sheet.get("questions", ()), *sheet.get("counts", ())], 0)


def message_bytes(brief: Brief) -> int:
    """Length of an action's message; 0 where there are no radios."""
    return int(brief["action"].get("message", {"bytes": 0})["bytes"])


def no_message(brief: Brief) -> dict[str, Any]:
    """What silence adds to an action: nothing where there are no radios."""
    length = message_bytes(brief)
    return {"message": np.zeros(length, np.uint8)} if length else {}


def random_report(sheet: _Sheet, rng: np.random.Generator) -> dict[str, Any]:
    """Anything that can be reported."""
    low, high = np.array(sheet["position_m"]["low"]), np.array(sheet["position_m"]["high"])
    place = np.clip(rng.uniform(low, high), low, high).astype(np.float32)
    report: dict[str, Any] = {"kind": int(rng.integers(len(sheet["kinds"]))), "position_m": place}
    if "described" in sheet:
        report["described"] = int(rng.integers(2))
    if "text" in sheet:
        codes = [code for first, last in sheet["text"]["code_points"] for code in range(first, last + 1)]
        length = int(rng.integers(sheet["text"]["max_length"] + 1))
        report["text"] = "".join(chr(codes[i]) for i in rng.integers(len(codes), size=length))
    if "placed" in sheet:
        report["placed"] = int(rng.integers(2))
        report |= {name: np.float32(rng.uniform(sheet[name]["low"], sheet[name]["high"])) for name in _BEARING}
    report |= {name: int(rng.integers(len(answers))) for name, answers in sheet.get("questions", {}).items()}
    return report | {name: int(rng.integers(most + 1)) for name, most in sheet.get("counts", {}).items()}
