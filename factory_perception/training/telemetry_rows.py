"""Figures of slow joint data by rows: what each second was taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.telemetry import Array
from factory_perception.training.statistics import bootstrap_all, flat
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_judges import Answered
from factory_perception.training.telemetry_task import Task


def row_table(
    runs: Sequence[TelemetryRun],
    one: Answered,
    task: Task,
    units: Sequence[NDArray[np.int64]],
    count: int,
) -> Array:
    """Count what rows were taken for ``(U, K + 1, K + 1)``: by unit, truth and answer."""
    size = len(task.kinds) + 1
    table = np.zeros((count, size, size))
    for run, score, unit in zip(runs, one.scores, units):
        truth = run.labels(task.kinds, task.view)
        surest = (score / np.maximum(one.limits, 1e-12)).argmax(axis=-1)
        said = np.where((score > one.limits).any(axis=-1), surest + 1, 0)
        np.add.at(table, (unit[:, None], truth, said), 1.0)
    return table


def row_figures(
    runs: Sequence[TelemetryRun], one: Answered, task: Task, table: Array
) -> dict[str, Any]:
    """Give macro-F1 and accuracy with intervals, and average precision of each kind."""

    def figures(weights: Array) -> Array:
        summed: Array = np.einsum('u,uij->ij', weights, table)
        return np.array([macro_f1_of(summed), np.trace(summed) / summed.sum()])

    f1, accuracy = bootstrap_all(figures, len(table))
    labels = [run.labels(task.kinds, task.view).ravel() for run in runs]
    scores = [score.reshape(-1, len(task.kinds)) for score in one.scores]
    truth, score = np.concatenate(labels), np.concatenate(scores)
    return {
        'rows': len(truth),
        **flat({'macro_f1': f1, 'accuracy': accuracy}),
        'average_precision': {
            kind: {
                'value': average_precision(truth == place + 1, score[:, place]),
                'chance': float((truth == place + 1).mean()),
            }
            for place, kind in enumerate(task.kinds)
        },
    }


def f1_of(table: Array) -> Array:
    """Give the F1 of every class from counts ``(truth, answer)``; NaN for those that are absent."""
    either = table.sum(axis=0) + table.sum(axis=1)
    f1 = 2 * np.diag(table) / np.maximum(either, 1e-12)
    return np.where(table.sum(axis=1) > 0, f1, np.nan)


def macro_f1_of(table: Array) -> float:
    """Give the mean F1 of the classes that are there, from counts ``(truth, answer)``."""
    return float(np.nanmean(f1_of(table)))


def average_precision(truth: NDArray[np.bool_], score: Array) -> float:
    """Give the area under precision over recall, equal scores taken together; NaN without a hit."""
    if not truth.any():
        return float('nan')
    order = np.argsort(-score, kind='stable')
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits = np.cumsum(truth[order])[ends]
    steps = np.diff(np.concatenate([[0], hits])) / truth.sum()
    return float((steps * hits / (ends + 1)).sum())
