"""Recordings are judged by what was learned from others."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training import telemetry_crossing, telemetry_folds
from factory_perception.training.settings import FitSettings
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_learned import Opinions
from factory_perception.training.telemetry_task import Task

TASK = Task(('stop',), 'arm')


def _run(name, group):
    return TelemetryRun(name, np.arange(3.0), np.zeros((3, 4, 1)), (), ('a',), group=group)


@pytest.fixture
def lessons(monkeypatch):
    """What was learned from and what was judged, by name; nothing is learned."""
    seen = []

    def strangers(others, judged, task, how):
        seen.append(([run.name for run in others], [run.name for run in judged]))
        marks = [np.full((3, 1, 2), len(others)) for _ in judged]
        return Opinions(list(judged), marks, marks, [mark[..., 1:] for mark in marks])

    for module in (telemetry_crossing, telemetry_folds):
        monkeypatch.setattr(module, 'strangers', strangers)
    return seen


def test_every_recording_is_judged_once_and_groups_stay_together(lessons):
    runs = [_run(f'{group}{place}', group) for group in 'abcd' for place in range(2)]
    found = telemetry_crossing.crossed(runs, [_run('v', 'v')], TASK, FitSettings())
    judged = [name for _, names in lessons for name in names]
    assert sorted(judged) == [run.name for run in runs]
    assert [run.name for one in found for run in one.runs] == judged
    for learned, names in lessons:
        assert 'v' in learned and not {one[0] for one in learned} & {one[0] for one in names}


def test_a_single_group_is_not_judged(lessons):
    runs = [_run('a', 'day'), _run('b', 'day')]
    assert telemetry_crossing.crossed(runs, [], TASK, FitSettings()) == [] == lessons


def test_nothing_of_a_fold_decides_about_it(lessons):
    parts = [[_run(f'{part}{place}', str(part)) for place in range(part + 1)] for part in range(5)]
    both = telemetry_folds.judged_without(parts, (1, 3), TASK)
    assert lessons == [(['00', '20', '21', '22', *(f'4{n}' for n in range(5))],
                        ['10', '11', '30', '31', '32', '33'])]  # fmt: skip
    names = {key: [run.name for run in said.runs] for key, said in both.items()}
    assert names == {(1, 3): ['10', '11'], (3, 1): ['30', '31', '32', '33']}
