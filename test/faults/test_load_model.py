"""The mass at the tool, told from the joints."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.calibration import calibrate, stack_frames, unpack_calibration
from factory_perception.faults.effort_model import fit_effort_model
from factory_perception.faults.marks import LOAD_MARKS, MARKS
from test.faults.robot import FRAME_S, frames, JOINTS, Samples, STEP_S

#: Nm and rad that a kilogram asks of the second joint where it is level.
PULL, GIVE = 5.0, -0.002


def _kilogram(samples):
    """Give effort and tracking error ``(T, 2)`` for a kilogram."""
    level = np.cos(samples.position[:, 1])
    return np.stack([0 * level, PULL * level], 1), np.stack([0 * level, GIVE * level], 1)


def loaded_calibration(seconds=40.0):
    """Learn the healthy state of a robot whose kilogram is known."""
    samples = Samples(seconds)
    pull, give = _kilogram(samples)
    motion = (samples.position, samples.velocity, np.gradient(samples.velocity, STEP_S, axis=0))
    unit = (fit_effort_model(*motion, pull), fit_effort_model(*motion, give))
    return calibrate(JOINTS, STEP_S, FRAME_S, stack_frames(frames(samples)), 1.5, unit)


@pytest.fixture(scope='module')
def calibration():
    return loaded_calibration()


def _marks(calibration, held_kg=0.0, untold_kg=0.0, friction=0.0):
    samples = Samples(8.0, 3)
    pull, give = _kilogram(samples)
    samples.effort += held_kg * pull + friction * np.tanh(samples.velocity / 0.05) * [1, 0]
    samples.position += untold_kg * give
    table = calibration.model.marks(stack_frames(frames(samples)))
    place = {name: index for index, name in enumerate(calibration.model.names)}
    return {name: table[20:, :, place[name]] for name in LOAD_MARKS}


@pytest.mark.parametrize('mass_kg', [-0.7, 0.0, 1.5])
def test_effort_tells_the_mass_and_tracking_the_one_that_nobody_told(calibration, mass_kg):
    marks = _marks(calibration, held_kg=mass_kg)
    assert np.median(marks['held']) == pytest.approx(mass_kg, abs=0.15)
    assert np.median(marks['untold']) == pytest.approx(0.0, abs=0.1)
    marks = _marks(calibration, untold_kg=mass_kg)
    assert np.median(marks['untold']) == pytest.approx(mass_kg, abs=0.15)
    assert np.median(marks['held']) == pytest.approx(0.0, abs=0.15)


def test_friction_is_no_mass(calibration):
    calm, rough = _marks(calibration), _marks(calibration, friction=4.0)
    assert abs(np.median(rough['held'])) < 0.3
    assert rough['rest_friction'][:, 0].mean() > calm['rest_friction'][:, 0].mean() + 0.3


def test_packed_and_read_again_it_is_the_same(calibration):
    read = unpack_calibration(calibration.pack(), 'it')
    assert read.model.names == MARKS + LOAD_MARKS
    frame = frames(Samples(1.0, 3))[7]
    assert np.array_equal(read.model.marks(frame), calibration.model.marks(frame))
