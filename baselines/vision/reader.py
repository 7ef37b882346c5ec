"""`goldentime train perception=reader`: both networks of the reader, trained on sheets of signs."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

import torch

from goldentime.baselines.vision.loop import LoopConfig, averaged_weights, run_loop
from goldentime.baselines.vision.reader_frames import FrameSource
from goldentime.baselines.vision.reader_tasks import FinderTask, LineTask, load_sheets
from goldentime.eval.dataset.sign_sheets import SheetConfig, make_sheets
from goldentime.files import write_atomic
from goldentime.perception.reading_net import networks_bytes
from goldentime.records import load, record

__all__ = ["ReaderConfig", "export", "reader_command", "train_reader"]


@record
class ReaderConfig:
    """The reader's training."""

    data: Path = Path("runs/data/sign-sheets")
    """Sheets of signs; what is missing of them is made first."""
    sheets: SheetConfig = field(default_factory=SheetConfig)
    finder: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=45, learning_rate=3e-3, average_decay=0.995))
    line: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=100))
    out: Path = Path("runs/reader")
    """Holds a folder for each network, and `reader.safetensors` at the end."""


def train_reader(config: ReaderConfig) -> Path:
    """Train both networks one after the other, going on where `config.out` stands, and export.

    Returns:
        The file that `perception.reading.load_reader` reads.

    Raises:
        ConfigError: the folder holds another run, or the sheets are too few.
    """
    torch.set_num_threads(1)
    make_sheets(config.data, config.sheets)
    train, check = load_sheets(config.data)
    torch.manual_seed(config.finder.seed)
    run_loop(FinderTask(FrameSource(train), FrameSource(check), config.finder.seed), config.finder, config.out / "finder")
    torch.manual_seed(config.line.seed)
    run_loop(LineTask(train, check, config.line.seed), config.line, config.out / "line")
    export(config.out, config.out / "reader.safetensors")
    return config.out / "reader.safetensors"


def export(run: Path, path: Path) -> None:
    """Write the averaged weights of a run, which may still be going on, as `load_reader` reads them.

    Raises:
        ConfigError: one of the networks has no checkpoint yet.
    """
    write_atomic(path, networks_bytes(averaged_weights(run / "finder"), averaged_weights(run / "line")))


def reader_command(settings: Mapping[str, Any]) -> int:
    """Train with settings as Hydra composes them, and answer the exit code.

    Raises:
        ConfigError: a setting does not fit.
    """
    print(f"-> {train_reader(load(ReaderConfig, settings, 'train'))}", flush=True)
    return 0
