"""Faults on any stream of joint states: the right value of the right joint, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.faults import FaultError, make_fault
from factory_perception.cell.signal_faults import BIAS_RAD, signal_fault, SIGNAL_FAULTS

#: A stream in another order than the arm's, with a gripper between the joints.
NAMES = ('joint_2', 'gripper', 'joint_1')
ARM = ('joint_1', 'joint_2')


def stream_of(fault, seconds=4.0, rate=100, scale=100.0, seed=0):
    """Give what went in and what came out, (T, 3) for each channel."""
    injector = signal_fault(fault, seed, scale)
    came, went = [], []
    for index in range(round(seconds * rate)):
        time = index / rate
        sample = tuple(
            np.array(values)
            for values in (
                [np.sin(time), 0.02, np.cos(time)],
                [np.cos(time), 0.0, -np.sin(time)],
                [30.0, 1.0, -10.0],
            )
        )
        kept = [channel.copy() for channel in sample]
        out = injector.apply(NAMES, round(time * 1e9), *sample)
        for channel, old in zip(sample, kept):
            assert np.array_equal(channel, old)  # what comes in stays as it is
        came.append(kept)
        went.append([np.array(channel) for channel in out])
    return np.array(came), np.array(went)


def fault_of(kind, joint='joint_2', severity=1.0, ramp=0.0):
    fault = make_fault(kind, joint, severity, 1.0, ramp, 2.0, ARM)
    return replace(fault, joint=joint)


@pytest.mark.parametrize('kind', SIGNAL_FAULTS)
@pytest.mark.parametrize('joint, column', [('joint_2', 0), ('joint_1', 2)])
def test_only_the_joint_and_only_while_it_is_there(kind, joint, column):
    came, went = stream_of(fault_of(kind, joint))
    outside = np.r_[0:100, 300:400]
    assert np.array_equal(came[outside], went[outside])
    others = [k for k in range(3) if k != column]
    assert np.array_equal(came[:, :, others], went[:, :, others])
    changed = ~np.isclose(came[100:300, :, column], went[100:300, :, column], equal_nan=False)
    assert changed.any()


@pytest.mark.parametrize(
    'kind, channel, check',
    [
        ('encoder_bias', 0, lambda came, went: np.allclose(went - came, BIAS_RAD)),
        ('sensor_stuck', 0, lambda came, went: (went == came[0]).all()),
        ('sensor_stuck', 1, lambda came, went: not went.any()),
        ('sensor_dropout', 2, lambda came, went: 0.5 < np.isnan(went).mean() < 1.0),
        ('friction_rise', 2, lambda came, went: np.allclose((went - came)[:40], 6.0, atol=0.3)),
        ('torque_loss', 2, lambda came, went: np.allclose(went / came, 1 / 0.55)),
        ('payload_change', 2, lambda came, went: np.allclose(went - came, 10.0)),
        ('overheating', 2, lambda came, went: np.isclose(went[-1] / came[-1], 1.04, atol=0.001)),
        ('backlash', 1, lambda came, went: 0.03 < np.abs(went - came).max() < 0.0601),
        ('collision', 2, lambda came, went: np.isclose((went - came).max(), 38, atol=0.2)),
        ('collision', 1, lambda came, went: np.isclose((went / came).min(), 0.5, atol=0.01)),
    ],
)
def test_values(kind, channel, check):
    came, went = stream_of(fault_of(kind))
    assert check(came[100:300, channel, 0], went[100:300, channel, 0])


def test_a_ramp_grows():
    came, went = stream_of(fault_of('encoder_bias', ramp=1.0))
    bias = (went - came)[:, 0, 0]
    assert np.allclose(bias[[100, 150, 200, 250]], np.array([0, 0.5, 1, 1]) * BIAS_RAD, atol=1e-9)


def test_a_stream_without_the_joint_or_the_channel_comes_back_as_it_was():
    fault = fault_of('encoder_bias')
    empty = np.zeros(0)
    position = np.array([0.5])
    out = signal_fault(fault).apply(('other',), 1_500_000_000, position, empty, empty)
    assert out[0] is position
    for kind in SIGNAL_FAULTS:
        injector = signal_fault(fault_of(kind))
        out = injector.apply(('joint_2',), 1_100_000_000, position, empty, empty)
        assert len(out[0]) == 1 and len(out[1]) == 0 and len(out[2]) == 0


def test_chance_hangs_on_the_seed():
    first = stream_of(fault_of('sensor_dropout'), seed=1)[1]
    again = stream_of(fault_of('sensor_dropout'), seed=1)[1]
    other = stream_of(fault_of('sensor_dropout'), seed=2)[1]
    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_a_stuck_sensor_can_be_stuck_again():
    injector = signal_fault(fault_of('sensor_stuck'))
    for value in (0.1, 0.7):
        sample = (np.array([value]), np.array([1.0]), np.array([1.0]))
        assert injector.apply(('joint_2',), 1_500_000_000, *sample)[0][0] == value
        late = (np.array([9.0]), np.array([1.0]), np.array([1.0]))
        assert injector.apply(('joint_2',), 1_600_000_000, *late)[0][0] == value
        injector.apply(('joint_2',), 3_500_000_000, *late)


def test_what_has_no_form_on_signals_is_refused():
    with pytest.raises(FaultError, match='protective_stop cannot be put on signals alone'):
        signal_fault(make_fault('protective_stop', '', 1.0, 0.0, 0.0, 1.0, ARM))
