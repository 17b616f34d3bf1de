"""Reports on forecasts and faults: what is good, what is missed, what cannot be promised."""

from __future__ import annotations

from dataclasses import replace
import json

import pytest

from factory_perception.training.comparison import compare
from factory_perception.training.promotion import decide, Decision
from factory_perception.training.report.build import build_report
from factory_perception.training.report.folder import write_report
from test.training.report.series_samples import events, forecasts, run_classes, series_evidence
from test.training.report.test_build import read

SHARED = {'figures', 'losses', 'data', 'run'}
OWN = {
    'forecast': {'naive', 'skill', 'errors', 'fan_1', 'worst_fan_1', 'coverage', 'band_places',
                 'by_joint', 'own', 'promotion'},
    'fault': {'baseline', 'delays', 'delay_figures', 'kinds', 'confusion', 'false_alarm_rate',
              'false_alarms', 'fault_scores', 'reliability', 'missed_1', 'found_1', 'found_2'},
    'runs': {'baseline', 'confusion', 'scores', 'reliability', 'worst'},
}  # fmt: skip


@pytest.mark.parametrize('task', OWN)
def test_a_page_for_every_task(task, tmp_path):
    path = write_report(build_report(series_evidence(task)), tmp_path / 'report')
    text = read(path.read_text())
    assert 'nan' not in text.lower().split()
    for question in ('What was trained', 'How good it is', 'What to do next', 'Takes over'):
        assert question in text
    numbers = json.loads((tmp_path / 'report' / 'report.json').read_text())
    assert set(numbers['figures']) >= SHARED | OWN[task]


def points(evidence):
    return {question: ' '.join(said) for question, said in build_report(evidence).points}


def test_what_a_model_has_to_be_taken_with_care_for_is_told():
    evidence = series_evidence('fault')
    evidence.manifest['provenance']['notes'] = ['Its thresholds were set in a minute.']
    assert points(evidence)['Measured on'].endswith('Its thresholds were set in a minute.')


def figures(evidence):
    return build_report(evidence).numbers()['figures']


def test_a_forecaster_that_is_no_better_is_called_so():
    said = points(series_evidence(answers=forecasts(5.0, use=('hold', 'network'))))
    assert 'surely worse' in said['Against the best naive forecaster']
    assert 'is used for 50_ms' in said['Against the best naive forecaster']
    assert said['What to do next'].startswith('Do not use it')
    assert '--learning-curve' in said['What to do next']


def test_a_band_that_holds_too_little_is_told():
    said = points(series_evidence(answers=forecasts(0.01, half=0.002)))
    assert 'Do not trust the width of the band' in said['What to do next']
    shown = figures(series_evidence(answers=forecasts(0.01, half=0.002)))
    assert all(row['held'] < 0.5 for row in shown['band'])


def test_fans_start_where_the_joint_is():
    for key, chart in figures(series_evidence()).items():
        if 'fan_' in key:
            layers = {layer['name']: layer for layer in chart['layers']}
            now = layers['measured']['x'].index(0)
            assert layers['ours']['y'][0] == layers['measured']['y'][now]


def test_delays_end_below_one_where_something_was_missed():
    chart = figures(series_evidence('fault'))['delays']
    ends = {layer['name']: layer['y'][-1] for layer in chart['layers']}
    assert ends['all faults'] == pytest.approx(7 / 8)
    assert ends['faults that grow'] == 1 and ends['all, without a model'] == 0.5


def test_what_was_told_under_a_wrong_name_is_noticed_but_not_right():
    honest = events(missed=(), false=())
    said = [replace(one.truth, joint='a') for run in honest.faulty for one in run.outcomes]
    row = figures(series_evidence('fault', honest.renamed(said)))['kinds']['friction_rise']
    assert (row['faults'], row['right name'], row['and joint']) == (4, 4, 0)


def test_limits_that_cry_wolf_are_told():
    noisy = events()
    assert 'limits of residuals' not in points(series_evidence('fault', noisy))['What to do next']
    noisy = replace(noisy, untrained=lambda: noisy.every)
    assert 'they raise 30.0 false' in points(series_evidence('fault', noisy))['What to do next']


def test_every_false_alarm_is_listed_with_its_run():
    (row,) = figures(series_evidence('fault'))['false_alarms']
    assert (row['run'], row['part'], row['called']) == ('seed 0', 'b', 'collision')
    quiet = figures(series_evidence('fault', events(false=())))
    assert 'false_alarms' not in quiet and quiet['false_alarm_rate']['false alarms'] == 0


def test_missed_faults_and_alarms_without_reason_have_cells_of_their_own():
    grid = figures(series_evidence('fault'))['confusion']
    at = {name: place for place, name in enumerate(grid['columns'])}
    assert grid['values'][grid['rows'].index('collision')][at['missed']] == 1
    assert grid['values'][grid['rows'].index('nothing')][at['collision']] == 1


def test_a_kind_that_was_left_out_is_counted_by_unknown():
    text = read_page('fault', events(kinds=('friction_rise',)), 'collision')
    assert 'Called unknown: 0 of 4' in text
    assert 'it learned all kinds' in read_page('fault', events(), '')


def read_page(task, answers, left_out):
    from factory_perception.training.report.page import page

    return read(page(build_report(series_evidence(task, answers, left_out))))


def test_wolf_is_not_cried_unseen():
    said = points(series_evidence('fault'))['What to do next']
    assert 'Look at the false alarms: 1 in 0.03 hours' in said
    quiet = points(series_evidence('fault', events(false=())))['What to do next']
    assert 'Watch healthy runs for longer: 0.03 hours cannot promise' in quiet


def test_a_wrong_recording_is_named():
    (row,) = figures(series_evidence('runs', run_classes(1)))['worst']
    assert (row['recording'], row['has'], row['was called']) == ('run 1', 'stuck a', 'stuck b')


def test_a_champion_that_runs_no_more_is_not_called_the_model_that_runs(tmp_path):
    made = series_evidence('fault')
    decision = replace(made.decision, promoted=False, champion=1, first=True)
    path = write_report(build_report(replace(made, decision=decision)), tmp_path / 'report')
    text = read(path.read_text())
    assert 'Good enough to run?' in text and 'Against the model that runs' not in text
    assert 'Find out what' not in text


@pytest.mark.parametrize('task', OWN)
def test_where_there_is_no_champion_the_page_says_what_it_was_held_against(task, tmp_path, store):
    made = series_evidence(task)
    decision = decide(store, 'swing', made.answers, made.validation_facts, 0.01)
    path = write_report(build_report(replace(made, decision=decision)), tmp_path / 'report')
    text = read(path.read_text())
    assert 'Good enough to run?' in text and 'Against the model that runs' not in text
    assert decision.comparison.first in text and 'without training' in text
    assert '– –' not in text  # a figure that one of the two lacks is left out
    assert 'nan' not in text.lower().split()


def test_a_first_model_that_is_refused_is_told_the_mend_once():
    made, rival = series_evidence('fault'), compare(('a rule', 'it'), events(), events())
    reason = 'it is no better than a rule; train for longer'
    refused = Decision(False, reason, 'swings', '0' * 64, None, rival, first=True)
    said = points(replace(made, decision=refused))
    assert said['Takes over'] == f'No: {reason}.' and 'Find out' not in said['What to do next']
    worse = replace(refused, champion=1, first=False, comparison=replace(rival, first='shapes@1'))
    said = points(replace(made, decision=worse))
    assert 'Find out what shapes@1' in said['What to do next']
