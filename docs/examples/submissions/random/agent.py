"""Anything the action space allows: what a mission gives away."""

from goldentime.baselines.random_agent import RandomAgent as Agent

__all__ = ["Agent"]
