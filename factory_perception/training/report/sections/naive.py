"""A forecaster beside those that learn nothing, or next to nothing."""

from __future__ import annotations

from collections.abc import Mapping

from factory_perception.motion.forecast_spec import NETWORK
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.forecast_metrics import OURS
from factory_perception.training.report.chart import array, Axis, Band, Chart, Layer, Line
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.text import listed
from factory_perception.training.statistics import Interval

TITLE = 'Against naive forecasters'
#: What each naive forecaster does, in words.
RULES = {
    'hold': 'the joint stays where it is',
    'constant_velocity': 'the joint goes on as fast as it goes now',
    'ridge': 'a weighted sum of the last rows',
    'reference': 'as far as the controller plans, from where the joint is',
}


def naive_section(answers: ForecastAnswers, skill: Mapping[str, Interval]) -> Section:
    """Give errors and skill by horizon, with who forecasts what in a node."""
    figures, names = answers.figures, answers.classes
    rmse = figures['rmse_rad']
    rivals = [name for name in rmse if name != OURS]
    rows = tuple(
        (
            horizon.replace('_', ' '),
            *(1e3 * rmse[name][horizon] for name in rivals),
            1e3 * rmse[OURS][horizon],
            'the network' if use == NETWORK else use,
        )
        for horizon, use in zip(names, answers.spec.use)
    )
    table = Table(
        'naive', 'Error (root mean square, in thousandths of a radian or metre)',
        ('ahead', *rivals, 'ours', 'a node uses'), rows,
        '; '.join(f'{name}: {RULES[name]}' for name in rivals) + '.', 2,
    )  # fmt: skip
    lead = f'Of {figures["moments"]} moments; intervals from {figures["units"]}, paired.'
    return Section(TITLE, (_skill(answers, skill, rivals), _errors(answers, rivals), table), lead)


def _milliseconds(answers: ForecastAnswers) -> list[float]:
    return [1e3 * float(one) for one in answers.spec.horizons_s]


def _skill(answers: ForecastAnswers, skill: Mapping[str, Interval], rivals: list[str]) -> Chart:
    ahead, names = array(_milliseconds(answers)), answers.classes
    known, usual = answers.figures['skill'], set(answers.figures['best_naive'].values())
    best = [skill[name] for name in names]
    others = [name for name in rivals if usual != {name}]
    layers: list[Layer] = [
        Band('95 % interval', ahead, array([one.low for one in best]),
             array([one.high for one in best])),
        Line(f'beside the best: {listed(sorted(usual))}', ahead,
             array([one.value for one in best]), dots=True),
        *(Line(f'beside {name}', ahead, array([known[name][n]['value'] for n in names]), dots=True)
          for name in others),
        Line('no better', ahead, array([0.0] * len(names)), faint=True),
    ]  # fmt: skip
    return Chart(
        'skill', 'Share of the error that is spared', 'skill over each naive forecaster by horizon',
        Axis('ahead (ms)', low=0.0), Axis('1 - ours / naive', high=1.0), tuple(layers),
        'Above 0 ours is better. The band is the 95 % interval beside the best one.',
    )  # fmt: skip


def _errors(answers: ForecastAnswers, rivals: list[str]) -> Chart:
    ahead, rmse = array(_milliseconds(answers)), answers.figures['rmse_rad']

    def values(name: str) -> list[float]:
        return [1e3 * rmse[name][horizon] for horizon in answers.classes]

    lines = [Line(name, ahead, array(values(name)), dots=True) for name in (OURS, *rivals)]
    return Chart(
        'errors', 'Error by horizon', 'root mean square error of each forecaster by horizon',
        Axis('ahead (ms)', low=0.0), Axis('thousandths of a radian', log=True), tuple(lines),
        'The scale goes by ratios.',
    )  # fmt: skip
