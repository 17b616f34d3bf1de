"""Marks, trends and changes of one robot and of many."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults import following
from factory_perception.faults.changes import changes, COUNT
from factory_perception.faults.features import recurrent_rows, row_widths, tree_rows
from factory_perception.faults.observer import Observer
from factory_perception.faults.usual import Usual
from test.faults.robot import beside_each_other, FRAME_S, frames, healthy, Samples
from test.faults.test_load_model import loaded_calibration


@pytest.fixture(scope='module', params=[False, True], ids=['plain', 'loaded'])
def calibration(request):
    return loaded_calibration(20.0) if request.param else healthy(20.0)


def test_rows_are_as_wide_as_announced_and_the_same_for_many_robots(calibration):
    loaded = calibration.model.load is not None
    runs = [frames(Samples(3.0, seed)) for seed in (1, 2)]
    alone, beside = [Observer(calibration, FRAME_S) for _ in runs], Observer(calibration, FRAME_S)
    for pair in zip(*runs):
        both = beside_each_other(pair)
        seen = beside.update(both)
        each = [observer.update(frame) for observer, frame in zip(alone, pair)]
    for rows, width in zip((tree_rows, recurrent_rows), row_widths(calibration)):
        assert rows(seen).shape == (2, 2, width)
        assert np.allclose(rows(seen), np.stack([rows(one) for one in each]), atol=1e-4)
    assert seen.behaviour.shape[-1] == (COUNT if loaded else following.COUNT)


def test_what_is_usual_is_a_plain_mean_at_first_and_forgets_later():
    usual = Usual(1.0, 10.0)
    means = [usual.update(np.array([value])) for value in [2.0, 4.0, 6.0] + [6.0] * 60]
    assert [float(mean[0]) for mean in means[:3]] == [2.0, 3.0, 4.0]
    assert means[-1][0] == pytest.approx(6.0, abs=0.05)


def test_more_friction_than_usual_is_a_change_of_that_joint():
    calibration = loaded_calibration()
    samples = Samples(40.0, 5)
    late = samples.rows(30.0, 40.0)
    samples.effort[late, 0] += 2.0 * np.tanh(samples.velocity[late, 0] / 0.05)
    observer, found = Observer(calibration, FRAME_S), []
    for frame in frames(samples):
        found.append(observer.update(frame).behaviour)
    found = np.array(found)
    assert found.shape[1:] == (2, COUNT)
    before, after = found[500:740, :, 1], found[-50:, :, 1]  # the slope over six seconds
    assert after[:, 0].min() > 2 * np.abs(before[:, 0]).max()


def test_changes_need_the_marks_of_a_load():
    with pytest.raises(KeyError, match='rest_friction'):
        changes(('effort', 'moving'), np.zeros((2, 2, 4)), np.zeros((2, 2)))
