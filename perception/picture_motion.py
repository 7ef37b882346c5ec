"""How a picture moved between two instants, for trackers."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["picture_motion"]


def picture_motion(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """How the picture moved: turn, zoom and shift that most corners agree on.

    Args:
        before: (height, width, 3) uint8.
        now: of the same shape.

    Returns:
        (2, 3) taking points of `before` [px] to `now`; None where too few corners agree.
    """
    import cv2

    first, second = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (before, now))
    corners = cv2.goodFeaturesToTrack(first, 200, 0.01, 8)
    if corners is None or len(corners) < 8:
        return None
    moved, ok, _ = cv2.calcOpticalFlowPyrLK(first, second, corners, np.empty_like(corners))
    good = ok.ravel() == 1
    if good.sum() < 8:
        return None
    motion, agree = cv2.estimateAffinePartial2D(corners[good], moved[good], ransacReprojThreshold=3.0)
    if motion is None or agree.sum() < 0.4 * good.sum():
        return None
    return np.asarray(motion, np.float64)
