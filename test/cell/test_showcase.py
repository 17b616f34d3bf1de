"""The pictures of the documentation can be drawn and are small."""

from __future__ import annotations

import sys

import cv2
import numpy as np

from factory_perception.cell import showcase


def test_all_pictures_are_written_and_small(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, 'argv', ['showcase', str(tmp_path / 'images')])
    showcase.main()
    files = sorted((tmp_path / 'images').iterdir())
    names = ['cell_camera.jpg', 'cell_dataset.jpg', 'cell_faults.png', 'cell_truth.jpg']
    assert [path.name for path in files] == names
    for path in files:
        assert path.stat().st_size < 150_000
        assert cv2.imread(str(path)).std() > 10
    assert capsys.readouterr().out.count('kB') == 4


def test_missing_values_leave_a_gap():
    points = np.array([[0, 0], [1, 1], [np.nan, 1], [3, 3.0], [4, 4]])
    pieces = showcase._unbroken(points)
    assert [piece.tolist() for piece in pieces] == [[[0, 0], [16, 16]], [[48, 48], [64, 64]]]
