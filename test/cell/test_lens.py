"""Lens and sensor: each setting changes what it names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.lens import CameraState, develop, LightGain

PLAIN = CameraState(exposure=1.0, blur_px=0.0, noise=0.0, contrast=1.0)


def take(level, state, seed=0):
    picture = level if isinstance(level, np.ndarray) else np.full((120, 160, 3), level, np.uint8)
    even = LightGain(np.ones(picture.shape, np.float32))
    return develop(picture, even, state, np.random.default_rng(seed))


@pytest.mark.parametrize('level', [40, 90, 140])
@pytest.mark.parametrize('deviation', [1.0, 2.5, 4.0])
def test_noise_has_the_asked_deviation_and_no_bias(level, deviation):
    noisy = take(level, replace(PLAIN, noise=deviation)).astype(float) - take(level, PLAIN)
    assert noisy.std() == pytest.approx(deviation, rel=0.08)
    assert noisy.mean() == pytest.approx(0, abs=0.05)


def test_noise_changes_with_the_generator_and_is_otherwise_the_same():
    state = replace(PLAIN, noise=2.0)
    assert np.array_equal(take(90, state, 1), take(90, state, 1))
    assert not np.array_equal(take(90, state, 1), take(90, state, 2))


@pytest.mark.parametrize('exposure, expected', [(0.25, 50), (1.0, 100), (2.0, 141)])
def test_exposure_is_a_factor_on_the_light(exposure, expected):
    assert take(100, replace(PLAIN, exposure=exposure)).mean() == pytest.approx(expected, abs=1)


def test_white_balance_tints():
    blue, green, red = take(100, replace(PLAIN, balance_bgr=(1.21, 1.0, 0.81)))[0, 0]
    assert (blue, green, red) == (110, 100, 90)


def test_bright_light_meets_a_shoulder():
    levels = [take(level, PLAIN).max() for level in (200, 220, 255)]
    assert levels[0] == 200
    assert levels == sorted(levels)
    assert levels[2] < 245


def test_blur_and_motion_spread_a_point():
    point = np.zeros((61, 61, 3), np.uint8)
    point[30, 30] = 200
    soft = take(point, replace(PLAIN, blur_px=2.0))[..., 0].astype(float)
    spread = (soft * (np.arange(61) - 30.0) ** 2).sum() / soft.sum()
    assert spread == pytest.approx(4.0, rel=0.25)
    drawn = take(point, replace(PLAIN, motion_px=5.0))[..., 0]
    assert np.count_nonzero(drawn.max(0)) == 5
    assert np.count_nonzero(drawn.max(1)) == 1


def test_dirt_takes_contrast_and_grows():
    checker = np.kron(np.indices((12, 16)).sum(0) % 2, np.ones((10, 10)))
    picture = np.repeat((60 + 120 * checker).astype(np.uint8)[..., None], 3, 2)
    contrast = [take(picture, replace(PLAIN, dirt=d)).std() for d in (0.0, 0.3, 0.8)]
    assert contrast[0] > contrast[1] > contrast[2]


def test_noise_of_the_colours_is_partly_the_same():
    noisy = take(90, replace(PLAIN, noise=3.0)).astype(float).reshape(-1, 3)
    likeness = np.corrcoef(noisy.T)[np.triu_indices(3, 1)]
    assert (likeness > 0.5).all() and (likeness < 0.95).all()
