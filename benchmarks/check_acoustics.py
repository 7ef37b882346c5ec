"""Check the sound against pyroomacoustics and against what physics says, and print how far it is off.

python benchmarks/check_acoustics.py
"""

import argparse
import sys
from typing import NamedTuple

import numpy as np
import pyroomacoustics as pra
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from goldentime.envs.acoustics.air import BANDS_HZ, SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.space import Space, space_of
from goldentime.envs.level import Level, Room

RATE_HZ = 16000
BAND_HZ = (100.0, 6500.0)
FACES = ("west", "east", "south", "north", "floor", "ceiling")
HIGH = np.array([0.0, 0.0, 80.0])
"""So far above the ground that what it reflects is faint and late."""

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


class Case(NamedTuple):
    """A room of which each face swallows the same at all frequencies."""

    size: Floats
    absorption: Floats
    source: Floats
    mics: Floats


def draw_case(rng: np.random.Generator) -> Case:
    """From a small room to a hall, source and four microphones at least 1 m apart and off the walls."""
    size = rng.uniform([3.0, 3.0, 2.4], [12.0, 9.0, 5.0])
    absorption = rng.uniform(0.02, 0.6, 6)
    while True:
        source, centre = rng.uniform(0.8, size - 0.8), rng.uniform(0.8, size - 0.8)
        if np.linalg.norm(source - centre) > 1.0:
            return Case(size, absorption, source, centre + rng.uniform(-0.1, 0.1, (4, 3)))


def bare_space(case: Case) -> Space:
    """The room of a case, without air."""
    x, y, z = case.size.tolist()
    space = space_of(Level(rooms=(Room(lower=(0.0, 0.0, 0.0), upper=(x, y, z), materials=("plaster",) * 6),)))
    space.reflect[0] = np.sqrt(1.0 - case.absorption)[:, None]
    return space._replace(air_db_m=np.zeros(len(BANDS_HZ)))


def rendered(renderer: Renderer, dry: Floats32, source: Floats, mics: Floats, step: int = 1600) -> Floats32:
    """(m, n) A still source at still microphones, step by step."""
    begins = range(0, len(dry), step)
    parts = [
        renderer.render([SignalChunk(0, dry[k : k + step], source, source)], mics, mics, len(dry[k : k + step]))
        for k in begins
    ]
    return np.concatenate(parts, axis=1)


def impulse(n: int) -> Floats32:
    dry = np.zeros(n, np.float32)
    dry[0] = 1.0
    return dry


def reference(case: Case, order: int, n: int) -> Floats:
    """(m, n) Responses of pyroomacoustics, their constant delay taken off."""
    pra.constants.set("c", SPEED_OF_SOUND_M_S)
    pra.constants.set("rir_hpf_enable", False)
    materials = {face: pra.Material(float(a)) for face, a in zip(FACES, case.absorption, strict=True)}
    room = pra.ShoeBox(case.size, fs=RATE_HZ, materials=materials, max_order=order, air_absorption=False)
    room.add_source(case.source)
    room.add_microphone_array(case.mics.T)
    room.compute_rir()
    early, out = pra.constants.get("frac_delay_length") // 2, np.zeros((len(case.mics), n))
    for row, response in zip(out, room.rir, strict=True):
        found = response[0][early : early + n]
        row[: len(found)] = found
    return out


def error_db(wanted: Floats, got: Floats) -> float:
    """Energy of the difference in the band against that of what is wanted."""
    size = 2 * wanted.shape[-1]
    band = slice(*(int(hz * size / RATE_HZ) for hz in BAND_HZ))
    a, b = (np.fft.rfft(h, size, axis=-1)[..., band] for h in (wanted, got))
    return float(10.0 * np.log10(np.square(np.abs(a - b)).sum() / np.square(np.abs(a)).sum()))


def late_us(wanted: Floats, got: Floats) -> float:
    """How much later a response is [us], by the slope of the phase between them, weighted with its energy."""
    size = 2 * wanted.shape[-1]
    band = np.arange(int(100.0 * size / RATE_HZ), int(4000.0 * size / RATE_HZ))
    a, b = (np.fft.rfft(h, size)[band] for h in (wanted, got))
    turn, cross = 2.0 * np.pi * band * RATE_HZ / size, b * a.conj()
    weight = np.abs(cross)
    return float(-1e6 * (weight * turn * np.angle(cross)).sum() / (weight * turn**2).sum())


def reverberation_s(response: Floats, middle_hz: float) -> float:
    """From -5 to -35 dB of the backward integral (M. R. Schroeder 1965) in one octave."""
    octave = butter(3, [middle_hz / 2**0.5, middle_hz * 2**0.5], "band", fs=RATE_HZ, output="sos")
    left = np.cumsum(np.square(sosfiltfilt(octave, response))[::-1])[::-1]
    decay = 10.0 * np.log10(left / left[0] + 1e-12)
    begin, end = int((decay < -5.0).argmax()), int((decay < -35.0).argmax())
    return -60.0 / float(np.polynomial.polynomial.polyfit(np.arange(begin, end) / RATE_HZ, decay[begin:end], 1)[1])


def tone(hz: float, n: int) -> Floats32:
    return np.sin(2.0 * np.pi * hz * np.arange(n) / RATE_HZ).astype(np.float32)


def spurious_db(sound: Floats32) -> float:
    """The highest line besides a tone, against it."""
    spectrum = np.abs(np.fft.rfft(sound * np.kaiser(len(sound), 20.0)))
    top = int(spectrum.argmax())
    return float(
        20.0 * np.log10(np.concatenate([spectrum[: max(top - 30, 0)], spectrum[top + 30 :]]).max() / spectrum[top])
    )


def flown(speed_m_s: float, hz: float) -> Floats32:
    """(n,) A tone from a source that flies past, seen from its way; two seconds."""
    renderer, dry, heard = Renderer(Level(), RATE_HZ, order=0), tone(hz, 32000), []
    for k in range(20):
        start, end = (HIGH + [-60.0 + speed_m_s * 0.1 * i, 0.0, 0.0] for i in (k, k + 1))  # noqa: RUF005 - a sum is meant
        heard.append(
            renderer.render([SignalChunk(0, dry[k * 1600 : (k + 1) * 1600], start, end)], HIGH[None], HIGH[None], 1600)
        )
    return np.concatenate(heard, axis=1)[0]


def peak_hz(sound: Floats32) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.kaiser(len(sound), 14.0), 1 << 20))
    return float(spectrum.argmax()) * RATE_HZ / (1 << 20)


def check_rooms(count: int) -> bool:
    """Impulse responses of shoe-boxes."""
    print(f"{count} shoe-boxes against pyroomacoustics {pra.__version__}; relative error in 100-6500 Hz [dB], delay [us]")
    cases, held, n = [draw_case(np.random.default_rng([7, i])) for i in range(count)], True, 8000
    for order in range(7):
        errors, delays = [], []
        for case in cases:
            wanted = reference(case, order, n)
            ours = rendered(
                Renderer(bare_space(case), RATE_HZ, order=order, tail=False), impulse(n), case.source, case.mics, n
            )
            errors += [error_db(a, b) for a, b in zip(wanted, ours, strict=True)]
            delays += [late_us(a, b) for a, b in zip(wanted, ours, strict=True)]
        worst = max(errors)
        held &= worst < -35.0 and bool(np.abs(delays).max() < 10.0)
        off = np.abs(delays).max()
        print(f"  order {order}   median {np.median(errors):6.1f}   worst {worst:6.1f}   delay at most {off:5.2f}")
    return held


def check_field() -> bool:
    """Level over distance."""
    away = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    mics = HIGH + away[:, None] * np.array([1.0, 0.0, 0.0])
    heard = rendered(Renderer(Level(), RATE_HZ, order=0), tone(500.0, 6400), HIGH, mics)[:, 3200:]
    falls = np.diff(10.0 * np.log10(np.square(heard).mean(1)))
    print(f"free field, 1 to 32 m, per doubling [dB]: {[round(float(fall), 2) for fall in falls]}")
    return bool(np.abs(falls + 6.02).max() < 0.1)


def check_decay() -> bool:
    """Reverberation time against Eyring."""
    worst = 0.0
    print("reverberation time of furnished rooms, 500, 1000, 2000 Hz [s], order 3: measured, Eyring")
    for size, stuff in (((6.0, 5.0, 3.0), 10.0), ((8.0, 7.0, 4.0), 20.0), ((5.0, 4.0, 2.8), 5.0), ((10.0, 8.0, 4.0), 40.0)):
        level = Level(rooms=(Room(lower=(0.0, 0.0, 0.0), upper=size, materials=("plaster",) * 6, absorption_m2=stuff),))
        expected = space_of(level).rt60_s[0, 2:5]
        source, mic = 0.25 * np.array(size), 0.7 * np.array([size])
        response = rendered(Renderer(level, RATE_HZ), impulse(40000), source, mic)[0]
        found = np.array([reverberation_s(response, hz) for hz in BANDS_HZ[2:5]])
        worst = max(worst, float(np.abs(found / expected - 1.0).max()))
        print(f"  {size} m, {stuff:4.0f} m2: {np.round(found, 2).tolist()}, {np.round(expected, 2).tolist()}")
    print(f"  worst {100.0 * worst:.1f} %")
    return worst < 0.1


def check_motion() -> bool:
    """Doppler shift, and purity where nothing moves."""
    held = True
    print("tone of 2 kHz from a moving source [Hz]: measured, right, spurious lines [dB]")
    for speed in (-20.0, -5.0, 1.0, 5.0, 10.0, 20.0):
        heard, right = flown(speed, 2000.0)[12000:], 2000.0 / (1.0 - speed / SPEED_OF_SOUND_M_S)
        held &= abs(peak_hz(heard) - right) < 0.1 and spurious_db(heard) < -60.0
        print(f"  {speed:6.1f} m/s   {peak_hz(heard):8.2f}   {right:8.2f}   {spurious_db(heard):6.1f}")
    room = Level(
        rooms=(Room(lower=(0.0, 0.0, 0.0), upper=(6.0, 5.0, 3.0), materials=("plaster",) * 6, absorption_m2=10.0),)
    )
    source, mic = np.array([1.2, 1.3, 1.5]), np.array([[4.0, 3.0, 1.3]])
    floor = spurious_db(rendered(Renderer(room, RATE_HZ), tone(1000.0, 48000), source, mic)[0, 16000:])
    print(f"tone of 1 kHz in a room, nothing moves, over 20 borders of steps: spurious lines at {floor:.0f} dB")
    return held and floor < -60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, default=20, help="shoe-boxes to compare")
    args = parser.parse_args()
    held = [check_rooms(args.rooms), check_field(), check_decay(), check_motion()]
    print("all within their bounds" if all(held) else "NOT all within their bounds")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
