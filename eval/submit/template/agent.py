"""A first agent: flies at one metre per second to where its lidar sees room, east before all."""

import numpy as np


class Agent:
    """All that a team writes: reset and act."""

    def reset(self, brief):
        """Start an episode; `brief` tells of the mission, the sensors and the action space."""
        columns = brief["sensors"]["lidar"]["options"]["columns"]
        self.angle = np.arange(columns) * 2 * np.pi / columns  # counter-clockwise from straight ahead

    def act(self, observation):
        """Answer one observation with one action."""
        level = observation["lidar"][4]  # the horizontal ring, metres
        room = np.min([np.roll(level, shift) for shift in range(-12, 13)], axis=0)
        east = np.cos(self.angle + observation["attitude"][2])
        go = self.angle[np.argmax(np.minimum(room, 3.0) + east)]
        climb = 1.5 - observation["rangefinder"][0]
        return {"motion": np.array([np.cos(go), np.sin(go), climb, 0.0], np.float32), "release": 0}
