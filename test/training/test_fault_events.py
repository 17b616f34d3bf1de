"""Runs are diagnosed frame by frame, as long as they are; every true fault has an outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factory_perception.cell.config import load_config
from factory_perception.faults.calibration import unpack_calibration
from factory_perception.resources import share_folder
from factory_perception.training.cell_faults import HABITS
from factory_perception.training.cell_frames import cell_frames
from factory_perception.training.fault_evaluation import event_figures, figures_of
from factory_perception.training.fault_events import set_events

SECONDS = 24.0


@pytest.fixture(scope='module')
def runs():
    return cell_frames(load_config(), [3], SECONDS, HABITS)


@pytest.fixture(scope='module')
def calibration():
    path = share_folder() / 'config' / 'cell_limits.npz'
    return unpack_calibration(path.read_bytes(), path.name)


def test_every_fault_has_an_outcome(runs, calibration):
    (run,) = set_events(runs, calibration, None)
    count = len(runs.frames.position)
    assert run.seconds == pytest.approx(SECONDS, abs=0.1)
    assert run.ratio.shape == (count, 6) and run.probabilities.shape == (count, 6, 0)
    begun = [one for one in runs.faults[0] if one.onset_s < run.seconds - 1.0]
    assert [(one.truth.kind, one.truth.joint) for one in run.outcomes] == [
        (one.kind, one.joint) for one in begun
    ]
    assert all(one.truth.end_s <= run.seconds for one in run.outcomes)


def test_a_fault_is_shown_by_a_run_that_holds_half_of_it(runs, calibration):
    begin_s = 4.0
    for length_s, shown in ((39.0, True), (41.0, False)):
        fault = replace(runs.faults[0][0], onset_s=begin_s, end_s=begin_s + length_s)
        (run,) = set_events(replace(runs, faults=((fault,),)), calibration, None)
        assert [one.truth.shown for one in run.outcomes] == [shown]


def test_what_is_only_there_to_fill_up_is_not_looked_at(runs, calibration):
    (run,) = set_events(replace(runs, lengths=(200,)), calibration, None)
    assert len(run.ratio) == 200 and run.seconds == pytest.approx(200 * runs.frame_s)


def test_figures_are_those_of_the_events(runs, calibration):
    said = set_events(runs, calibration, None)
    figures = figures_of(said, ())
    assert figures['events'] == len(said[0].outcomes)
    assert figures['detected'] == sum(one.detected for one in said[0].outcomes)
    assert figures['hours'] == pytest.approx(said[0].seconds / 3600)
    quiet = replace(runs, faults=((),))  # whatever is said now is a false alarm
    both = event_figures(runs, quiet, calibration)
    assert both['healthy']['false_alarms'] >= figures['detected']
    assert both['hours'] == pytest.approx(2 * figures['hours'])
