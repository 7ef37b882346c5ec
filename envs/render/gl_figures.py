"""People who change place and posture, drawn by the models that show them at the time."""

import numpy as np

from goldentime.envs.render.gl_batches import ModelBatch, Sight
from goldentime.envs.render.poses import Poses
from goldentime.types import WorldState

__all__ = ["FigureBatch"]


class FigureBatch:
    """All people and their tags. What a model costs that shows nobody is nothing."""

    def __init__(self, batches: list[ModelBatch]) -> None:
        self._batches = batches
        self._line = {
            (placed.kind, placed.place, placed.asset): (number, line)
            for number, batch in enumerate(batches)
            for line, placed in enumerate(batch.group.placed)
        }

    def draw(self, sight: Sight, state: WorldState, poses: Poses) -> None:
        """Draw those in sight."""
        if not self._batches:
            return
        shown = poses.figures(state)
        lines = [self._line[figure.kind, figure.place, figure.asset] for figure in shown]
        centre = np.array([figure.pose[:, 3] for figure in shown], float)
        scale = np.array([figure.scale for figure in shown])
        radius = scale * np.array([self._batches[number].group.model.radius for number, _ in lines])
        cells: dict[int, np.ndarray] = {}
        for (number, line), figure, cell in zip(lines, shown, sight.cells(centre, radius, scale).tolist(), strict=True):
            if cell >= 0.0:
                batch = self._batches[number]
                batch.set(line, figure.pose)
                if number not in cells:
                    cells[number] = np.full(len(batch.group.placed), -1.0)
                cells[number][line] = cell
        for number, wanted in cells.items():
            self._batches[number].draw(wanted, sight.hidden_drone, state, poses)
