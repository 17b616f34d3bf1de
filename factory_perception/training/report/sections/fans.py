"""Fan charts: what was forecast, how sure, and what came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import POSITION
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.report.chart import array, Axis, Band, Chart, Layer, Line
from factory_perception.training.report.report import Section

TYPICAL, WORST = 'Forecasts as they usually are', 'Worst forecasts'
#: Charts of a section, and how far apart in time they must be (in horizons).
MOST, _APART = 4, 4
#: How much of the past is shown, in longest horizons.
_PAST = 2.0
Place = tuple[int, int, int]


def fans_section(answers: ForecastAnswers) -> Section:
    """Show moments in motion whose error at the longest horizon is the usual one."""
    errors = _errors(answers)
    moving = [np.abs(_way(answers, place)) for place in range(len(answers.segments))]
    least = np.quantile(np.concatenate([one.ravel() for one in moving]), 0.75)
    among = np.concatenate([one[way >= least] for one, way in zip(errors, moving)])
    usual = float(np.median(among)) if len(among) else 0.0
    ranks = [
        np.where(way >= least, np.abs(one - usual), np.inf) for one, way in zip(errors, moving)
    ]
    charts = _charts(answers, _chosen(answers, ranks), 'fan')
    lead = 'Moments at which a joint moves more than usual, with the middle error of all such.'
    return Section(TYPICAL, charts, lead)


def worst_fans_section(answers: ForecastAnswers) -> Section:
    """Show the moments with the largest errors at the longest horizon."""
    charts = _charts(answers, _chosen(answers, [-one for one in _errors(answers)]), 'worst_fan')
    lead = 'Look at these first: a new kind of motion, a blow or a wrong stamp is often the cause.'
    return Section(WORST, charts, lead)


def _errors(answers: ForecastAnswers) -> list[NDArray[np.float64]]:
    return [np.abs(one.errors['ours'][:, -1]) for one in answers.compared]  # (N, J) each


def _way(answers: ForecastAnswers, place: int) -> NDArray[np.float64]:
    """Give how far each joint went until the longest horizon, ``(N, J)``."""
    spec, position = answers.spec, answers.segments[place].rows[:, POSITION]
    first, count = spec.lags - 1, len(answers.compared[place].inside)
    ahead = max(spec.steps)
    way: NDArray[np.float64] = position[first + ahead :][:count] - position[first:][:count]
    return way


def _chosen(answers: ForecastAnswers, ranks: Sequence[NDArray[np.float64]]) -> list[Place]:
    """Give segment, moment and joint of the lowest ranks, apart from each other, joints in turn."""
    apart = _APART * max(answers.spec.steps)
    found: list[Place] = []
    order = [
        (float(values[at, joint]), place, int(at), joint)
        for place, values in enumerate(ranks)
        for joint in range(values.shape[1])
        for at in np.argsort(values[:, joint])[:50]
    ]
    for rank, place, at, joint in sorted(order):
        near = any(p == place and abs(a - at) < apart for p, a, _ in found)
        again = any(joint == one for _, _, one in found[-(len(answers.spec.joints) - 1) :])
        if np.isfinite(rank) and not near and not (again and len(answers.spec.joints) > 1):
            found.append((place, at, joint))
        if len(found) == MOST:
            break
    return found


def _charts(answers: ForecastAnswers, places: Sequence[Place], key: str) -> tuple[Chart, ...]:
    return tuple(_fan(answers, place, f'{key}_{number}') for number, place in enumerate(places, 1))


def _fan(answers: ForecastAnswers, where: Place, key: str) -> Chart:
    """Draw the past, what came, our band and the forecast of the best naive one."""
    place, at, joint = where
    spec, segment = answers.spec, answers.segments[place]
    now = at + spec.lags - 1
    past = min(round(_PAST * max(spec.steps)), now)
    rows = np.arange(now - past, min(now + max(spec.steps) + 1, len(segment)))
    time_ms = (rows - now) * spec.step_s * 1e3
    position = segment.rows[:, POSITION, joint]
    ahead = np.concatenate([[0.0], 1e3 * spec.horizons_s])

    def from_now(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([[position[now]], values])

    low, middle, high = (answers.quantiles[place][at, :, one, joint] for one in range(3))
    came = np.array([position[now + step] for step in spec.steps])
    compared = answers.compared[place].errors
    rivals = list(dict.fromkeys(answers.figures['best_naive'].values()))
    naive = [
        Line(name, ahead, from_now(came + compared[name][at, :, joint]), dots=True)
        for name in rivals
    ]
    layers: tuple[Layer, ...] = (
        Band('band', ahead, from_now(low), from_now(high)),
        Line('ours', ahead, from_now(middle), dots=True),
        *naive,
        Line('measured', array(time_ms), position[rows], faint=True),
    )
    name = spec.joints[joint]
    return Chart(
        key, f'{name}, {segment.recording}', f'forecast of {name} with its band and what came',
        Axis('time from now (ms)'), Axis('position (rad or m)'), layers,
        f'At {now * spec.step_s:.1f} s of an unbroken stretch of {segment.recording}.',
    )  # fmt: skip
