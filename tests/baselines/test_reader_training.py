"""The reader's training: sheets, batches, and a run that is cut short and goes on."""

import numpy as np
import pytest

pytest.importorskip("torch")

from goldentime.baselines.vision.loop import LoopConfig
from goldentime.baselines.vision.reader import ReaderConfig, train_reader
from goldentime.baselines.vision.reader_frames import FrameSource, frame_batch
from goldentime.baselines.vision.reader_lines import line_batch
from goldentime.baselines.vision.reader_tasks import load_sheets
from goldentime.errors import ConfigError
from goldentime.eval.dataset.sign_sheets import SheetConfig, make_sheets
from goldentime.perception.reading import load_reader
from goldentime.rng import stream

pytestmark = pytest.mark.train

SHEETS = SheetConfig(n=80, shard=40, letter_px=48.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("sheets")
    make_sheets(path, SHEETS)
    return path


def test_the_same_seed_gives_the_same_sheets(folder, tmp_path):
    make_sheets(tmp_path, SHEETS)
    for path in folder.glob("*.npz"):
        with np.load(path) as first, np.load(tmp_path / path.name) as second:
            assert all((first[key] == second[key]).all() for key in ("pictures", "ends", "notes"))


def test_sheets_to_check_on_are_not_trained_on(folder):
    train, check = load_sheets(folder)
    assert {sheet for sheet, _ in train.lines}.isdisjoint(sheet for sheet, _ in check.lines)
    assert len(check.lines) > 0


def test_too_few_sheets_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="sheets of signs"):
        load_sheets(tmp_path)


def test_batches_fit_the_networks(folder):
    train, _ = load_sheets(folder)
    lines = line_batch(train, stream(0, "test"))
    count, _, height, width = lines.pictures.shape
    assert (height, width % 32) == (32, 0)
    assert lines.lengths.shape == lines.columns.shape == (count,)
    assert lines.lengths.sum() == len(lines.classes)
    assert (lines.columns >= 2 * lines.lengths).all()  # CTC has room for blanks
    frames = frame_batch(FrameSource(train), stream(0, "test"))
    assert frames.masks.shape[0] == frames.reach.shape[0] == len(frames.pictures)
    assert frames.masks.max() == 1.0
    text = frames.masks[:, :2].any(1)
    both = frames.reach.transpose(0, 2, 3, 1)
    assert (both[text] != 0).any(1).all()  # wherever text is, its edges have a distance
    assert not both[~text].any()


@pytest.mark.slow
def test_training_goes_on_where_it_stopped_and_can_be_used(folder, tmp_path):
    def config(steps: int) -> ReaderConfig:
        loop = LoopConfig(steps=steps, loaders=0, warmup_steps=1)
        return ReaderConfig(data=folder, sheets=SHEETS, finder=loop, line=loop, out=tmp_path)

    train_reader(config(1))
    first = (tmp_path / "reader.safetensors").read_bytes()
    path = train_reader(config(2))
    assert path.read_bytes() != first
    assert '"step":2' in (tmp_path / "line" / "progress.jsonl").read_text().splitlines()[-1]
    load_reader(path).read(np.zeros((480, 640, 3), np.uint8))
