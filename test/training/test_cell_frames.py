"""Frames of simulated arms and their labels."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from factory_perception.cell.config import load_config
from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.cell.faults import Fault
from factory_perception.faults.frame import Frame
from factory_perception.training.cell_frames import cell_frames, FrameRuns


def test_labels_are_where_faults_are():
    habits = FaultHabits(('sensor_dropout', 'payload_change'), (2.0, 3.0), first_s=1.0)
    runs = cell_frames(load_config(), range(2), 14.0, habits)
    assert runs.frames.position.shape == (350, 2, 6)
    labels = runs.labels(['sensor_dropout'])
    for run, faults in enumerate(runs.faults):
        assert faults
        for fault in faults:
            rows = slice(int(fault.onset_s / 0.04) + 1, int(min(fault.end_s, 13.9) / 0.04) - 1)
            if fault.kind == 'sensor_dropout':
                column = runs.joints.index(fault.joint)
                assert (labels[rows, run, column] == 1).all()
                assert runs.frames.missing[rows, run, column].mean() > 0.1
            else:
                assert (labels[rows, run] == -1).all()  # neither normal nor known
    assert (labels[:20] == 0).all()
    assert np.isfinite(runs.frames.tracking).mean() > 0.9


def runs_with(kind, joint, position, reference, onset_s=0.4, end_s=4.0):
    """Give one run of two joints, of which only what labels look at is real."""
    blank = np.zeros((100, 1, 2))
    frames = Frame(*(blank for _ in fields(Frame)))
    frames = replace(frames, position=blank + position, tracking=blank + position - reference)
    fault = Fault(kind, joint, 1.0, onset_s, 0.0, end_s)
    return FrameRuns(frames, ((fault,),), ('a', 'b'), 0.004, 0.04)


def test_a_stuck_sensor_is_none_until_the_joint_should_move():
    asked = np.zeros((100, 1, 2))
    asked[50:, 0, 0] = np.arange(50) * 0.01
    labels = runs_with('sensor_stuck', 'a', 0.0, asked).labels(['sensor_stuck'])[:, 0]
    assert (labels[:10, 0] == 0).all()
    assert (labels[10:51, 0] == -1).all()
    assert (labels[51:, 0] == 1).all()
    assert (labels[:, 1] == 0).all()


def test_a_lost_part_shows_for_a_second_and_missing_values_at_once():
    asked = np.arange(100.0)[:, None, None] * np.ones(2)
    lost = runs_with('grip_loss', '', asked, asked).labels(['grip_loss'])[:, 0]
    assert (lost[11:34] == 1).all()
    assert (lost[36:] == -1).all()
    missing = runs_with('sensor_dropout', 'a', np.nan, np.nan).labels(['sensor_dropout'])[:, 0]
    assert (missing[10:, 0] == 1).all()


def test_without_a_reference_a_fault_shows_from_its_onset():
    labels = runs_with('friction_rise', 'b', 0.0, np.nan).labels(['friction_rise'])[:, 0]
    assert (labels[10:, 1] == 1).all()
