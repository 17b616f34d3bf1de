"""Faults: how they grow, and which requests are refused."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.faults import FaultError, FAULTS, JOINTLESS, make_fault

NAMES = ('joint_1', 'joint_2')


@pytest.mark.parametrize(
    'time, level', [(0.9, 0), (1.0, 0), (2.0, 0.2), (5.0, 0.8), (8.9, 0.8), (9.0, 0), (20, 0)]
)
def test_level(time, level):
    fault = make_fault('friction_rise', 'joint_2', 0.8, 1.0, 4.0, 8.0, NAMES)
    assert fault.level(np.array([time]))[0] == pytest.approx(level)
    assert fault.active(time) == (1.0 <= time < 9.0)


def test_without_a_ramp_it_is_there_at_once():
    fault = make_fault('collision', 'joint_1', 0.5, 2.0, 0.0, 0.3, NAMES)
    assert fault.level(np.array([1.999, 2.0, 2.299, 2.3])).tolist() == [0, 0.5, 0.5, 0]


@pytest.mark.parametrize('kind', FAULTS)
def test_joints_are_kept_where_they_matter(kind):
    fault = make_fault(kind, 'joint_1', 1.0, 0.0, 0.0, 1.0, NAMES)
    assert fault.joint == ('' if kind in JOINTLESS else 'joint_1')


@pytest.mark.parametrize(
    'changes, text',
    [
        ({'kind': 'rust'}, "no fault is called 'rust': use one of friction_rise, collision"),
        ({'joint': 'joint_9'}, "needs a joint, not 'joint_9': use one of joint_1, joint_2"),
        ({'joint': ''}, "friction_rise needs a joint, not ''"),
        ({'severity': 0.0}, 'severity 0 of friction_rise: use more than 0'),
        ({'severity': 1.2}, 'severity 1.2 of friction_rise'),
        ({'severity': float('nan')}, 'severity nan'),
        ({'duration_s': 0.0}, 'duration 0 s'),
        ({'ramp_s': -1.0}, 'ramp -1 s'),
    ],
)
def test_what_cannot_be_injected_is_refused(changes, text):
    asked = {
        'kind': 'friction_rise',
        'joint': 'joint_1',
        'severity': 0.5,
        'onset_s': 0.0,
        'ramp_s': 1.0,
        'duration_s': 5.0,
        **changes,
    }
    with pytest.raises(FaultError, match=text):
        make_fault(**asked, joint_names=NAMES)
