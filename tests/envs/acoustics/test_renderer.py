"""What microphones hear, rendered step by step."""

import numpy as np

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.level import Level

RATE = 16000


def test_sound_arrives_late_and_weak_by_its_distance():
    renderer = Renderer(Level(), RATE, order=0)
    click = np.zeros(1600, np.float32)
    click[100] = 1.0
    at, mics = np.array([0.0, 0.0, 50.0]), np.array([[3.432, 0.0, 50.0], [6.864, 0.0, 50.0]])
    heard = renderer.render([SignalChunk("a", click, at, at)], mics, mics, 1600)
    delay = 3.432 / SPEED_OF_SOUND_M_S * RATE
    assert np.argmax(heard[0]) == round(100 + delay) and np.argmax(heard[1]) == round(100 + 2 * delay)
    low = np.abs(np.fft.rfft(heard, axis=1))[:, 100]
    assert np.allclose(low, [1 / 3.432, 1 / 6.864], rtol=0.01)
