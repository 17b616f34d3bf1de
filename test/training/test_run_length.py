"""Epochs as given, or as many as the steps take."""

from __future__ import annotations

import pytest

from factory_perception.training.run_length import with_length
from factory_perception.training.settings import load_settings


@pytest.mark.parametrize('changes, batches, epochs, every', [
    ({}, 50, 60, 4),
    ({}, 10, 300, 20),
    ({}, 375, 8, 1),
    ({}, 4000, 1, 1),
    ({'fit.accumulate': '2'}, 50, 120, 8),
    ({'fit.epochs': '7'}, 50, 7, 1),
    ({'fit.epochs': '60', 'fit.validate_every': '5'}, 50, 60, 5),
])  # fmt: skip
def test_length(changes, batches, epochs, every):
    fit = with_length(load_settings('cpu', None, changes), batches).fit
    assert (fit.epochs, fit.validate_every) == (epochs, every)


@pytest.mark.parametrize('preset, epochs', [('tiny', 12), ('edge', 100), ('gpu', 150)])
def test_other_presets_count_epochs(preset, epochs):
    fit = with_length(load_settings(preset, None), 50).fit
    assert (fit.epochs, fit.validate_every) == (epochs, 1)
