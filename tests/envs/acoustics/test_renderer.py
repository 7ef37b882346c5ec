"""What microphones hear, rendered step by step."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.space import Space, space_of
from goldentime.envs.level import Level, Opening, Room
from goldentime.errors import ConfigError

RATE = 16000
PLASTER = ("plaster",) * 6
HIGH = np.array([0.0, 0.0, 60.0])
"""Far above the ground."""


def hall(size=(6.0, 5.0, 3.0), absorption_m2=10.0) -> Level:
    return Level(rooms=(Room(lower=(0.0, 0.0, 0.0), upper=size, materials=PLASTER, absorption_m2=absorption_m2),))


def flat(size: NDArray[np.float64], absorption: NDArray[np.float64]) -> Space:
    """A room whose faces swallow the same at all frequencies, without air."""
    space = space_of(hall(tuple(size.tolist()), 0.0))
    space.reflect[0] = np.sqrt(1.0 - absorption)[:, None]
    return space._replace(air_db_m=np.zeros(7))


def still(renderer: Renderer, dry, source, mics, steps) -> NDArray[np.float32]:
    """A source and microphones that do not move, heard in steps of some lengths."""
    heard, begin = [], 0
    for n in steps:
        heard.append(renderer.render([SignalChunk("s", dry[begin : begin + n], source, source)], mics, mics, n))
        begin += n
    return np.concatenate(heard, axis=1)


def impulse(n: int) -> NDArray[np.float32]:
    dry = np.zeros(n, np.float32)
    dry[0] = 1.0
    return dry


def tone(hz: float, n: int) -> NDArray[np.float32]:
    return np.sin(2.0 * np.pi * hz * np.arange(n) / RATE).astype(np.float32)


def peak_hz(sound: NDArray[np.float32]) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.kaiser(len(sound), 14.0), 1 << 19))
    return float(spectrum.argmax()) * RATE / (1 << 19)


def spurious_db(sound: NDArray[np.float32]) -> float:
    """The highest line besides a tone, against it."""
    spectrum = np.abs(np.fft.rfft(sound * np.kaiser(len(sound), 20.0)))
    top = int(spectrum.argmax())
    rest = np.concatenate([spectrum[: max(top - 30, 0)], spectrum[top + 30 :]])
    return float(20.0 * np.log10(rest.max() / spectrum[top]))


def test_level_falls_6_db_with_each_doubling_of_the_distance():
    mics = HIGH + np.array([[d, 0.0, 0.0] for d in (1.0, 2.0, 4.0, 8.0)])
    heard = still(Renderer(Level(), RATE), tone(500.0, 3200), HIGH, mics, [1600, 1600])[:, 1600:]
    level = 10.0 * np.log10(np.square(heard).mean(1))
    assert np.allclose(np.diff(level), -6.02, atol=0.05)
    assert level[0] == pytest.approx(-3.01, abs=0.05)


def test_sound_arrives_when_it_should_to_10_microseconds():
    away = np.array([1.234, 3.777, 20.01])
    mics = HIGH + away[:, None] * np.array([0.6, 0.8, 0.0])
    heard = still(Renderer(Level(), RATE, order=0), impulse(4096), HIGH, mics, [4096])
    turn = 2.0 * np.pi * np.arange(20, 800) * RATE / 4096
    phase = np.unwrap(np.angle(np.fft.rfft(heard, axis=1)[:, 20:800]), axis=1)
    late = -np.polynomial.polynomial.polyfit(turn, phase.T, 1)[1]
    assert np.abs(late - away / SPEED_OF_SOUND_M_S).max() < 1e-5


def test_the_ground_reflects_outside():
    source, mic = np.array([0.0, 0.0, 2.0]), np.array([[10.0, 0.0, 2.0]])
    heard = still(Renderer(Level(), RATE, order=1), impulse(1600), source, mic, [1600])[0]
    direct, ground = (round(d / SPEED_OF_SOUND_M_S * RATE) for d in (10.0, np.hypot(10.0, 4.0)))
    loud = np.flatnonzero(np.abs(heard) > 0.1 * np.abs(heard).max())
    assert abs(loud - direct).min() <= 1 and abs(loud - ground).min() <= 1
    assert not np.abs(heard[ground + 40 :]).max() > 1e-3 * np.abs(heard).max()


@pytest.mark.parametrize("order", [0, 1, 3])
def test_impulse_responses_of_rooms_are_those_of_pyroomacoustics(order):
    pra = pytest.importorskip("pyroomacoustics")
    pra.constants.set("c", SPEED_OF_SOUND_M_S)
    pra.constants.set("rir_hpf_enable", False)
    rng, n = np.random.default_rng(order), 4000
    size, absorption = rng.uniform([4.0, 4.0, 2.5], [9.0, 7.0, 4.0]), rng.uniform(0.05, 0.5, 6)
    source, mics = 0.3 * size, 0.7 * size + rng.uniform(-0.1, 0.1, (3, 3))
    names = ("west", "east", "south", "north", "floor", "ceiling")
    materials = {name: pra.Material(float(a)) for name, a in zip(names, absorption, strict=True)}
    room = pra.ShoeBox(size, fs=RATE, materials=materials, max_order=order, air_absorption=False)
    room.add_source(source)
    room.add_microphone_array(mics.T)
    room.compute_rir()
    ours = still(Renderer(flat(size, absorption), RATE, order=order, tail=False), impulse(n), source, mics, [n])
    early = pra.constants.get("frac_delay_length") // 2
    for mine, theirs in zip(ours, room.rir, strict=True):
        reference = np.zeros(n)
        found = theirs[0][early : early + n]
        reference[: len(found)] = found
        band = slice(*(int(hz * 8192 / RATE) for hz in (100, 6500)))
        wanted, got = (np.fft.rfft(h, 8192)[band] for h in (reference, mine))
        error = np.square(np.abs(wanted - got)).sum() / np.square(np.abs(wanted)).sum()
        assert 10.0 * np.log10(error) < -42.0


@pytest.mark.parametrize("order", [0, 3])
def test_a_room_reverberates_as_long_as_eyring_says(order):
    renderer = Renderer(hall(), RATE, order=order)
    mics = np.array([[4.5, 3.8, 1.3], [1.0, 4.2, 2.0]])
    steps = [1600] * 16
    heard = still(renderer, impulse(sum(steps)), np.array([1.2, 1.3, 1.5]), mics, steps)
    expected = space_of(hall()).rt60_s[0]
    for band, middle in ((2, 500.0), (3, 1000.0), (4, 2000.0)):
        octave = butter(3, [middle / 2**0.5, middle * 2**0.5], "band", fs=RATE, output="sos")
        for response in sosfiltfilt(octave, heard, axis=1):
            left = np.cumsum(np.square(response)[::-1])[::-1]
            decay = 10.0 * np.log10(left / left[0] + 1e-12)
            begin, end = int((decay < -5.0).argmax()), int((decay < -35.0).argmax())
            slope = np.polynomial.polynomial.polyfit(np.arange(begin, end) / RATE, decay[begin:end], 1)[1]
            assert -60.0 / slope == pytest.approx(expected[band], rel=0.1)


def test_steps_of_any_length_give_the_same_sound():
    source, mics = np.array([1.2, 1.3, 1.5]), np.array([[4.0, 3.0, 1.3], [4.2, 3.0, 1.3]])
    dry = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    whole = still(Renderer(hall(), RATE), dry, source, mics, [8000])
    pieces = still(Renderer(hall(), RATE), dry, source, mics, [1600, 1, 777, 160, 40, 2222, 1600, 1600])
    assert np.abs(whole - pieces).max() < 1e-5 * np.abs(whole).max()


def test_a_tone_stays_pure_over_the_borders_of_steps():
    source, mics = np.array([1.2, 1.3, 1.5]), np.array([[4.0, 3.0, 1.3]])
    heard = still(Renderer(hall(), RATE), tone(1000.0, 32000), source, mics, [1600] * 20)
    assert spurious_db(heard[0, 16000:]) < -100.0


@pytest.mark.parametrize("speed", [-10.0, 3.0, 20.0])
def test_what_moves_is_shifted_by_doppler(speed):
    dry = tone(2000.0, 20 * 1600)

    def flown(of_source: float, of_mic: float):
        renderer, heard = Renderer(Level(), RATE, order=0), []
        for k in range(20):
            at = [np.array([-60.0 + speed * 0.1 * i, 0.0, 60.0]) for i in (k, k + 1)]
            source = [at[i] if of_source else HIGH for i in (0, 1)]
            mics = [at[i][None] if of_mic else HIGH[None] for i in (0, 1)]
            chunk = SignalChunk(0, dry[k * 1600 : k * 1600 + 1600], source[0], source[1])
            heard.append(renderer.render([chunk], mics[0], mics[1], 1600))
        return np.concatenate(heard, axis=1)[0, 12000:]

    moving_source, moving_mic = flown(1, 0), flown(0, 1)
    assert peak_hz(moving_source) == pytest.approx(2000.0 / (1.0 - speed / SPEED_OF_SOUND_M_S), abs=0.1)
    assert peak_hz(moving_mic) == pytest.approx(2000.0 * (1.0 + speed / SPEED_OF_SOUND_M_S), abs=0.1)
    assert spurious_db(moving_source) < -60.0


def test_flying_through_a_door_does_not_click():
    rooms = tuple(
        Room(lower=(x, 0.0, 0.0), upper=(x + 5.0, 5.0, 3.0), materials=PLASTER, absorption_m2=15.0) for x in (0.0, 5.14)
    )
    door = Opening(rooms=(0, 1), centre=(5.07, 2.5, 1.05), size=(0.14, 1.2, 2.1))
    renderer, heard = Renderer(Level(rooms=rooms, openings=(door,)), RATE), []
    dry, source = tone(300.0, 40 * 1600), np.array([1.5, 1.5, 1.6])
    for k in range(40):
        mics = [np.array([[4.0 + 0.05 * i, 2.5, 1.4]]) for i in (k, k + 1)]
        chunk = SignalChunk(0, dry[k * 1600 : k * 1600 + 1600], source, source)
        heard.append(renderer.render([chunk], mics[0], mics[1], 1600))
    sound = np.concatenate(heard, axis=1)[0, 4 * 1600 :].astype(float)
    # A tone that only fades and interferes has next to nothing an octave and more above.
    high = np.fft.irfft(np.fft.rfft(sound * np.hanning(len(sound))) * (np.fft.rfftfreq(len(sound), 1 / RATE) > 700.0))
    assert np.abs(high).max() < 3e-3 * np.abs(sound).max()


def test_what_was_given_off_arrives_after_the_source_has_gone():
    mics = HIGH[None] + np.array([[100.0, 0.0, 0.0]])
    renderer = Renderer(Level(), RATE, order=0)
    dry = np.random.default_rng(0).standard_normal(1600).astype(np.float32)
    heard = [renderer.render([SignalChunk("s", dry, HIGH, HIGH)], mics, mics, 1600)]
    heard += [renderer.render([], mics, mics, 1600) for _ in range(5)]
    sound = np.concatenate(heard, axis=1)[0]
    begin = int(100.0 / SPEED_OF_SOUND_M_S * RATE)
    assert np.abs(sound[: begin - 40]).max() < 1e-6 and np.abs(sound[begin : begin + 1600]).max() > 0.01
    assert np.abs(sound[begin + 1650 :]).max() < 1e-6


def test_late_sound_is_alike_at_microphones_as_in_a_diffuse_field():
    mics = np.array([[4.0, 3.0, 1.3], [4.02, 3.0, 1.3], [4.6, 3.0, 1.3]])
    heard = still(Renderer(hall(), RATE, order=1), impulse(9600), np.array([1.2, 1.3, 1.5]), mics, [9600])[:, 1600:]
    close, far = (float(np.corrcoef(heard[0], heard[other]).item(1)) for other in (1, 2))
    assert close > 0.5 and abs(far) < 0.2


def test_reverberation_is_the_same_from_the_same_draw_only():
    source, mics = np.array([1.2, 1.3, 1.5]), np.array([[4.0, 3.0, 1.3]])
    first, again, other = (
        still(Renderer(hall(), RATE, rng=np.random.default_rng(s)), impulse(3200), source, mics, [3200]) for s in (1, 1, 2)
    )
    assert (first == again).all() and np.abs(first - other).max() > 1e-3


def test_a_step_costs_a_small_part_of_its_time():
    rng, renderer = np.random.default_rng(0), Renderer(hall(), RATE)
    array = rng.uniform(-0.1, 0.1, (4, 3))
    dry = rng.standard_normal((3, 1600)).astype(np.float32)

    def steps(count: int) -> None:
        for k in range(count):
            at = [np.array([3.0 + 0.05 * i, 2.5, 1.4]) for i in (k, k + 1)]
            chunks = [SignalChunk(s, dry[s], at[0] - 1.0 - 0.3 * s, at[1] - 1.0 - 0.3 * s) for s in range(3)]
            renderer.render(chunks, at[0] + array, at[1] + array, 1600)

    steps(2)
    begin = time.process_time()
    steps(10)
    # A quiet core takes 5 ms; a quarter of real time leaves room for a busy one.
    assert (time.process_time() - begin) / 10 < 0.025


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mics": np.zeros(3)}, r"expected microphones \(m, 3\)"),
        ({"n": 1500}, r"source 's': expected \(1500,\) samples, .* got \(1600,\)"),
        ({"at": np.zeros(2)}, r"start and end \(3,\), got \(1600,\), \(2,\)"),
        ({"twice": True}, "one chunk a key"),
    ],
)
def test_what_does_not_fit_is_told(change, message):
    at, mics = change.get("at", np.ones(3)), change.get("mics", np.zeros((2, 3)))
    chunks = [SignalChunk("s", np.zeros(1600, np.float32), at, at)] * (2 if "twice" in change else 1)
    with pytest.raises(ConfigError, match=message):
        Renderer(Level(), RATE).render(chunks, mics, mics, change.get("n", 1600))


def test_an_order_or_a_rate_that_makes_no_sense_is_told():
    with pytest.raises(ConfigError, match=r"order in 0\.\.8, got 16000 and 9"):
        Renderer(Level(), RATE, order=9)
    with pytest.raises(ConfigError, match="sample rate > 0"):
        Renderer(Level(), 0)
