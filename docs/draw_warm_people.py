"""Draws a picture of docs/perception.md: thermal pictures of a data set `warmth`, and who is found in them.

python docs/draw_warm_people.py FOLDER
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from goldentime.baselines.vision.warm_people import Pictures, read_pictures
from goldentime.perception.warm_people import load_warm_people

SCORE, SCALE, COLUMNS, ROWS = 0.35, 4, 4, 3
TRUE, FOUND = (200, 200, 200), (90, 220, 90)


def tile(pictures: Pictures, number: int) -> np.ndarray:
    """One picture, its people in grey and what is found in green."""
    kelvin = pictures.kelvin[number]
    low, high = np.quantile(kelvin, 0.02), max(np.quantile(kelvin, 0.98), np.quantile(kelvin, 0.02) + 8.0)
    grey = (np.clip((kelvin - low) / (high - low), 0.0, 1.0) * 255).astype(np.uint8)
    size = (kelvin.shape[1] * SCALE, kelvin.shape[0] * SCALE)
    drawn = cv2.applyColorMap(cv2.resize(grey, size, interpolation=cv2.INTER_NEAREST), cv2.COLORMAP_INFERNO)
    for left, upper, width, height, _ in (SCALE * pictures.people[number]).tolist():
        cv2.rectangle(drawn, (left, upper), (left + width, upper + height), TRUE, 1)
    views = (array[number].astype(np.float32) for array in pictures[:3])
    for one in FINDER.find(*views):
        left, upper, width, height = (round(SCALE * value) for value in one.box)
        cv2.rectangle(drawn, (left, upper), (left + width, upper + height), FOUND, 2)
        cv2.putText(drawn, f"{one.pose} {one.score:.2f}", (left, max(upper - 4, 10)), 0, 0.4, FOUND, 1, cv2.LINE_AA)
    cv2.putText(drawn, f"{kelvin.min():.0f}-{kelvin.max():.0f} K", (4, size[1] - 6), 0, 0.4, TRUE, 1, cv2.LINE_AA)
    return np.pad(drawn, ((1, 1), (1, 1), (0, 0)))


FINDER = load_warm_people(least_score=SCORE)


def main() -> None:
    """Draw pictures at even distances among those in which the smoke or the fire shows and somebody is."""
    pictures = read_pictures(Path(sys.argv[1]))
    warm = [i for i, people in enumerate(pictures.people) if len(people) and np.ptp(pictures.kelvin[i]) > 8.0]
    chosen = [warm[i] for i in np.linspace(0, len(warm) - 1, COLUMNS * ROWS).astype(int)]
    tiles = [tile(pictures, number) for number in chosen]
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(Path(__file__).parent / "img" / "warm_people.png"), np.vstack(rows))


if __name__ == "__main__":
    main()
