"""Forecasters are measured by the command, on any folder of recordings."""

from __future__ import annotations

import json

import numpy as np
import pytest

from factory_perception.cli.main import main
from test.motion.support import publish_forecaster

pytest.importorskip('torch', reason='measuring a forecaster on recordings needs torch')


@pytest.fixture
def recordings(tmp_path):
    """Give a folder of three tables of two joints that swing."""
    folder = tmp_path / 'runs'
    folder.mkdir()
    for number in range(3):
        time_s = np.arange(0, 8, 0.01)
        a, b = np.sin(time_s * (1 + number)), np.cos(time_s)
        speeds = np.cos(time_s * (1 + number)) * (1 + number), -np.sin(time_s)
        rows = np.column_stack([time_s, b, a, speeds[1], speeds[0]])
        header = 't_s,b,a,b.velocity,a.velocity'
        np.savetxt(folder / f'run{number}.csv', rows, delimiter=',', header=header, comments='')
    return folder


def evaluate(store, recordings, *more):
    arguments = ['evaluate', '--model', 'steady', '--data', str(recordings)]
    return main([*arguments, '--store', str(store.roots[0]), *more])


def test_figures_beside_every_naive_forecaster(store, recordings, tmp_path, capsys):
    publish_forecaster(store, ['a', 'b'])
    assert evaluate(store, recordings, '--json', str(tmp_path / 'out.json')) == 0
    assert 'steady@1 on 3 recordings' in capsys.readouterr().out
    figures = json.loads((tmp_path / 'out.json').read_text())['metrics']
    ours, rival = (figures['rmse_rad'][name] for name in ('ours', 'constant_velocity'))
    for horizon in ('50_ms', '100_ms', '250_ms'):  # the model is constant velocity
        assert ours[horizon] == pytest.approx(rival[horizon], abs=1e-6)
        assert figures['skill']['constant_velocity'][horizon]['value'] == pytest.approx(0, abs=1e-4)
    assert ours['500_ms'] == pytest.approx(figures['rmse_rad']['hold']['500_ms'])
    assert figures['use']['500_ms'] == 'hold' and 'stretches of 1 s' in figures['units']
    assert 0 < figures['coverage']['50_ms'] <= 1


def test_other_joints_are_refused_with_both_lists(store, recordings, capsys):
    publish_forecaster(store, ['a', 'elbow'])
    assert evaluate(store, recordings) == 1
    assert 'has no joint elbow, only b, a' in capsys.readouterr().err


def test_what_is_for_pictures(store, recordings, capsys):
    publish_forecaster(store, ['a', 'b'])
    assert evaluate(store, recordings, '--robustness') == 1
    assert 'are for pictures' in capsys.readouterr().err


def test_what_is_no_number_is_null_in_the_file(store, recordings, tmp_path, monkeypatch):
    publish_forecaster(store, ['a', 'b'])
    odd = {'rate': float('inf'), 'share': float('nan'), 'recall': 0.5}
    monkeypatch.setattr('factory_perception.training.assess.assess', lambda *_: odd)
    assert evaluate(store, recordings, '--json', str(tmp_path / 'out.json')) == 0
    found = json.loads((tmp_path / 'out.json').read_text(), parse_constant=pytest.fail)
    assert found['metrics'] == {'rate': None, 'share': None, 'recall': 0.5}
