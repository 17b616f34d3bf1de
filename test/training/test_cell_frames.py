"""Frames of simulated arms and their labels."""

from __future__ import annotations

import numpy as np

from factory_perception.cell.config import load_config
from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.training.cell_frames import cell_frames


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
