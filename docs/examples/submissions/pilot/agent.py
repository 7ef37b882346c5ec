"""The reference pilot of the obstacle courses, handed in like any other agent."""

from goldentime.baselines.pilot import Pilot as Agent

__all__ = ["Agent"]
