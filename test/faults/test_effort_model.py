"""What effort a motion should need."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.effort_model import fit_effort_model
from test.faults.robot import frames, Samples


def _columns(seed: int, seconds: float = 30.0):
    found = frames(Samples(seconds, seed))
    return [
        np.array([getattr(frame, name) for frame in found])
        for name in ('position', 'velocity', 'acceleration', 'effort')
    ]


def test_effort_of_other_motions_is_foretold():
    model = fit_effort_model(*_columns(0))
    *motion, effort = _columns(1)
    rest = effort - model.effort(*motion)
    assert np.median(np.abs(rest), axis=0).max() < 0.02 * effort.std(axis=0).max()


def test_rows_that_are_not_complete_are_left_out():
    columns = _columns(0)
    columns[3][10:20, 0] = np.nan
    assert np.isfinite(fit_effort_model(*columns).weights).all()


def test_nothing_complete_is_told():
    nothing = np.full((5, 2), np.nan)
    with pytest.raises(ValueError, match='position, velocity and effort'):
        fit_effort_model(nothing, nothing, nothing, nothing)
