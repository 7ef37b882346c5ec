"""One episode: an agent flies a mission and leaves a log.

A team is flown by as many agents of one kind, each of which gets the brief and the observations of its own drone alone:
what they say to each other goes through the drones' radios.
"""

import copy
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from goldentime.errors import ConfigError, GoldenTimeError, InvalidActionError, LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.outcomes import AgentFailure, InfrastructureError
from goldentime.eval.plan import Plan
from goldentime.missions.registry import make_env, make_team_env, team_names
from goldentime.records import record
from goldentime.types import Agent

__all__ = ["AGENT_ERROR", "Flight", "Stopped", "build_agent", "fly"]

AGENT_ERROR = "agent_error"
"""End reason of an episode whose agent raised an exception."""


@record
class Flight:
    """One episode of a plan: all that whoever flies it must know."""

    plan: Plan
    index: int
    seed: int
    """A hidden one is derived where the organiser's secret is, and nowhere else."""

    @classmethod
    def of(cls, plan: Plan, index: int) -> "Flight":
        """Derive the seed.

        Raises:
            ConfigError: the split is hidden and the secret is not at hand.
        """
        return cls(plan=plan, index=index, seed=plan.seed(index))

    def __str__(self) -> str:
        return f"episode {self.index} of {self.plan.mission}"


class Stopped(GoldenTimeError):
    """The run was interrupted in the middle of an episode."""


class _AgentFailed(Exception):
    """Carries the traceback of an agent's exception."""


def fly(
    flight: Flight,
    stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[Any], None] = lambda account: None,
    *,
    render_mode: str | None = None,
    stepped: Callable[[], None] = lambda: None,
) -> EpisodeLog:
    """Fly one episode with an agent and a world made for it alone, so that no episode depends on another.

    An exception in the agent ends the episode, and so does a failure of a submission, whose outcome is the end reason;
    what it did before counts.

    Args:
        stopped: asked before each step; true abandons the episode.
        tell: gets what closing the agent answers, where it can be closed: a submission's `wire.account.Account`.
        render_mode: of the environment.
        stepped: called after each step.

    Raises:
        ConfigError: the mission or the agent can't be built, or they don't fit each other.
        InfrastructureError: what runs the submission failed; the episode is not over.
        Stopped: `stopped` said so.
    """
    plan, index = flight.plan, flight.index
    log = EpisodeLog(labels={"agent": plan.agent, "index": index, "mission": plan.mission, "split": plan.split})
    team = plan.mission in team_names()
    env: Any = (make_team_env if team else make_env)(plan.mission, recorder=log, render_mode=render_mode, **plan.overrides)
    # Everything is closed in the end, whatever happens, the world last.
    with ExitStack() as closing:
        closing.callback(env.close)
        try:
            if team:
                agents = {name: _hired(plan, closing, tell) for name in env.possible_agents}
                steps = _team_steps(env, agents, flight.seed, log, stopped)
            else:
                steps = _steps(env, _hired(plan, closing, tell), flight.seed, log, stopped)
            for _ in steps:
                stepped()
        except _AgentFailed as failure:
            log.error = str(failure)
            log.end(AGENT_ERROR)
        except AgentFailure as failure:
            log.error = str(failure)
            log.end(failure.reason)
    if log.reason is None:
        raise LogError(f"mission {plan.mission}, episode {index}: it ended without a reason in the log")
    return log


def _hired(plan: Plan, closing: ExitStack, tell: Callable[[Any], None]) -> Agent:
    """An agent that is closed in the end, where it can be, and its account told."""
    agent = build_agent(plan)
    if close := getattr(agent, "close", None):
        closing.callback(lambda: tell(close()))
    return agent


def _steps(env: Any, agent: Agent, seed: int, log: EpisodeLog, stopped: Callable[[], bool]) -> Iterator[None]:
    observation, _ = env.reset(seed=seed)
    _call(agent.reset, copy.deepcopy(env.unwrapped.brief))
    ended = False
    while not ended:
        action = _timed(log, stopped, agent.act, observation)
        try:
            observation, _, terminated, truncated, _ = env.step(action)
        except InvalidActionError as error:  # only outside contest mode, where it is an event
            if invalid := getattr(agent, "invalid", None):
                raise invalid(str(error)) from None
            raise _AgentFailed(traceback.format_exc()) from None
        ended = terminated or truncated
        yield


def _team_steps(
    env: Any, agents: Mapping[str, Agent], seed: int, log: EpisodeLog, stopped: Callable[[], bool]
) -> Iterator[None]:
    observations, _ = env.reset(seed=seed)
    for name, agent in agents.items():
        _call(agent.reset, copy.deepcopy(env.brief_of(name)))
    while env.agents:
        actions = {name: _timed(log, stopped, agent.act, observations[name]) for name, agent in agents.items()}
        try:
            observations, *_ = env.step(actions)
        except InvalidActionError:  # as above
            raise _AgentFailed(traceback.format_exc()) from None
        yield


def _timed(log: EpisodeLog, stopped: Callable[[], bool], act: Callable[[Any], Any], observation: Any) -> Any:
    """One agent's action, timed."""
    if stopped():
        raise Stopped("the run was interrupted")
    start = time.perf_counter()
    action = _call(act, observation)
    log.timed(time.perf_counter() - start)
    return action


def _call(method: Callable[[Any], Any], argument: Any) -> Any:
    """Call the agent; whatever it raises, an exit included, is its own failure.

    But for a `ConfigError`: an agent that says it does not fit this mission would fail in every episode alike.
    """
    try:
        return method(argument)
    except (ConfigError, AgentFailure, InfrastructureError):
        raise
    except (Exception, SystemExit):
        raise _AgentFailed(traceback.format_exc()) from None


def build_agent(plan: Plan) -> Agent:
    """Make an agent from its config by Hydra's `instantiate`.

    Raises:
        ConfigError: the class is not found, refuses its arguments or is no agent; the message names the config.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate

    name = f"agent {plan.agent} ({plan.agent_config['_target_']})"
    try:
        agent = instantiate(plan.agent_config, _convert_="all")
    except GoldenTimeError:
        raise
    except InstantiationException as error:
        cause = error.__cause__
        if isinstance(cause, GoldenTimeError):
            raise cause from None
        reason = f"{type(cause).__name__}: {cause}" if cause else str(error)
        raise ConfigError(f"{name}: can't be built from {plan.agent_config}: {reason}") from error
    missing = [method for method in ("reset", "act") if not callable(getattr(agent, method, None))]
    if missing:
        raise ConfigError(f"{name}: an agent has the methods reset and act, {type(agent).__name__} lacks {missing}")
    built: Agent = agent
    return built
