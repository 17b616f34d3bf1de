"""The whole cell: the same from a seed in any steps, in order, and doing what is asked of it."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from factory_perception.cell.faults import FaultError
from factory_perception.cell.kinematics import chain_of, tool_pose
from factory_perception.cell.simulation import Cell
from factory_perception.cell.truth import IDS_PER_PART

HASH = """
import hashlib
from factory_perception.cell.simulation import Cell
cell = Cell(seed=7)
cell.advance_to(9.0)
frame, joints = cell.frame(), cell.joints_since(0)
print(hashlib.sha256(frame.image_bgr.tobytes() + joints.effort.tobytes()).hexdigest())
"""


def quiet(seed=3):
    return Cell(seed=seed, habits=())


def digest(cell):
    frame, joints = cell.frame(), cell.joints_since(0)
    return hashlib.sha256(frame.image_bgr.tobytes() + joints.effort.tobytes()).hexdigest()


def test_the_same_bytes_in_any_steps_and_in_any_process():
    whole, small = Cell(seed=7), Cell(seed=7)
    whole.advance_to(9.0)
    for time in np.arange(0, 9.0, 0.0371):
        small.advance_to(time)
    small.advance_to(9.0)
    assert digest(whole) == digest(small)
    assert whole.counts == small.counts
    result = subprocess.run(
        [sys.executable, '-c', HASH], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == digest(whole)


def test_frames_have_the_rate_and_the_stamp_of_the_camera():
    cell = quiet()
    stamps = []
    for time in np.arange(0, 1.0, 0.02):
        cell.advance_to(time)
        frame = cell.frame()
        if not stamps or frame.stamp_ns != stamps[-1]:
            stamps.append(frame.stamp_ns)
    assert stamps == [round(k * 1e9 / 15) for k in range(15)]


def test_joint_samples_come_once_and_in_order():
    cell, last, stamps = quiet(), 0, []
    for time in np.arange(0, 3.0, 0.033):
        cell.advance_to(time)
        samples = cell.joints_since(last)
        assert samples.position.shape == (len(samples), 6)
        stamps += samples.stamp_ns.tolist()
        last = stamps[-1] if stamps else 0
    assert stamps == [4_000_000 * k for k in range(1, len(stamps) + 1)]
    assert len(cell.joints_since(last)) == 0
    assert len(quiet().joints_since(0)) == 0


def test_truth_follows_the_parts_on_the_belt():
    cell = quiet()
    cell.advance_to(2.0)
    frame = cell.frame()
    there = {placed.part.number: placed for placed in cell.parts()}
    assert len(frame.truth) >= 1
    moment = frame.stamp_ns * 1e-9
    for index in np.flatnonzero(frame.truth.class_ids < 3):
        placed = there[int(frame.truth.instance_ids[index]) // IDS_PER_PART]
        box = frame.truth.boxes_xyxy[index]
        if box[0] > 0 and box[2] < 640:
            x = placed.x_m - 0.15 * (2.0 - moment)
            top = 0.7 + placed.part.shape.height_mm / 1000
            middle = cell.camera.project([(x, placed.y_m, top)])[0]
            assert np.abs((box[:2] + box[2:]) / 2 - middle).max() < 12


def test_a_part_is_gripped_where_the_gripper_is(config):
    cell = quiet(5)
    before = {}
    for time in np.arange(0, 40.0, 0.1):
        before = {placed.part.number: placed for placed in cell.parts()}
        taken = cell.counts.picked_good + cell.counts.picked_defective
        cell.advance_to(time)
        if cell.counts.picked_good + cell.counts.picked_defective > taken:
            break
    gone = set(before) - {placed.part.number for placed in cell.parts()}
    part = next(before[number] for number in gone if before[number].x_m < 1.0)
    samples = cell.joints_since(round((time - 0.1) * 1e9))
    _, tips = tool_pose(chain_of(config.arm), samples.position)
    low, high = config.cycle.pick_x_m
    assert low - 0.03 < part.x_m < high + 0.03
    away = np.hypot(tips[:, 0] - part.x_m, tips[:, 1] - part.y_m)
    assert away.min() < 0.03
    assert tips[:, 2].min() < 0.73


def test_defective_parts_are_picked_more_often():
    cell = quiet(3)
    cell.advance_to(150.0)
    counts = cell.counts
    assert counts.missed_grips == 0
    bad = counts.picked_defective / (counts.picked_defective + counts.passed_defective)
    good = counts.picked_good / (counts.picked_good + counts.passed_good)
    assert counts.picked_good > 0
    assert bad > good + 0.2


def test_the_belt_obeys_and_reports():
    cell = quiet()
    cell.advance_to(1.0)
    assert cell.belt().way_m == pytest.approx(0.15)
    cell.set_belt_speed(0.0)
    still = [placed.x_m for placed in cell.parts()]
    cell.advance_to(5.0)
    assert [placed.x_m for placed in cell.parts()] == pytest.approx(still)
    belt = cell.belt()
    assert (belt.way_m, belt.speed_m_s) == (pytest.approx(0.15), 0.0)
    assert belt.stamp_ns == 5_000_000_000


def test_a_part_that_was_not_there_is_not_gripped():
    cell = quiet(5)
    for time in np.arange(0.1, 30.0, 0.1):
        cell.advance_to(time)
        if np.abs(cell.joints_since(0).velocity[-1]).max() > 0.3:
            break
    cell.set_belt_speed(0.0)  # the arm is on its way to where the part would have been
    cell.advance_to(time + 5.0)
    assert cell.counts.missed_grips == 1
    assert cell.counts.picked_good + cell.counts.picked_defective == 0


@pytest.mark.parametrize(
    'kind, check',
    [
        ('underexposed', lambda before, after: after.mean() < 0.6 * before.mean()),
        ('defocus', lambda before, after: after.std() < before.std()),
        ('dirty_lens', lambda before, after: np.abs(after.astype(int) - before).mean() > 5),
    ],
)
def test_camera_faults_show_and_go(kind, check):
    cell, twin = quiet(), quiet()
    for one in (cell, twin):
        one.advance_to(3.0)
    cell.inject(kind, severity=0.9, duration_s=1.0)
    for one in (cell, twin):
        one.advance_to(3.5)
    assert [fault.kind for fault in cell.active_faults()] == [kind]
    assert check(twin.frame().image_bgr, cell.frame().image_bgr)
    for one in (cell, twin):
        one.advance_to(4.2)
    assert cell.active_faults() == ()
    assert np.array_equal(cell.frame().image_bgr, twin.frame().image_bgr)


def test_a_frozen_picture_has_new_stamps_and_old_truth():
    cell = quiet()
    cell.advance_to(3.02)
    last = cell.frame()
    cell.inject('frozen_frame', duration_s=1.0)
    frames = []
    for time in (3.1, 3.5, 3.9):
        cell.advance_to(time)
        frames.append(cell.frame())
    for frame in frames:
        assert np.array_equal(frame.image_bgr, last.image_bgr)
        assert np.array_equal(frame.truth.boxes_xyxy, last.truth.boxes_xyxy)
    assert [frame.index for frame in frames] == [46, 52, 58]
    cell.advance_to(4.2)
    assert not np.array_equal(cell.frame().image_bgr, last.image_bgr)


def test_a_joint_fault_shows_in_the_joint_samples():
    cell, twin = quiet(), quiet()
    for one in (cell, twin):
        one.advance_to(2.0)
    fault = cell.inject('encoder_bias', 'joint_4', 0.5, duration_s=2.0)
    assert (fault.onset_s, fault.end_s) == (2.0, 4.0)
    for one in (cell, twin):
        one.advance_to(3.0)
    change = cell.joints_since(0).position - twin.joints_since(0).position
    assert np.allclose(change[500:, 3], 0.02)
    assert not change[:499].any() and not np.delete(change, 3, 1).any()


def test_a_grip_loss_is_there_while_a_part_is_missed():
    cell = quiet(3)
    cell.advance_to(1.0)
    cell.inject('grip_loss', duration_s=60.0)
    seen = []
    for time in np.arange(1.0, 40.0, 0.1):
        cell.advance_to(time)
        seen.append(len(cell.active_faults()))
    lost = cell.counts.lost
    assert lost == cell.counts.picked_good + cell.counts.picked_defective >= 1
    # There and gone again once for every lost part, for as long as a part is carried.
    assert np.count_nonzero(np.diff(seen) == 1) == lost
    assert 1.0 < np.sum(seen) * 0.1 / lost < 5.0


def test_faults_come_by_themselves_in_a_demo():
    cell = Cell(seed=1)
    kinds = {fault.kind for fault in cell.faults.during(0.0, 600.0)}
    assert len(kinds) == 15


def test_wrong_requests_are_refused():
    cell = quiet()
    cell.advance_to(1.0)
    with pytest.raises(ValueError, match=r'the cell is at 1\.000 s and cannot go back to 0\.500 s'):
        cell.advance_to(0.5)
    with pytest.raises(FaultError, match='no fault is called'):
        cell.inject('gremlins')
