"""Flies up for five seconds, then fails: its run is listed, and what it did before counts."""

import numpy as np


class Agent:
    """See above."""

    def reset(self, brief):
        """Start an episode."""
        self.steps = 0

    def act(self, observation):
        """Up, and then no more."""
        self.steps += 1
        if self.steps > 50:
            raise RuntimeError("this submission was written to fail")
        return {"motion": np.array([0.0, 0.0, 0.3, 0.0], np.float32), "release": 0}
