"""The network gets what it deserves beside the forest."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.telemetry_model import mixed
from factory_perception.training.datasets.series import LabelInterval
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_learned import Opinions
from factory_perception.training.telemetry_share import fit_share, mixed_scores
from factory_perception.training.telemetry_task import Task

TASK = Task(('stop', 'grip'), 'arm')


def _run():
    truths = (LabelInterval('stop', 20, 30), LabelInterval('grip', 60, 70))
    return TelemetryRun('r', np.arange(100.0), np.zeros((100, 4, 1)), truths, ('a',))


def _judge(run, sure, seed):
    """Say the truth where ``sure`` of a kind, and nothing but noise of the others."""
    truth = run.labels(TASK.kinds, TASK.view)[..., None] == np.arange(3)
    noise = np.random.default_rng(seed).uniform(0.0, 0.5, truth.shape)
    return np.where([False, *sure], truth * 0.9, noise)


@pytest.mark.parametrize('trees, network, share', [
    ((True, True), (False, False), [False, False]),
    ((True, True), (True, True), [False, False]),  # of equals the forest
    ((True, False), (False, True), [False, True]),  # each what it knows
])  # fmt: skip
def test_each_kind_by_who_knows_it(trees, network, share):
    run = _run()
    said = Opinions([run], [_judge(run, trees, 1)], [_judge(run, network, 2)], [])
    found = fit_share(said, TASK)
    assert (found > 0).tolist() == share
    (scores,) = mixed_scores(said, found)
    labels = run.labels(TASK.kinds, TASK.view)[:, 0]
    for kind in (1, 2):
        assert scores[labels == kind, 0, kind - 1].min() > scores[labels != kind, 0, kind - 1].max()


def test_neither_can_veto_the_other():
    trees, network = np.array([0.2, 0.0, 0.8]), np.array([1.0, 0.0, 0.0])
    assert mixed(trees, network, np.array([0.5, 0.25])).tolist() == pytest.approx([0.0, 0.6])
    assert mixed(trees, network, np.zeros(2)).tolist() == trees[1:].tolist()
