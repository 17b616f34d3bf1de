"""A learning curve: shares of the data, the same number of steps, told with the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factory_perception.training.fault_recipe import FaultRecipe
from factory_perception.training.forecast_recipe import ForecastRecipe
from factory_perception.training.learning_curve import (
    learning_curve,
    read_curve,
    require_divisible,
    Share,
)
from factory_perception.training.order import Order
from factory_perception.training.report.sections.learning import learning_section
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import FitSettings, ForecastSettings, TrainingSettings
from test.training.motion_support import Swings

SETTINGS = TrainingSettings(
    fit=FitSettings(epochs=2, batch=8, learning_rate=0.01, average_steps=10, workers=0),
    forecast=ForecastSettings(hidden=6, windows=16, window_s=1.0, lags=3),
)


@pytest.fixture
def order(store, tmp_path):
    run = RunFolder(tmp_path / 'run')
    run.log(epoch=0, seconds=1.0, losses={'loss': 1.0}, validation={'score': 0.5})
    return Order(
        name='swing', recipe=ForecastRecipe(), data=Swings(range(8), 4.0),
        validation=Swings([50], 4.0), settings=SETTINGS, store=store, run=run, command='test',
        licence={'model': 'none', 'data': 'none'},
    )  # fmt: skip


def test_a_larger_share_holds_a_smaller():
    data = Swings(range(8))
    names = [{part.name(i) for i in range(len(part))}
             for part in (Share(data, 0.25), Share(data, 0.5))]  # fmt: skip
    assert [len(one) for one in names] == [2, 4] and names[0] < names[1]
    assert Share(data, 0.5).read(0).name in names[1] and Share(data, 0.5).task == 'forecast'


def test_scores_are_kept_with_the_run(order):
    said = []
    learning_curve(order, lambda part: part.recipe.network(part.settings, part.data), said.append)
    curve = read_curve(order.run.path)
    assert [share for share, _ in curve] == [0.25, 0.5, 1.0] and curve[-1][1] == 0.5
    assert said[0].startswith('learning curve: 2 of 8 give ')
    section = learning_section(curve, 'score')
    assert section.lead.startswith('From 50 % of the data to all of it score changes by ')


def test_what_cannot_be_divided_is_refused(order):
    require_divisible(order)
    with pytest.raises(SettingsError, match='not for faults'):
        require_divisible(replace(order, recipe=FaultRecipe()))


@pytest.mark.parametrize(
    ('scores', 'said'), [((0.2, 0.4, 0.6), 'would help'), ((0.5, 0.6, 0.6), 'would hardly help')]
)
def test_the_curve_says_whether_to_collect_more(scores, said):
    section = learning_section(list(zip((0.25, 0.5, 1.0), scores)), 'score')
    assert said in section.lead
