"""Agents that the runner's tests fly; named in configs by their path."""
