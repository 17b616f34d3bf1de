"""Limits that arms learn alone, measured."""

from __future__ import annotations

import json

import pytest

from factory_perception.training.own_limits import main


@pytest.mark.slow
def test_arms_that_learned_alone_are_watched(tmp_path):
    file = tmp_path / 'own.json'
    assert main(['--arms', '1', '--learn', '30', '--watch', '10', '--json', str(file)]) == 0
    figures = json.loads(file.read_text())
    assert figures['healthy']['hours'] == pytest.approx(10 / 3600)
    assert figures['events'] > 3 and figures['detected'] > 0
