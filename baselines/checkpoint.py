"""CheckpointAgent: flies what `goldentime train` has trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldentime.baselines.actor import Actor, AgentCard, load_actor, load_card
from goldentime.baselines.features import make_features
from goldentime.baselines.flat import ActionMap
from goldentime.errors import ConfigError
from goldentime.types import Brief

__all__ = ["CheckpointAgent", "PolicyAgent"]


class PolicyAgent:
    """A policy behind the agent protocol."""

    def __init__(self, card: AgentCard, actor: Actor) -> None:
        self._card, self._actor = card, actor
        self._features = make_features(card.view)
        self._map: ActionMap | None = None

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: the mission's action mode, action or sensors are not those of the training.
        """
        card, mode = self._card, brief["action_mode"]
        if mode != card.action_mode:
            raise ConfigError(
                f"mission {brief['mission']}: action_mode is {mode}, the agent was trained with {card.action_mode.value} "
                f"(on mission {card.mission}); fly it with mission.action_mode={card.action_mode.value}"
            )
        self._map = ActionMap.of(brief)
        if self._map.size != card.sizes[-1]:
            raise ConfigError(
                f"mission {brief['mission']}: the action has {self._map.size} numbers, the agent answers {card.sizes[-1]} "
                f"(trained on mission {card.mission})"
            )
        self._features.start(brief)

    def act(self, observation: Mapping[str, Any]) -> dict[str, Any]:
        """The policy's mean action."""
        assert self._map is not None, "reset() comes first"
        features = self._features.read(observation)
        if features.shape != (self._card.sizes[0],):
            raise ConfigError(
                f"the observation gives {features.shape[0]} features, the agent was trained with {self._card.sizes[0]} "
                f"(on mission {self._card.mission})"
            )
        return self._map.to_action(self._actor.act(features))


class CheckpointAgent(PolicyAgent):
    """A trained agent from its run folder; needs NumPy only.

    Args:
        path: the folder that `goldentime train` made.

    Raises:
        ConfigError: the folder holds no trained agent, or one that flies a whole team.
    """

    def __init__(self, path: str | Path) -> None:
        folder = Path(path)
        card = load_card(folder)
        if card.drones > 1:
            raise ConfigError(
                f"{folder}: expected an agent of one drone, got one brain for {card.drones} drones (trained on mission "
                f"{card.mission}); evaluation makes one agent per drone, each with its own observation. What it scores is "
                f"in {folder / 'progress.csv'}, column check_score"
            )
        super().__init__(card, load_actor(folder, card))
