"""How many runs of the cell a training is measured on."""

from __future__ import annotations

import pytest

from factory_perception.training.opening import CELL_FAULT_RUNS, held_runs


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
