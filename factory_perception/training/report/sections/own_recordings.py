"""How much better a forecaster is on what it learnt from: the first hint at too little data."""

from __future__ import annotations

from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section

TITLE = 'On what it learnt from'


def own_section(held: ForecastAnswers, own: ForecastAnswers) -> Section:
    """Put the figures on training recordings beside those on others."""
    rows = [
        (name.replace('_', ' '), *_skills(own, name), *_skills(held, name)) for name in held.classes
    ]
    gap = own.figures['skill_over_best'] - held.figures['skill_over_best']
    table = Table(
        'own', 'Share of the error spared beside the best naive forecaster',
        ('ahead', 'training recordings', 'other recordings'), tuple(rows),
        'A large gap says that the network knows its recordings by heart: more of them would '
        'help. No gap says that a larger network or a longer training would.',
    )  # fmt: skip
    more = 'more' if gap >= 0 else 'less'
    lead = f'On the recordings that it learnt from it spares {100 * abs(gap):.1f} points {more}.'
    return Section(TITLE, (table,), lead)


def _skills(answers: ForecastAnswers, name: str) -> tuple[float]:
    best = answers.figures['best_naive'][name]
    return (float(answers.figures['skill'][best][name]['value']),)
