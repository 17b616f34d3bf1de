"""Figures of a telemetry model by events and by rows, and its rival beside it on the same units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from factory_perception.faults.telemetry import Array
from factory_perception.training.statistics import bootstrap_all, flat, wilson
from factory_perception.training.telemetry_answers import TelemetryAnswers
from factory_perception.training.telemetry_events import candidates, Tally, tally, within_budget
from factory_perception.training.telemetry_judges import Answered, RIVALS
from factory_perception.training.telemetry_rows import row_figures
from factory_perception.training.telemetry_thresholds import Budget, budget_of


@dataclass(frozen=True)
class _Judged:
    """Alarms at many thresholds, and which of them is meant for each kind."""

    tally: Tally
    chosen: tuple[int, ...]

    @property
    def delay_s(self) -> Array:
        return self.tally.delays(self.chosen)


def telemetry_figures(answers: TelemetryAnswers) -> dict[str, Any]:
    """Give all figures: events and rows of the model, the rival's, and paired differences."""
    kinds = answers.task.kinds
    own, other = (
        _Judged(answers.events(one), (0,) * len(kinds)) for one in (answers.ours, answers.rival)
    )
    both = _paired(own, other, answers)
    report: dict[str, Any] = {
        answers.unit.replace(' ', '_'): answers.units,
        'hours': answers.hours,
        'events': len(own.tally.kind),
        **both['model'],
        'delay_ms': _delays(own),
        'per_kind': _per_kind(own, kinds),
        **_rows(answers, answers.ours),
        'rival': {
            'name': RIVALS[answers.task.view],
            **both['rival'],
            'per_kind': _per_kind(other, kinds),
            **_rows(answers, answers.rival),
        },
        'model_less_rival': both['difference'],
    }
    budget = budget_of(answers.runs)
    return report | {f'at_{budget.rule}': _at_budget(answers, budget), 'per_class': {}}


def _rows(answers: TelemetryAnswers, one: Answered) -> dict[str, Any]:
    return row_figures(answers.runs, one, answers.task, answers.table(one))


def _paired(first: _Judged, second: _Judged, answers: TelemetryAnswers) -> dict[str, Any]:
    """Give recall, warnings and false alarms of two judges and their differences."""
    whole = answers.units if answers.cyclic else answers.hours
    rate = 'false_alarms_per_cycle' if answers.cyclic else 'false_alarms_per_hour'

    def figures(weights: Array) -> Array:
        rows = [_event_row(one, weights, whole) for one in (first, second)]
        return np.concatenate([*rows, rows[0] - rows[1]])

    found = bootstrap_all(figures, answers.units)
    names = ('event_recall', 'warned_before', rate)
    blocks = (found[at : at + 3] for at in (0, 3, 6))
    paired = {
        word: flat(dict(zip(names, block)))
        for word, block in zip(('model', 'rival', 'difference'), blocks)
    }
    for word, one in (('model', first), ('rival', second)):
        # Where all events are found resampling them leaves no doubt; a few events do.
        shares = np.isfinite(one.delay_s), one.delay_s < 0
        for name, share in zip(names, shares):
            paired[word] |= flat({name: wilson(int(share.sum()), len(share))})
    return paired


def _event_row(one: _Judged, weights: Array, whole: float) -> Array:
    delay, mine = one.delay_s, weights[one.tally.unit]
    total = mine.sum() or np.nan
    wrong = weights @ one.tally.wrong(one.chosen) / whole
    return np.array([mine @ np.isfinite(delay) / total, mine @ (delay < 0) / total, wrong])


def _per_kind(one: _Judged, kinds: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    table = {}
    for place, kind in enumerate(kinds):
        mine = one.delay_s[one.tally.kind == place]
        found = int(np.isfinite(mine).sum())
        table[kind] = {
            'events': len(mine),
            'detected': found,
            **flat({'event_recall': wilson(found, len(mine))}),
            'warned_before': float((mine < 0).mean()) if len(mine) else None,
            'false_alarms': int(one.tally.false[one.chosen[place], place].sum()),
        }
    return table


def _delays(one: _Judged) -> dict[str, float]:
    known = one.delay_s[np.isfinite(one.delay_s)]
    if not len(known):
        return {}
    p50, p95 = np.percentile(known * 1e3, (50, 95))
    return {'p50': round(float(p50), 1), 'p95': round(float(p95), 1)}


def _at_budget(answers: TelemetryAnswers, budget: Budget) -> dict[str, Any]:
    """Compare judges at the same rate of false alarms; thresholds of both are set on this set."""
    task, judged = answers.task, []
    for one in (answers.ours, answers.rival):
        found = tally(answers.runs, one.scores, candidates(one.scores), task.kinds, task.view)
        judged.append(_Judged(found, within_budget(found, budget.alarms)))
    paired = _paired(judged[0], judged[1], answers)
    return {
        **paired,
        'per_kind': {
            word: _per_kind(one, task.kinds) for word, one in zip(('model', 'rival'), judged)
        },
        'not_worse_than_rival': not paired['difference']['event_recall_high'] < 0,
    }
