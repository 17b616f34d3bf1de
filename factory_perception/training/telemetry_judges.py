"""Who judges slow joint data: a model, and the simple rivals that stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.forest import Forest
from factory_perception.faults.telemetry import Array, CHANNELS
from factory_perception.faults.telemetry_model import TelemetryClassifier, TelemetryModel
from factory_perception.training.telemetry_data import TelemetryRun

#: The forest looks at so many rows of speed and effort.
FOREST_ROWS = 4
#: Rivals of a model by what it looks at.
RIVALS = {
    'arm': f'random forest on {FOREST_ROWS} rows of speed and effort',
    'joint': 'rise of the temperature over its lowest of the last minute',
}


@dataclass(frozen=True)
class Answered:
    """Scores ``(T, P, K)`` of every run by one judge, and its thresholds ``(K,)``."""

    scores: list[Array]
    limits: Array


def model_scores(runs: Sequence[TelemetryRun], model: TelemetryModel, engine: Engine) -> Answered:
    """Run a model as a node does: row by row, its state carried on."""
    found = []
    for run in runs:
        classifier = TelemetryClassifier(model, engine)
        found.append(np.stack([classifier.update(rows) for rows in run.rows(model.view)]))
    return Answered(found, model.limits)


def forest_rows(run: TelemetryRun) -> NDArray[np.float32]:
    """Give what the rival forest looks at: the last rows of speed and effort, newest last."""
    quick = [CHANNELS.index(name) for name in ('velocity', 'effort')]
    flat = np.nan_to_num(run.samples[:, quick]).reshape(len(run.samples), -1)
    padded = np.concatenate([np.repeat(flat[:1], FOREST_ROWS - 1, axis=0), flat])
    lags = [padded[at : at + len(flat)] for at in range(FOREST_ROWS)]
    return np.concatenate(lags, axis=1).astype(np.float32)


def rise_scores(runs: Sequence[TelemetryRun], limits: Array) -> Answered:
    """Judge every joint by how many degrees it is above its lowest of the last minute."""
    found = []
    for run in runs:
        warm = np.nan_to_num(run.samples[:, CHANNELS.index('temperature')])
        padded = np.concatenate([np.repeat(warm[:1], 59, axis=0), warm])
        windows = np.lib.stride_tricks.sliding_window_view(padded, 60, axis=0)
        rise = warm - windows.min(axis=-1)
        found.append(np.repeat(rise[..., None], len(limits), axis=-1))
    return Answered(found, limits)


def rival_scores(runs: Sequence[TelemetryRun], forest: Forest | None, limits: Array) -> Answered:
    """Let the rival judge: the forest where there is one, else the rise of the temperature."""
    if forest is None:
        return rise_scores(runs, limits)
    found = [forest.probabilities(forest_rows(run))[:, None, 1:] for run in runs]
    return Answered(found, limits)
