"""Backgrounds without text, drawn from chance alone."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_wall"]

Rng = np.random.Generator
Picture = NDArray[np.uint8]


def _colour(rng: Rng) -> tuple[int, int, int]:
    grey = float(rng.uniform(25, 235))
    red, green, blue = np.clip(grey + rng.normal(0, 28, 3) * (rng.random() < 0.7), 0, 255)
    return int(red), int(green), int(blue)


def draw_wall(height: int, width: int, rng: Rng) -> Picture:
    """(height, width, 3) uint8: surfaces, joints, boxes, bars and spots."""
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = _colour(rng)
    if rng.random() < 0.6:  # floor or sky
        edge = int(rng.uniform(0.1, 0.95) * height)
        picture[edge:] = _colour(rng)
    if rng.random() < 0.4:
        picture[:, : int(rng.uniform(0.1, 0.9) * width)] *= float(rng.uniform(0.5, 1.4))
    drawn = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        _joints(drawn, rng)
    for _ in range(int(rng.integers(0, 14))):
        _thing(drawn, rng)
    grain = float(rng.uniform(0, 14)) * rng.standard_normal((height // 2, width // 2), np.float32)
    rough = cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    return np.asarray(np.clip(drawn + rough, 0, 255), np.uint8)


def _joints(picture: Picture, rng: Rng) -> None:
    """Bricks or tiles."""
    height, width = picture.shape[:2]
    tall, long = int(rng.integers(5, 40)), int(rng.integers(8, 80))
    colour = _colour(rng)
    for row, y in enumerate(range(0, height, tall)):
        cv2.line(picture, (0, y), (width, y), colour, 1)
        for x in range(-(row % 2) * long // 2, width, long):
            cv2.line(picture, (x, y), (x, y + tall), colour, 1)


def _thing(picture: Picture, rng: Rng) -> None:
    height, width = picture.shape[:2]
    x, y = int(rng.integers(width)), int(rng.integers(height))
    w, h = int(4 * 40 ** rng.random()), int(4 * 40 ** rng.random())
    form, colour = rng.random(), _colour(rng)
    if form < 0.45:
        box = cv2.boxPoints(((x, y), (w, h), float(rng.normal(0, 6))))
        cv2.fillPoly(picture, [box.astype(np.int32)], colour, cv2.LINE_AA)
        if rng.random() < 0.4:
            cv2.polylines(picture, [box.astype(np.int32)], True, _colour(rng), int(rng.integers(1, 4)), cv2.LINE_AA)
    elif form < 0.6:
        cv2.ellipse(
            picture, (x, y), (w, h), float(rng.uniform(0, 180)), 0, 360, colour, int(rng.choice((-1, 2))), cv2.LINE_AA
        )
    elif form < 0.8:
        step, thick = int(rng.integers(3, 14)), int(rng.integers(1, 4))
        across = rng.random() < 0.5
        for i in range(int(rng.integers(2, 12))):  # bars and blinds
            start, end = (
                ((x + i * step, y), (x + i * step, y + h)) if across else ((x, y + i * step), (x + w, y + i * step))
            )
            cv2.line(picture, start, end, colour, thick, cv2.LINE_AA)
    else:
        end = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.line(picture, (x, y), end, colour, int(rng.integers(1, 5)), cv2.LINE_AA)
