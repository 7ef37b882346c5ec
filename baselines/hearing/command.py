"""`goldentime train perception=hearing`: the data set if it is not there, then both networks, one after the other."""

import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

import torch

from goldentime.baselines.hearing.directions import DirectionTask
from goldentime.baselines.hearing.embedding import train_head
from goldentime.baselines.hearing.voices import VoiceConfig, VoiceTask
from goldentime.baselines.hearing.windows import HearingSet, MixConfig
from goldentime.baselines.vision.loop import LoopConfig, Task, averaged_weights, run_loop
from goldentime.files import write_atomic
from goldentime.perception.hearing_net import DirectionNet, VoiceNet, net_bytes
from goldentime.perception.hearing_net_embedding import head_bytes
from goldentime.records import load, record

__all__ = ["HearingTraining", "export_nets", "hearing_command"]


@record
class HearingTraining:
    """The training of both networks."""

    data: Path
    """A folder of `goldentime dataset make hearing`, pool `train`; it is made if it is not there."""
    scenes: int = 240
    """How many are made."""
    more_voices: tuple[Path, ...] = ()
    """Further such folders whose clips the voice net learns from, such as one of an imported bank of recordings."""
    checks: Path | None = None
    """Another one to check on; none leaves the checks out."""
    mix: MixConfig = MixConfig()
    batch: int = 16
    """Windows per step of the direction net."""
    voices: VoiceConfig = VoiceConfig()
    direction_loop: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=30))
    voice_loop: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=10))
    nets: tuple[str, ...] = ("directions", "voices")
    """Which of them; `embedding` too, which needs the package `resemblyzer`."""
    embedded: int = 3000
    """Voices that the layer on the embedding is fitted to."""
    out: Path = Path("runs/hearing")


def hearing_command(settings: Mapping[str, Any]) -> int:
    """Train what the settings name, going on in `out` where it was begun.

    Raises:
        ConfigError: a setting does not fit, or the folder holds another run.
    """
    config = load(HearingTraining, settings, "train")
    _make_set(config)
    torch.set_num_threads(1)
    data = HearingSet(config.data)
    checks = HearingSet(config.checks) if config.checks is not None else None
    if "directions" in config.nets:
        task: Task = DirectionTask(data, checks, config.mix, config.batch, config.direction_loop.seed)
        _trained(task, config.direction_loop, config.out / "directions")
    sets = [data, *(HearingSet(folder) for folder in config.more_voices)]
    if "voices" in config.nets:
        _trained(VoiceTask(sets, checks, config.voices, config.voice_loop.seed), config.voice_loop, config.out / "voices")
    if "embedding" in config.nets:
        head = train_head(VoiceTask(sets, None, config.voices, 1), config.embedded, config.voice_loop.seed)
        write_atomic(config.out / "hearing_embedding.safetensors", head_bytes(head))
    export_nets(config.out, config.out)
    return 0


def _make_set(config: HearingTraining) -> None:
    """The data set, unless it is there; going on where a making was stopped."""
    from goldentime.eval.dataset.hearing import HEARING, HearingConfig
    from goldentime.eval.dataset.shards import make_shards

    if not (config.data / "truth.json").is_file():
        made = HearingConfig(n=config.scenes)
        make_shards(HEARING, made, config.data, len(os.sched_getaffinity(0)), lambda made: print(made, flush=True))


def _trained(task: Task, loop: LoopConfig, folder: Path) -> None:
    end = run_loop(task, loop, folder)
    print(f"{folder}: {end.steps:,} steps in {end.seconds:.0f} s", flush=True)


def export_nets(run: Path, folder: Path) -> None:
    """Write the averaged weights of a run's networks, as far as it has them, as `hearing_net` reads them."""
    for name, net in (("directions", DirectionNet()), ("voices", VoiceNet())):
        if (run / name / "checkpoint.pt").is_file():
            net.load_state_dict(averaged_weights(run / name))
            assert isinstance(net, DirectionNet | VoiceNet)
            write_atomic(folder / f"hearing_{name}.safetensors", net_bytes(net))
