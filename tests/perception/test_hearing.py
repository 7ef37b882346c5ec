"""Directions, noise, voices and tracks from plane waves made here, whose truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.errors import ConfigError
from goldentime.perception.hearing import Calibration, Hearer
from goldentime.perception.hearing_directions import (
    SOUND_M_S,
    DirectionGrid,
    angle_between,
    bearing_of,
    find_peaks,
    towards,
)
from goldentime.perception.hearing_doa import (
    Steerer,
    music_map,
    noise_beam_map,
    pair_angle,
    reference_music_map,
    srp_phat_map,
)
from goldentime.perception.hearing_noise import OwnNoise, mvdr, rotor_lines, wiener_gains
from goldentime.perception.hearing_position import Bearing, locate, turned
from goldentime.perception.hearing_spectra import BINS_HZ, RATE_HZ, covariances, resampled, spectra, waveform
from goldentime.perception.hearing_tracks import VoiceTracker
from goldentime.perception.hearing_voice import MEL_BANDS, log_mel, pitch_hz, speech_evidence, voice_by_pitch

CUBE = 0.06 * np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
HALF = 8_000


def plane_wave(signal, azimuth_deg, elevation_deg, positions=CUBE):
    """The signal as it passes the microphones, (mics, samples); 64 samples are lost at the ends."""
    lead = towards(math.radians(azimuth_deg), math.radians(elevation_deg)) @ positions.T / SOUND_M_S
    turns = np.exp(2j * np.pi * np.fft.rfftfreq(len(signal), 1 / RATE_HZ) * lead[:, None])
    return np.fft.irfft(np.fft.rfft(signal) * turns, len(signal))[:, 32:-32]


def white(rng, n=HALF + 64):
    return rng.normal(size=n)


def near(heard, azimuth_deg, elevation_deg):
    """[deg] between a peak and a direction."""
    aim = towards(math.radians(azimuth_deg), math.radians(elevation_deg))
    return math.degrees(float(angle_between(towards(heard.azimuth_rad, heard.elevation_rad), aim)))


@pytest.fixture(scope="module")
def steerer():
    return Steerer(CUBE)


@given(st.integers(0, 2**31), st.floats(-179, 179), st.floats(-55, 55))
@settings(max_examples=15, deadline=None)
def test_a_voice_is_found_where_it_is(seed, azimuth, elevation):
    rng = np.random.default_rng(seed)
    steerer = _STEERER
    heard = spectra(plane_wave(white(rng), azimuth, elevation) + 0.3 * rng.normal(size=(8, HALF)))
    for values in (srp_phat_map(heard, steerer), music_map(covariances(heard), steerer)):
        assert near(find_peaks(values, steerer.grid, 1)[0], azimuth, elevation) < 4.0


_STEERER = Steerer(CUBE)


@pytest.mark.parametrize("mics", [3, 4])
def test_any_geometry_will_do(mics):
    rng = np.random.default_rng(0)
    positions = rng.uniform(-0.1, 0.1, (mics, 3))
    steerer = Steerer(positions)
    heard = spectra(plane_wave(white(rng), 70, 10, positions))
    if mics == 4:  # in space, so that up and down differ
        assert near(find_peaks(srp_phat_map(heard, steerer), steerer.grid, 1)[0], 70, 10) < 4
    at = np.radians(70)
    assert srp_phat_map(heard, steerer)[9, round(np.degrees(at) / 5)] > 0.9


def test_two_voices_are_found_at_once(steerer):
    rng = np.random.default_rng(1)
    heard = spectra(plane_wave(white(rng), 40, -20) + plane_wave(white(rng), -80, 10) + 0.1 * rng.normal(size=(8, HALF)))
    for values in (srp_phat_map(heard, steerer), music_map(covariances(heard), steerer, 2)):
        first, second = sorted(find_peaks(values, steerer.grid, 2), key=lambda peak: peak.azimuth_rad)
        assert near(first, -80, 10) < 6
        assert near(second, 40, -20) < 6


def test_music_is_that_of_pyroomacoustics():
    rng = np.random.default_rng(2)
    grid = DirectionGrid(azimuths=36, elevations_deg=(-40.0, -20.0, 0.0, 20.0))
    steerer = Steerer(CUBE, grid, band_hz=(500, 3000))
    heard = spectra(plane_wave(white(rng), 33, -15) + rng.normal(size=(8, HALF)))
    ours = find_peaks(music_map(covariances(heard), steerer), grid, 1)[0]
    theirs = find_peaks(reference_music_map(heard, steerer), grid, 1)[0]
    assert math.degrees(abs(ours.azimuth_rad - theirs.azimuth_rad)) < 1.5
    assert math.degrees(abs(ours.elevation_rad - theirs.elevation_rad)) < 1.5


def rotor_noise(rng, n=HALF):
    """Loud noise from two places, as at the array of a drone."""
    noise = sum(plane_wave(white(rng, n + 64), azimuth, 60) for azimuth in (45, -135))
    return 3.0 * noise + 0.05 * rng.normal(size=(8, n))


def test_known_noise_no_longer_attracts(steerer):
    rng = np.random.default_rng(3)
    heard = spectra(plane_wave(white(rng), 120, -30) + rotor_noise(rng))
    noise = OwnNoise(rotor_noise(rng, 4 * HALF)).covariance()
    plain = find_peaks(music_map(covariances(heard), steerer), steerer.grid, 1)[0]
    knowing = find_peaks(music_map(covariances(heard), steerer, 1, noise), steerer.grid, 1)[0]
    beams = find_peaks(noise_beam_map(covariances(heard), steerer, noise), steerer.grid, 1)[0]
    assert near(plain, 120, -30) > 40
    assert near(beams, 120, -30) < 4
    assert near(knowing, 120, -30) < 4


def test_noise_is_carried_over_to_other_rotor_speeds():
    time = np.arange(4 * HALF) / RATE_HZ
    tone = np.array([[1.0], [0.5]]) * np.sin(2 * np.pi * 1000 * time) + 1e-3 * np.random.default_rng(0).normal(
        size=(2, 4 * HALF)
    )
    noise = OwnNoise(tone, rotor_speeds_rad_s=[500.0] * 4)
    slow, fast = noise.spectrum([500.0] * 4), noise.spectrum([600.0] * 4)
    assert BINS_HZ[slow[0].argmax()] == pytest.approx(1000, abs=16)
    assert BINS_HZ[fast[0].argmax()] == pytest.approx(1200, abs=16)
    line = np.abs(BINS_HZ - 1200) < 60  # between two bins the line is lower and wider
    assert fast[0][line].sum() / slow[0].sum() == pytest.approx(1.2**6, rel=0.3)
    assert slow[0].max() / slow[1].max() == pytest.approx(4.0, rel=0.01)


def test_rotor_lines_lie_on_the_harmonics():
    lines = rotor_lines([2 * np.pi * 50], blades=2)  # 100 Hz
    assert lines[np.abs(BINS_HZ - 1000).argmin()] == 1.0
    assert lines[np.abs(BINS_HZ - 1050).argmin()] == 0.0


def test_the_beam_lets_the_voice_pass_and_little_of_the_noise():
    rng = np.random.default_rng(4)
    voice, noise = plane_wave(white(rng), 120, -30), rotor_noise(rng)
    known = OwnNoise(rotor_noise(rng, 4 * HALF)).covariance()
    aim = towards(math.radians(120), math.radians(-30))
    passed, left = (np.abs(mvdr(spectra(part), aim, CUBE, known)) ** 2 for part in (voice, noise))
    band = (300 <= BINS_HZ) & (BINS_HZ <= 6000)
    alone = np.abs(spectra(voice)[0]) ** 2
    assert passed[:, band].mean() == pytest.approx(alone[:, band].mean(), rel=0.05)
    gain = (np.abs(spectra(noise)[0]) ** 2)[:, band].mean() / left[:, band].mean()
    assert 10 * np.log10(gain) > 15


def test_wiener_takes_noise_out_and_leaves_what_stands_out():
    rng = np.random.default_rng(5)
    noise = rng.normal(size=4 * HALF)
    level = (np.abs(spectra(noise)) ** 2).mean(0)
    tone = 3 * np.sin(2 * np.pi * 1500 * np.arange(HALF) / RATE_HZ)
    heard = spectra(tone + noise[:HALF])
    gains = wiener_gains(np.abs(heard) ** 2, level)
    assert gains[:, np.abs(BINS_HZ - 1500).argmin()].min() > 0.9
    assert gains[:, BINS_HZ > 2000].mean() < 0.25
    kept = waveform(gains * heard, HALF)[FULL]
    assert np.corrcoef(kept, tone[FULL])[0, 1] > 0.95


FULL = slice(512, HALF - 512)


def test_spectra_and_back_and_other_rates():
    signal = np.random.default_rng(6).normal(size=(2, HALF)).astype(np.float32)
    assert waveform(spectra(signal), HALF)[:, FULL] == pytest.approx(signal[:, FULL], abs=1e-4)
    slow = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    assert len(resampled(slow, 48_000)) == RATE_HZ
    assert BINS_HZ[(np.abs(spectra(resampled(slow, 48_000))) ** 2).mean(0).argmax()] == pytest.approx(440, abs=16)
    with pytest.raises(ConfigError, match="at least 16000, got 8000"):
        resampled(slow, 8_000)


def test_a_pair_tells_the_angle_to_its_line():
    rng = np.random.default_rng(7)
    pair = np.array([[0.1, 0, 0], [-0.1, 0, 0]])
    for degrees in (0, 20, 60, 100, 140, 180):
        heard = plane_wave(white(rng, 3 * HALF), degrees, 0, pair) + 0.3 * rng.normal(size=(2, 3 * HALF - 64))
        angle, height = pair_angle(heard, RATE_HZ, 0.2)
        assert math.degrees(angle) == pytest.approx(degrees, abs=8 if degrees in (0, 180) else 3)
        assert height > 0.3


def test_evidence_of_speech():
    rng = np.random.default_rng(8)
    noise = rng.normal(size=(8, 4 * HALF))
    voice = np.concatenate([np.zeros(HALF), white(rng, HALF), np.zeros(2 * HALF)]) * 1.5
    level = (np.abs(spectra(noise)) ** 2).mean((0, 1))
    evidence = speech_evidence((np.abs(spectra(noise + voice)) ** 2).mean(0), level)
    frames = np.arange(len(evidence)) * 256 + 256
    inside = (frames > HALF + 300) & (frames < 2 * HALF - 300)
    outside = (frames < HALF - 300) | (frames > 2 * HALF + 300)
    assert evidence[inside].min() > 0.5 > 4 * evidence[outside].max()


def buzz(pitch, seconds=0.6):
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return sum(np.sin(2 * np.pi * k * pitch * time) / k for k in range(1, 20)).astype(np.float32)


@pytest.mark.slow  # librosa compiles
def test_pitch_tells_man_woman_child():
    for pitch, voice in ((110.0, "man"), (210.0, "woman"), (330.0, "child")):
        found = pitch_hz(buzz(pitch))
        assert found == pytest.approx(pitch, rel=0.02)
        assert voice_by_pitch(found) == voice
    assert voice_by_pitch(None) == ""


def test_log_mel_shows_a_tone_in_its_band():
    picture = log_mel(np.sin(2 * np.pi * 1000 * np.arange(HALF) / RATE_HZ))
    assert picture.shape == (28, MEL_BANDS)
    top = int(picture.mean(0).argmax())
    low, high = (1127 * math.log(1 + f / 700) for f in (60, 7800))
    centre = 700 * (math.exp((low + (top + 1) * (high - low) / (MEL_BANDS + 1)) / 1127) - 1)
    assert centre == pytest.approx(1000, abs=30)


def test_tracks_keep_their_voices_and_end():
    tracker = VoiceTracker()
    crossing = []
    for step in range(30):
        aims = [] if step >= 20 else [towards(0.02 * step, 0.0)] + ([towards(-2.0, -0.3)] if step >= 5 else [])
        told = tracker.update(0.1 * step, np.array(aims), [0.8] * len(aims))
        crossing += told
    numbers = {track.number for track in crossing}
    assert numbers == {0, 1}
    ended = {track.number: track for track in crossing if track.ended}
    assert ended[0].onset_s == pytest.approx(0.0) and ended[1].onset_s == pytest.approx(0.5)
    assert all(track.last_s == pytest.approx(1.9) for track in ended.values())
    assert bearing_of(ended[1].unit) == pytest.approx((-2.0, -0.3), abs=0.02)


def test_doubtful_bearings_begin_no_track():
    tracker = VoiceTracker()
    assert not any(tracker.update(0.1 * i, towards(0.0, 0.0)[None], [0.3]) for i in range(10))


@given(st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_a_position_is_found_from_bearings_along_a_flight(seed):
    rng = np.random.default_rng(seed)
    truth = rng.uniform([-15, 5, 0], [15, 25, 2])
    bearings = []
    for x in np.linspace(-8, 8, 15):
        origin = np.array([x, rng.uniform(-1, 1), 3.0])
        azimuth, elevation = bearing_of(truth - origin)
        azimuth, elevation = azimuth + rng.normal(0, 0.03), elevation + rng.normal(0, 0.03)
        bearings.append(
            Bearing(origin=tuple(origin.tolist()), azimuth_rad=azimuth, elevation_rad=elevation, sigma_rad=0.03)
        )
    bearings[3] = Bearing(origin=bearings[3].origin, azimuth_rad=-2.0, elevation_rad=0.0, sigma_rad=0.03)  # a mistake
    fix = locate(bearings)
    assert fix is not None
    off = np.array(fix.position) - truth
    assert off @ np.linalg.solve(fix.covariance, off) < 30  # within its own covariance: chi-squared of 3, nearly surely
    assert np.linalg.norm(off) < 0.2 * np.linalg.norm(truth) + 1


def test_parallel_bearings_give_no_position():
    bearings = [Bearing(origin=(0.0, 0.1 * i, 1.0), azimuth_rad=0.0, elevation_rad=0.0) for i in range(5)]
    assert locate(bearings) is None
    with pytest.raises(ConfigError, match="at least one bearing"):
        locate([])


def stream(rng):
    """Three seconds with a voice between 1.0 and 1.8 s, in noise that the calibration knows."""
    sound = rotor_noise(rng, 6 * HALF) * 0.05
    sound[:, 16_000:28_800] += 0.3 * plane_wave(white(rng, 12_864), 120, -30)
    return sound.astype(np.float32)


def test_a_hearer_tells_since_when_and_from_where():
    rng = np.random.default_rng(9)
    hearer = Hearer(CUBE, calibration=Calibration(clip=(rotor_noise(rng, 4 * HALF) * 0.05).astype(np.float32)))
    sound = stream(rng)
    told = [h for i in range(30) for h in hearer.hear(sound[:, 1600 * i : 1600 * (i + 1)], [500.0] * 4)]
    assert {h.number for h in told} == {0}
    assert told[0].onset_s == pytest.approx(1.0, abs=0.15)
    assert near(told[3], 120, -30) < 5
    assert told[-1].ended and told[-1].last_s == pytest.approx(1.8, abs=0.5)
    hearer.reset()
    assert hearer.time_s == 0.0 and hearer.hear(sound[:, :1600]) == []


def test_a_turning_drone_keeps_its_voices_with_its_attitude():
    rng = np.random.default_rng(10)
    hearer = Hearer(CUBE, calibration=Calibration(clip=0.05 * rng.normal(size=(8, 4 * HALF)).astype(np.float32)))
    numbers, last = set(), None
    for step in range(20):
        yaw = 0.04 * step  # body turned to the left: the voice moves to the right
        sound = plane_wave(white(rng, 1664), 90 - math.degrees(yaw), -20) + 0.05 * rng.normal(size=(8, 1600))
        for last in hearer.hear(sound, None, (0, 0, math.sin(yaw / 2), math.cos(yaw / 2))):
            numbers.add(last.number)
    assert numbers == {0}
    assert last is not None and last.azimuth_rad == pytest.approx(math.pi / 2 - 0.76, abs=0.25)


def test_quaternions_turn_vectors():
    half = math.pi / 4
    assert turned((1, 0, 0), (0, 0, math.sin(half), math.cos(half))) == pytest.approx([0, 1, 0], abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Hearer(np.zeros((4, 2))), r"positions_m: expected \(at least 2 microphones, 3\)"),
        (lambda: Hearer(np.zeros((4, 3))), "different places"),
        (lambda: Hearer(CUBE).hear(np.zeros((4, 1600))), r"expected \(8 microphones, samples\), got \(4, 1600\)"),
        (lambda: OwnNoise(np.zeros((8, 16_000))), "silence at some"),
        (lambda: OwnNoise(np.ones((8, 100))), "at least 0.2 s"),
        (lambda: Hearer(CUBE, calibration=Calibration(clip=np.ones((4, HALF), np.float32))), "expected 8 microphones"),
        (lambda: DirectionGrid(elevations_deg=(0.0, 10.0, 30.0)), "evenly spaced"),
        (lambda: music_map(np.zeros((257, 8, 8), np.complex64), _STEERER, 8), "expected 1 to 7 for 8 microphones"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ConfigError, match=message):
        call()
