"""When which fault comes: seeded, one after the other, all kinds; or asked for."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.fault_plan import FaultHabits, FaultPlan, random_faults
from factory_perception.cell.faults import ARM_FAULTS, CAMERA_FAULTS, FaultError

NAMES = tuple(f'joint_{k}' for k in range(1, 7))


def test_random_faults_come_one_after_the_other_and_all_kinds_come():
    faults = random_faults(FaultHabits(), NAMES, np.random.default_rng(3), 1200.0)
    ends = [fault.end_s for fault in faults]
    onsets = [fault.onset_s for fault in faults]
    assert onsets[0] >= 12
    assert all(onset >= end + 10 for onset, end in zip(onsets[1:], ends))
    first = [fault.kind for fault in faults[: len(ARM_FAULTS)]]
    assert sorted(first) == sorted(ARM_FAULTS)
    assert {fault.joint for fault in faults} >= set(NAMES)
    assert all(0.35 <= fault.severity <= 1 for fault in faults)


def test_a_plan_is_the_same_however_it_is_asked():
    habits = (FaultHabits(), FaultHabits(CAMERA_FAULTS))
    one, two = FaultPlan(NAMES, 5, habits), FaultPlan(NAMES, 5, habits)
    whole = one.during(0.0, 1505.0)
    pieces = {fault for begin in range(0, 1500, 7) for fault in two.during(begin, begin + 7.0)}
    assert pieces == set(whole)
    assert FaultPlan(NAMES, 6, habits).during(0.0, 1505.0) != whole
    kinds = {fault.kind for fault in whole}
    assert kinds >= set(CAMERA_FAULTS) and kinds >= set(ARM_FAULTS)


@pytest.mark.parametrize(
    'begin, end, there', [(0, 4.9, False), (4, 6, True), (7, 8, True), (9, 12, False)]
)
def test_what_is_asked_for_comes(begin, end, there):
    plan = FaultPlan(NAMES, 0)
    fault = plan.inject('torque_loss', 'joint_3', 0.5, 5.0, 1.0, 4.0)
    assert plan.during(begin, end) == ((fault,) if there else ())


def test_clearing_ends_what_is_there():
    plan = FaultPlan(NAMES, 0)
    plan.inject('torque_loss', 'joint_3', 0.5, 5.0, 1.0, 4.0)
    plan.inject('backlash', 'joint_3', 0.5, 20.0, 1.0, 4.0)
    plan.clear(6.0)
    assert [fault.end_s for fault in plan.during(0, 100)] == [6.0, 24.0]
    assert plan.during(7.0, 8.0) == ()


def test_a_wrong_request_is_refused():
    with pytest.raises(FaultError, match='joint_7'):
        FaultPlan(NAMES, 0).inject('backlash', 'joint_7', 0.5, 0.0, 0.0, 1.0)
