"""How many runs of the cell a training is measured on."""

from __future__ import annotations

import pytest

from factory_perception.cell.fault_plan import LONGEST_S
from factory_perception.training.cell_faults import RUN_S
from factory_perception.training.opening import CELL_FAULT_RUNS, held_runs, open_recordings


@pytest.mark.parametrize(
    ('data', 'task', 'part', 'taught', 'measured'),
    [
        ('cell', 'fault', 'val', None, None),  # the shipped recipe: as many as usual
        ('cell', 'fault', 'val', 24, 12),
        ('cell', 'fault', 'val', 1, 1),
        ('cell', 'fault', 'val', 512, CELL_FAULT_RUNS['val']),
        ('cell', 'fault', 'test', 512, CELL_FAULT_RUNS['test']),
        ('cell', 'forecast', 'val', 4, None),
        ('recordings', 'fault', 'val', 4, None),
    ],
)
def test_little_training_is_measured_on_little(data, task, part, taught, measured):
    assert held_runs(data, task, part, taught) == measured


@pytest.mark.parametrize('split, length_s', [('train', RUN_S), ('val', RUN_S + LONGEST_S)])
def test_a_model_is_judged_by_faults_that_have_come_to_their_end(split, length_s):
    runs = open_recordings('cell', 'fault', split, runs=1).faulty
    assert runs.seconds == pytest.approx(length_s, abs=1.0)
