"""What a report on a forecaster says beside what all reports say."""

from __future__ import annotations

from collections.abc import Mapping

from factory_perception.motion.forecast import BAND
from factory_perception.motion.forecast_spec import NETWORK
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.evidence import ForecastEvidence
from factory_perception.training.report.report import Headline
from factory_perception.training.report.sections.band import band_section
from factory_perception.training.report.sections.by_joint import by_joint_section
from factory_perception.training.report.sections.fans import fans_section, worst_fans_section
from factory_perception.training.report.sections.naive import naive_section
from factory_perception.training.report.sections.own_recordings import own_section
from factory_perception.training.report.text import listed, percent
from factory_perception.training.statistics import Interval

#: Coverage further from what is wanted than this is worth a word.
OFF = 0.03
#: So much more skill on what it learnt from says that more recordings would help.
GAP = 0.1


def forecast_chapter(
    evidence: ForecastEvidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> Chapter:
    """Make what only forecasters have."""
    answers = evidence.answers
    assert isinstance(answers, ForecastAnswers)
    best = answers.figures['best_naive']
    return Chapter(
        headlines=_headlines(answers, figures),
        trained=_trained(answers),
        versus=('Against the best naive forecaster', _versus(answers, per_class)),
        figures=answers.names,
        beside=('best naive forecaster', best),
        rival=naive_section(answers, per_class),
        precisions=False,
        score='error spared beside constant velocity',
        sections=(
            fans_section(answers),
            worst_fans_section(answers),
            band_section(answers),
            by_joint_section(answers),
            own_section(answers, evidence.own),
        ),
        advice=_advice(answers, evidence.own, figures, per_class),
        chosen=', the width of the band and who forecasts which horizon were',
        hopeless=0.0,
    )


def _headlines(answers: ForecastAnswers, figures: Mapping[str, Interval]) -> tuple[Headline, ...]:
    skill = figures['skill_over_best']
    return (
        Headline(
            'Error spared beside the best naive forecaster (skill_over_best)', skill,
            f'Mean over {len(answers.classes)} horizons; 0 is no better, 1 is faultless.',
        ),
        Headline(
            'Came to lie in the band', figures['coverage'],
            f'{percent(BAND)} are wanted: fewer, and the band promises too much; more, and it is '
            'too wide.', (('wanted', BAND),), share=True,
        ),
    )  # fmt: skip


def _trained(answers: ForecastAnswers) -> str:
    joints, horizons = answers.spec.joints, [one.replace('_', ' ') for one in answers.classes]
    return (
        f'A forecaster: where {listed(list(joints), 8)} will be in {listed(horizons)}, with a band.'
    )


def _versus(answers: ForecastAnswers, per_class: Mapping[str, Interval]) -> str:
    """Say for the nearest and the farthest horizon what is spared."""
    best, rmse = answers.figures['best_naive'], answers.figures['rmse_rad']
    said = []
    for horizon in dict.fromkeys((answers.classes[0], answers.classes[-1])):
        rival = best[horizon]
        said.append(
            f'at {horizon.replace("_", " ")} the error is {1e3 * rmse["ours"][horizon]:.2f} mrad '
            f'against {1e3 * rmse[rival][horizon]:.2f} of {rival} ({_gain(per_class[horizon])})'
        )
    naive = [one for one, use in zip(answers.classes, answers.spec.use) if use != NETWORK]
    text = f'{"; ".join(said)}.'
    if naive:
        text += f' A naive forecaster is used for {listed(naive)}, where the network is not better.'
    return text[0].upper() + text[1:]


def _gain(skill: Interval) -> str:
    said = (
        f'{percent(skill.value)} spared' if skill.value >= 0 else f'{-100 * skill.value:.0f} % more'
    )
    sure = 'surely better' if skill.low > 0 else 'surely worse' if skill.high < 0 else 'not sure'
    return f'{said}, {sure}'


def _advice(
    answers: ForecastAnswers,
    own: ForecastAnswers,
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
) -> tuple[str, ...]:
    found = []
    unsure = [name for name, value in per_class.items() if not value.low > 0]
    if unsure:
        found.append(
            f'Record longer, on more ways: at {listed(unsure)} it is not surely better than the '
            'best naive forecaster. --learning-curve shows whether more recordings help.'
        )
    gap = own.figures['skill_over_best'] - answers.figures['skill_over_best']
    if gap > GAP and not unsure:
        found.append(
            f'Record more: on what it learnt from it spares {100 * gap:.0f} points more than on '
            'other recordings.'
        )
    coverage = figures['coverage'].value
    if abs(coverage - BAND) > OFF:
        found.append(
            f'Do not trust the width of the band: {percent(coverage)} came to lie in it, '
            f'{percent(BAND)} are wanted.'
        )
    return tuple(found)
