"""The mass at the tool, told from the joints."""

from __future__ import annotations

import io

import numpy as np
import pytest

from factory_perception.faults.calibration import (
    calibrate,
    OutdatedCalibrationError,
    stack_frames,
    unpack_calibration,
)
from factory_perception.faults.effort_model import fit_effort_model
from factory_perception.faults.load_model import KnownArm, mass_of, spread_without_mass
from factory_perception.faults.marks import LOAD_MARKS, MARKS
from test.faults.robot import FRAME_S, frames, JOINTS, Samples, STEP_S

#: Nm and rad that a kilogram asks of the second joint where it is level; and what the first two
#: joints' controllers answer to a tracking error, in Nm/rad.
PULL, GIVE = 5.0, -0.002
STIFFNESS = -PULL / GIVE


def _kilogram(samples):
    """Give effort and tracking error ``(T, 2)`` for a kilogram."""
    level = np.cos(samples.position[:, 1])
    return np.stack([0 * level, PULL * level], 1), np.stack([0 * level, GIVE * level], 1)


def loaded_calibration(seconds=40.0):
    """Learn the healthy state of a robot whose drawing and controller are known."""
    samples = Samples(seconds)
    motion = (samples.position, samples.velocity, np.gradient(samples.velocity, STEP_S, axis=0))
    known = KnownArm(
        *(fit_effort_model(*motion, part) for part in (*_kilogram(samples), samples.effort))
    )
    return calibrate(JOINTS, STEP_S, FRAME_S, stack_frames(frames(samples)), 1.5, known)


@pytest.fixture(scope='module')
def calibration():
    return loaded_calibration()


def _marks(calibration, told_kg=0.0, untold_kg=0.0, friction=0.0):
    """Give the marks of a robot whose controller gives way to what it was not told of."""
    samples = Samples(8.0, 3)
    pull, give = _kilogram(samples)
    samples.effort += (told_kg + untold_kg) * pull
    samples.effort += friction * np.tanh(samples.velocity / 0.05) * [1, 0]
    samples.position += untold_kg * give
    table = calibration.model.marks(stack_frames(frames(samples)))
    place = {name: index for index, name in enumerate(calibration.model.names)}
    return {name: table[20:, :, place[name]] for name in LOAD_MARKS}


@pytest.mark.parametrize('mass_kg', [-0.7, 0.0, 1.5])
def test_the_mass_that_the_controller_was_told_of_is_told_from_the_one_that_it_was_not(
    calibration, mass_kg
):
    marks = _marks(calibration, told_kg=mass_kg)
    assert np.median(marks['told']) == pytest.approx(mass_kg, abs=0.15)
    assert np.median(marks['untold']) == pytest.approx(0.0, abs=0.1)
    marks = _marks(calibration, untold_kg=mass_kg)
    assert np.median(marks['untold']) == pytest.approx(mass_kg, abs=0.15)
    assert np.median(marks['told']) == pytest.approx(0.0, abs=0.15)


def test_the_stiffness_of_a_controller_comes_from_what_a_kilogram_does(calibration):
    assert np.allclose(calibration.model.load.arm.stiffness, [0.0, STIFFNESS])


def test_friction_is_no_mass(calibration):
    calm, rough = _marks(calibration), _marks(calibration, friction=4.0)
    assert abs(np.median(rough['told'])) < 0.3 and abs(np.median(rough['untold'])) < 0.3
    assert rough['rest_friction'][:, 0].mean() > calm['rest_friction'][:, 0].mean() + 0.3


def test_the_spread_is_that_of_what_has_no_mass():
    rng = np.random.default_rng(0)
    mixing = np.array([[1.0, 0.0, 0.0], [0.8, 0.5, 0.0], [0.0, 0.3, 2.0]])
    true, unit = mixing @ mixing.T, rng.normal(size=(20_000, 3)) * [2.0, 5.0, 1.0]
    mass = rng.choice([0.0, 0.7], (20_000, 1))
    values = rng.normal(size=(20_000, 3)) @ mixing.T + mass * unit
    found = spread_without_mass(values, unit, 10)
    assert np.allclose(found, true, atol=0.1 * true.max())
    # Taking joints for independent of each other says less about the mass.
    told = [mass_of(values, unit, np.linalg.inv(one))[0] for one in (found, np.diag(np.diag(true)))]
    errors = [(one - mass).std() for one in told]
    assert errors[0] < 0.95 * errors[1]


def test_packed_and_read_again_it_is_the_same(calibration):
    read = unpack_calibration(calibration.pack(), 'it')
    assert read.model.names == MARKS + LOAD_MARKS
    frame = frames(Samples(1.0, 3))[7]
    assert np.array_equal(read.model.marks(frame), calibration.model.marks(frame))


def test_what_was_known_of_an_arm_by_an_older_version_is_refused(calibration):
    with np.load(io.BytesIO(calibration.pack())) as file:
        arrays = {name: file[name] for name in file.files if name != 'load_unladen'}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    with pytest.raises(OutdatedCalibrationError, match=r'arm\.npz is of another version'):
        unpack_calibration(buffer.getvalue(), 'arm.npz')
