"""Windows told apart: with their bearing held out, and leaking."""

from __future__ import annotations

import json

import numpy as np
import pytest

from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.window_check import (
    BANDS,
    bearing_windows,
    check,
    force_problems,
    main,
    spread,
    WINDOWS,
)
from test.conftest import data_folder
from test.training.datasets import makers


def _tones(folder):
    """Write bearings whose tone tells the bearing, never the fault."""
    rows, arrays = [], {}
    tones = {('B', 7): 500, ('IR', 7): 1500, ('OR', 7): 2500, ('B', 21): 3500, ('IR', 21): 4500,
             ('OR', 21): 5500, ('normal', ''): 200}  # fmt: skip
    for (fault, size), tone in tones.items():
        rate = 48000 if fault == 'normal' else 12000
        time = np.arange(2 * rate) / rate
        noise = np.random.default_rng(tone).normal(0, 20, len(time))
        name = f'{fault}_{size}'
        arrays[name] = (1000 * np.sin(2 * np.pi * tone * time) + noise).astype(np.int16)
        rows.append([name, fault, size, rate, len(time), 0.001])
    header = ['record', 'fault', 'diameter_mil', 'fs_hz', 'samples', 'scale_g_per_lsb']
    makers.table(folder / 'records.csv', header, rows)
    np.savez(folder / 'drive_end.npz', **arrays)
    return folder


def test_random_windows_leak_and_bearings_do_not(tmp_path):
    found = check(_tones(tmp_path))
    assert found['by_window_at_random']['accuracy'] > 0.95
    assert 'leaks' in found['by_window_at_random']['warning']
    # The tones of other bearings say nothing about the fault: chance at best.
    assert found['by_bearing']['accuracy'] < 0.6 and found['by_bearing']['groups'] == 6
    assert 'normal' not in found['by_bearing']['confusion']


def test_a_tone_lies_in_the_same_band_at_every_rate(tmp_path):
    windows = bearing_windows(open_dataset(_tones(tmp_path), 'fault'))
    assert windows.rows.shape == (7 * WINDOWS, BANDS)
    tops = {name: int(windows.rows[windows.groups == name].mean(axis=0).argmax())
            for name in np.unique(windows.groups)}  # fmt: skip
    assert tops['normal'] == round(200 / 6000 * BANDS - 0.5)
    assert tops['ball 7'] == round(500 / 6000 * BANDS - 0.5)
    assert set(windows.folds[windows.groups == 'normal']) == {-1}


def test_windows_are_dealt_out_evenly():
    classes = np.repeat([0, 1], [25, 10])
    folds = spread(classes)
    assert np.bincount(folds).tolist() == [7] * 5
    assert np.bincount(folds[classes == 1]).tolist() == [2] * 5


def test_other_sets_are_refused(tmp_path, capsys):
    with pytest.raises(DatasetError, match='neither vibration'):
        check(makers.ur3_log(tmp_path))
    assert main([str(tmp_path)]) == 1
    assert 'neither vibration' in capsys.readouterr().err


def test_failures_of_a_real_robot(tmp_path):
    folder = data_folder('robot_execution_failures')
    names = [name for name, _ in force_problems(open_dataset(folder, 'fault'))]
    assert names == ['LP1', 'LP2', 'LP3', 'LP4', 'LP5']
    assert main([str(folder), '--json', str(tmp_path / 'f.json')]) == 0
    problems = json.loads((tmp_path / 'f.json').read_text())['problems']
    assert problems['LP1']['accuracy'] > 0.9 and problems['LP4']['accuracy'] > 0.8
    for figures in problems.values():
        assert figures['accuracy'] > figures['majority']


@pytest.mark.slow
def test_real_bearings():
    found = check(data_folder('cwru_bearing'))
    leaking, honest = found['by_window_at_random'], found['by_bearing']
    assert leaking['accuracy'] > 0.98 and honest['accuracy'] < 0.7
