"""Reading data sets: a plain map of samples, as PyTorch's `DataLoader` takes it, without PyTorch.

DataLoader(load(folder), batch_size=8, collate_fn=list)
"""

import json
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError

__all__ = ["PictureData", "Sample", "load"]

_FILE = "annotations.json"


class Sample(NamedTuple):
    """One picture and what is on it."""

    image: NDArray[np.uint8]
    """(height, width, 3) RGB."""
    boxes: NDArray[np.float32]
    """(n, 4) [px] left, top, right, lower edge."""
    labels: NDArray[np.int64]
    """(n,) ids of categories, from 1."""
    image_id: int


class PictureData:
    """A detection or signs data set."""

    def __init__(self, folder: Path) -> None:
        try:
            self._data: dict[str, Any] = json.loads((folder / _FILE).read_bytes())
        except OSError as error:
            raise ConfigError(f"{folder}: expected a data set with {_FILE}, it can't be read ({error.strerror})") from None
        except ValueError as error:
            raise ConfigError(f"{folder / _FILE}: not JSON: {error}") from None
        self._folder = folder
        self._rows: list[list[dict[str, Any]]] = [[] for _ in self._data["images"]]
        places = {image["id"]: place for place, image in enumerate(self._data["images"])}
        for row in self._data["annotations"]:
            self._rows[places[row["image_id"]]].append(row)

    @cached_property
    def categories(self) -> dict[int, str]:
        """Names by id."""
        return {int(row["id"]): str(row["name"]) for row in self._data["categories"]}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Sample:
        image = self.image(place)
        rows = self._rows[place]
        boxes = np.array([row["bbox"] for row in rows], np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        path = self._folder / "images" / image["file_name"]
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            raise ConfigError(f"{path}: expected a picture, it can't be read")
        labels = np.array([row["category_id"] for row in rows], np.int64)
        return Sample(np.asarray(picture, np.uint8), boxes, labels, int(image["id"]))

    def image(self, place: int) -> dict[str, Any]:
        """What is known of one image."""
        found: dict[str, Any] = self._data["images"][place]
        return found

    def annotations(self, place: int) -> list[dict[str, Any]]:
        """All that is known of what is on one image, in the order of the sample's boxes."""
        return self._rows[place]


def load(folder: str | Path) -> PictureData:
    """Read a data set that `goldentime dataset make` wrote.

    Raises:
        ConfigError: the folder holds none.
    """
    return PictureData(Path(folder))
