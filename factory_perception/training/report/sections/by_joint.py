"""Which joints are hard to forecast."""

from __future__ import annotations

import numpy as np

from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.forecast_metrics import OURS
from factory_perception.training.report.parts import Grid
from factory_perception.training.report.report import Section

TITLE = 'Joint by joint'


def by_joint_section(answers: ForecastAnswers) -> Section:
    """Give what is spared beside the best naive forecaster, by joint and horizon."""
    best = answers.figures['best_naive']
    ours = _roots(answers, [OURS] * len(answers.classes))
    rival = _roots(answers, [best[name] for name in answers.classes])
    skill = 1 - ours / np.maximum(rival, 1e-12)  # (J, H)
    ahead = tuple(name.replace('_', ' ') for name in answers.classes)
    joints = answers.spec.joints
    spared = Grid(
        'by_joint', 'Share of the error spared beside the best naive forecaster', 'joint, ahead',
        joints, ahead, skill, np.abs(skill).clip(0, 1), skill > 0,
        'Blue is better than the naive one, red is worse.', 2,
    )  # fmt: skip
    error = Grid(
        'error_by_joint', 'Error (root mean square, in thousandths)', 'joint, ahead', joints, ahead,
        1e3 * ours, ours / np.maximum(ours.max(0), 1e-12) * 0.7, np.zeros(ours.shape, bool),
        'The darker, the larger among the joints.', 2,
    )  # fmt: skip
    worst = int(skill[:, -1].argmin())
    lead = (
        f'Least is spared at {joints[worst]}: {skill[worst, -1]:.2f} at {ahead[-1]}.'
        if len(joints) > 1
        else ''
    )
    return Section(TITLE, (spared, error), lead)


def _roots(answers: ForecastAnswers, names: list[str]) -> np.ndarray:
    """Give root mean squares ``(J, H)`` of the forecaster of each horizon."""
    columns = []
    for place, name in enumerate(names):
        errors = np.concatenate([one.errors[name][:, place] for one in answers.compared])
        columns.append(np.sqrt((errors**2).mean(0)))
    return np.stack(columns, 1)
