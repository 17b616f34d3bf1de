"""What is fitted on slow joint data beside the network, and what all of it says of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from factory_perception.faults.forest import Forest
from factory_perception.faults.telemetry import Array
from factory_perception.faults.telemetry_model import Scaling
from factory_perception.faults.trees import softmax
from factory_perception.training.fault_forest import fit_forest
from factory_perception.training.fault_lesson import LEAST_FRAMES, run_network
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_judges import forest_rows, rival_scores
from factory_perception.training.telemetry_task import Task


@dataclass(frozen=True)
class Learned:
    """A forest on the features of the task, the rival where it is a forest, and the scaling."""

    task: Task
    forest: Forest
    rival: Forest | None
    scaling: Scaling

    def series(self, runs: Sequence[TelemetryRun]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give scaled rows ``(N, R, P, F)`` and labels ``(N, R, P)`` of runs side by side."""
        longest = max(*(len(run.time_s) for run in runs), LEAST_FRAMES)
        parts = len(runs[0].parts(self.task.view))
        rows = np.zeros((longest, len(runs), parts, len(self.scaling.mean)), np.float32)
        labels = np.full(rows.shape[:3], -1, np.int64)
        for place, run in enumerate(runs):
            count = len(run.time_s)
            rows[:count, place] = self.scaling.apply(run.rows(self.task.view))
            labels[:count, place] = run.labels(self.task.kinds, self.task.view)
        return rows, labels


def learn(runs: Sequence[TelemetryRun], task: Task, seed: int) -> Learned:
    """Fit the forests on all rows."""
    rows = np.concatenate([_flat(run.rows(task.view)) for run in runs])
    mean, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
    classes, count = task.classes(runs), len(task.kinds) + 1
    rival = None
    if task.view == 'arm':
        plain = np.concatenate([forest_rows(run) for run in runs])
        rival = fit_forest(plain, classes, count, seed)
    forest = fit_forest(rows, classes, count, seed)
    return Learned(task, forest, rival, Scaling(mean, np.where(spread > 1e-9, spread, 1.0)))


@dataclass(frozen=True)
class Opinions:
    """What was said of recordings ``runs`` by judges that had not learned from them.

    ``trees`` and ``network`` are probabilities ``(T, P, K + 1)``, ``rival`` scores ``(T, P, K)``.
    """

    runs: list[TelemetryRun]
    trees: list[Array]
    network: list[Array]
    rival: list[Array]

    def __getitem__(self, some: slice) -> Opinions:
        """Give those of some of the recordings."""
        return Opinions(*(part[some] for part in vars(self).values()))

    def __add__(self, other: Opinions) -> Opinions:
        """Put both together."""
        return Opinions(*(mine + theirs for mine, theirs in zip(vars(self).values(),
                                                                vars(other).values())))  # fmt: skip


def opinions(learned: Learned, network: nn.Module, runs: Sequence[TelemetryRun]) -> Opinions:
    """Ask forest, network and rival about recordings."""
    trees, networks = [], []
    for run in runs:
        rows = run.rows(learned.task.view)
        trees.append(learned.forest.probabilities(_flat(rows)).reshape(*rows.shape[:2], -1))
        scores = run_network(network, learned.scaling.apply(rows)[:, None])[:, 0]
        networks.append(softmax(scores.astype(np.float64)))
    rival = rival_scores(runs, learned.rival, np.ones(len(learned.task.kinds))).scores
    return Opinions(list(runs), trees, networks, rival)


def _flat(rows: NDArray) -> NDArray:
    return rows.reshape(-1, rows.shape[-1])
