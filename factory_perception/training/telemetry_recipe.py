"""From slow joint data with known faults to a published model: forest, GRU, stack, thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from factory_perception.faults.classifier import INPUT, Stack, STATE
from factory_perception.faults.forest import Forest
from factory_perception.faults.telemetry import row_width
from factory_perception.faults.telemetry_model import (
    FOREST_FILE,
    pack_telemetry,
    Scaling,
    TASK,
    TELEMETRY_FILE,
)
from factory_perception.faults.trees import softmax
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.distributed import Team
from factory_perception.training.fault_forest import fit_forest
from factory_perception.training.fault_lesson import FaultLesson, run_network, WINDOW
from factory_perception.training.fault_stack import fit_stack
from factory_perception.training.fault_step import export_step, step_probe, step_tensors
from factory_perception.training.lesson import Lesson
from factory_perception.training.networks.faults import FaultNetwork
from factory_perception.training.settings import SettingsError, TrainingSettings
from factory_perception.training.telemetry_answers import RIVAL_FILE, telemetry_answers
from factory_perception.training.telemetry_data import TelemetryData, TelemetryRun
from factory_perception.training.telemetry_evaluation import telemetry_figures
from factory_perception.training.telemetry_judges import forest_rows, rival_scores
from factory_perception.training.telemetry_thresholds import fit_thresholds

HIDDEN = 24


class TelemetryRecipe:
    """A random forest and a GRU on the last seconds or minutes of slow joint data."""

    task = TASK
    metric = 'macro_f1'

    def __init__(self) -> None:
        self._forest: Forest | None = None
        self._rival: Forest | None = None
        self._stack: Stack | None = None

    def network(self, settings: TrainingSettings, data: TelemetryData) -> nn.Module:
        """Fit the forests on all rows, and make a network for what is left to learn.

        Raises:
            SettingsError: the data hold no fault.
        """
        self._kinds, self._view, self._joints = tuple(data.labels), data.view, data.joints
        rows = np.concatenate([_flat(run.rows(self._view)) for run in data.runs])
        classes = self._classes(data)
        mean, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
        self._scaling = Scaling(mean, np.where(spread > 1e-9, spread, 1.0))
        count, seed = len(self._kinds) + 1, settings.fit.seed
        self._forest = fit_forest(rows, classes, count, seed)
        if self._view == 'arm':
            plain = np.concatenate([forest_rows(run) for run in data.runs])
            self._rival = fit_forest(plain, classes, count, seed)
        return FaultNetwork(row_width(self._view, len(self._joints)), HIDDEN, count)

    def _classes(self, data: TelemetryData) -> NDArray[np.int64]:
        labels = [run.labels(self._kinds, self._view).ravel() for run in data.runs]
        return np.concatenate(labels)

    def trunk(self, network: nn.Module) -> nn.Module:
        """Give the recurrent layer."""
        assert isinstance(network, FaultNetwork)
        return network.gru

    def lesson(
        self,
        network: nn.Module,
        data: TelemetryData,
        validation: TelemetryData,
        settings: TrainingSettings,
        team: Team,
    ) -> Lesson:
        """Bring network and recordings together."""
        if validation.joints != self._joints:
            raise SettingsError(f'{validation.origin} has other joints than {data.origin}')
        return FaultLesson(
            network,
            *self._series(data.runs),
            self._series(validation.runs),
            len(self._kinds) + 1,
            settings.fit,
            team,
        )

    def _series(
        self, runs: tuple[TelemetryRun, ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give scaled rows ``(N, R, P, F)`` and labels ``(N, R, P)`` of runs side by side."""
        longest = max(*(len(run.time_s) for run in runs), WINDOW + 1)
        parts = 1 if self._view == 'arm' else len(self._joints)
        rows = np.zeros((longest, len(runs), parts, len(self._scaling.mean)), np.float32)
        labels = np.full(rows.shape[:3], -1, np.int64)
        for place, run in enumerate(runs):
            count = len(run.time_s)
            rows[:count, place] = self._scaling.apply(run.rows(self._view))
            labels[:count, place] = run.labels(self._kinds, self._view)
        return rows, labels

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: TelemetryData
    ) -> None:
        """Stack forest and network, and set the thresholds of model and rival, on validation."""
        assert self._forest is not None
        trees, networks, runs = [], [], validation.runs
        for run in runs:
            rows = run.rows(self._view)
            trees.append(self._forest.probabilities(_flat(rows)))
            series = run_network(network, self._scaling.apply(rows)[:, None])
            networks.append(_flat(softmax(series.astype(np.float64))))
        both = np.concatenate(trees), np.concatenate(networks)
        self._stack = stack = fit_stack(*both, self._classes(validation), settings.fit.seed)
        scores = [
            stack.probabilities(*one).reshape(len(run.time_s), -1, len(stack.bias))[..., 1:]
            for run, one in zip(runs, zip(trees, networks))
        ]
        self._limits = fit_thresholds(runs, scores, self._kinds, self._view)
        rival = rival_scores(runs, self._rival, np.ones(len(self._kinds))).scores
        self._rival_limits = fit_thresholds(runs, rival, self._kinds, self._view)

    def files(self) -> dict[str, bytes]:
        """Give what belongs to the model beside its network."""
        assert self._forest is not None and self._stack is not None
        found = {
            FOREST_FILE: self._forest.pack(),
            TELEMETRY_FILE: pack_telemetry(self._stack, self._scaling),
        }
        return found if self._rival is None else {**found, RIVAL_FILE: self._rival.pack()}

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export one time step."""
        assert isinstance(network, FaultNetwork) and not half
        return export_step(network)

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: TelemetryData
    ) -> dict[str, Any]:
        """Describe the network, the kinds, the joints and what is looked at."""
        assert isinstance(network, FaultNetwork)
        limits = self._limits.tolist(), self._rival_limits.tolist()
        return {
            **step_tensors(network),
            'classes': ['normal', *self._kinds],
            'thresholds': dict(zip(self._kinds, limits[0])),
            'settings': {
                'kinds': list(self._kinds),
                'joints': list(self._joints),
                'view': self._view,
                'rival_thresholds': dict(zip(self._kinds, limits[1])),
            },
        }

    def probe(self, network: nn.Module, settings: TrainingSettings, data: TelemetryData) -> bytes:
        """Let torch answer to some rows, with a state that is not zero."""
        assert isinstance(network, FaultNetwork)
        return step_probe(network, self.inputs(settings, data, 0))

    def inputs(
        self, settings: TrainingSettings, data: TelemetryData, index: int
    ) -> dict[str, NDArray]:
        """Write rows as a node does: all parts at one moment."""
        run = data.runs[index % len(data.runs)]
        rows = self._scaling.apply(run.rows(self._view)[len(run.time_s) // 2])
        return {INPUT: rows, STATE: np.zeros((len(rows), HIDDEN), np.float32)}

    def quantised_layers(self) -> tuple[str, ...]:
        """Quantise nothing."""
        return ()

    def evaluate(
        self, folder: ModelFolder, data: TelemetryData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure events and rows through the engine, and beside it the simple rival."""
        answers = telemetry_answers(folder, data, backend, precision)
        about = {'data': data.origin, 'data_sha256': data.sha256}
        return {**about, **telemetry_figures(answers)}


def _flat(rows: NDArray) -> NDArray:
    return rows.reshape(-1, rows.shape[-1])
