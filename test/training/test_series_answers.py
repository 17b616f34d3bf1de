"""Answers about recordings: figures by hand, and pairs of models on the same recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.model_store.manifest import ModelError
from factory_perception.training.comparison import compare
from test.training.report.series_samples import events, forecasts, run_classes, spec


def named(answers, weights=None):
    found = answers.measure(np.ones(answers.units) if weights is None else weights)
    return dict(zip((*answers.names, *answers.classes), found))


def test_skill_is_that_of_the_figures():
    answers = forecasts()
    found, figures = named(answers), answers.figures
    assert answers.units == 9 and answers.unit == 'recordings'
    assert found['skill_over_best'] == pytest.approx(figures['skill_over_best'])
    for horizon in answers.classes:
        best = figures['best_naive'][horizon]
        assert found[horizon] == pytest.approx(figures['skill'][best][horizon]['value'])
    assert found['coverage'] == pytest.approx(np.mean(list(figures['coverage'].values())))


def test_a_recording_without_weight_does_not_count():
    answers = forecasts(recordings=8)
    less = replace(
        answers, segments=answers.segments[:7], quantiles=answers.quantiles[:7],
        compared=answers.compared[:7],
    )  # fmt: skip
    assert named(answers, np.array([1.0] * 7 + [0.0]))['coverage'] == pytest.approx(
        np.mean([one.inside.mean() for one in less.compared])
    )


def test_few_recordings_are_cut_into_stretches():
    answers = forecasts(recordings=2)
    assert answers.units > 8 and answers.unit == 'stretches of 1 s of 2 recordings'


def test_events_are_counted_by_run():
    answers = events(missed=(0,), false=(15.0,))
    found = named(answers)
    assert answers.units == 6 and answers.classes == ('collision', 'friction_rise')
    assert found['event_recall'] == pytest.approx(7 / 8)
    assert found['event_f1'] == found['right_f1'] == pytest.approx(14 / 16)
    assert found['named_right'] == found['joint_right'] == 1
    assert found['false_alarms_per_hour'] == pytest.approx(1 / (6 * 20 / 3600))
    assert found['collision'] == pytest.approx(3 / 4) and found['friction_rise'] == 1
    without_second = named(answers, np.array([1.0, 0.0, 1.0, 1.0, 1.0, 1.0]))
    assert without_second['event_recall'] == 1


def test_a_fault_under_a_wrong_name_or_joint_counts_as_missed():
    answers = events(missed=(0,), false=(15.0,))
    truths = [one.truth for run in answers.faulty for one in run.outcomes]
    said = [replace(truths[0], kind='unknown'), replace(truths[1], joint='a'), *truths[2:]]
    found = named(answers.renamed(said))
    assert found['event_f1'] == pytest.approx(14 / 16)
    assert found['right_f1'] == pytest.approx(2 * 5 / (5 + 8 + 1))
    assert found['named_right'] == found['joint_right'] == pytest.approx(6 / 7)
    assert found['collision'] == pytest.approx(2 / 4)
    aside = named(answers.renamed(said).nameless())
    assert 'right_f1' not in aside and 'named_right' not in aside
    assert aside.items() <= named(answers).items()


def test_without_a_model_half_is_missed():
    assert events().rival_figures()['event_recall'] == pytest.approx(0.5)


def test_recordings_are_named_as_a_whole():
    found = named(run_classes(wrong=2))
    assert found['accuracy'] == pytest.approx(19 / 20)  # one of the two was called rightly
    assert found['event_recall'] == 1 and found['stuck a'] == pytest.approx(8 / 9)


@pytest.mark.parametrize(
    ('better', 'worse', 'metric'),
    [
        (forecasts(0.005), forecasts(0.05), 'skill_over_best'),
        (events(missed=(), false=()), events(missed=(0, 1), false=(1.0, 5.0, 9.0)), 'right_f1'),
        (run_classes(0), run_classes(8), 'macro_f1'),
    ],
)
def test_every_task_can_be_compared(better, worse, metric):
    found = compare(('a', 'b'), worse, better)
    assert found.metric == metric and found.units == better.units
    difference = found.figures[metric].difference
    assert difference.value > 0 and difference.low <= difference.value <= difference.high
    assert found.unit in found.sentence


def test_other_horizons_are_other_questions():
    other = replace(spec(), horizons_s=np.array([0.05, 0.25]))
    answers = forecasts()
    with pytest.raises(ModelError, match=r'same questions .*500_ms.*250_ms'):
        compare(('a', 'b'), answers, replace(answers, spec=other))
