"""From slow joint data with known faults to a published model: forest, GRU, shares, thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from factory_perception.faults.classifier import INPUT, STATE
from factory_perception.faults.telemetry_model import (
    FOREST_FILE,
    pack_telemetry,
    TASK,
    TELEMETRY_FILE,
)
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.distributed import Team
from factory_perception.training.fault_step import export_step, step_probe, step_tensors
from factory_perception.training.lesson import Lesson
from factory_perception.training.networks.faults import FaultNetwork
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import TrainingSettings
from factory_perception.training.telemetry_answers import RIVAL_FILE, telemetry_answers
from factory_perception.training.telemetry_crossing import (
    crossed,
    HIDDEN,
    make_lesson,
    make_network,
)
from factory_perception.training.telemetry_data import TelemetryData
from factory_perception.training.telemetry_evaluation import telemetry_figures
from factory_perception.training.telemetry_learned import learn, Learned, opinions
from factory_perception.training.telemetry_share import fit_share, mixed_scores
from factory_perception.training.telemetry_task import Task
from factory_perception.training.telemetry_thresholds import fit_thresholds


class TelemetryRecipe:
    """A random forest and a GRU on the last seconds or minutes of slow joint data."""

    task = TASK
    metric = 'macro_f1'

    def __init__(self) -> None:
        self._learned: Learned | None = None

    @property
    def _known(self) -> Learned:
        assert self._learned is not None, 'the network is made first'
        return self._learned

    def network(self, settings: TrainingSettings, data: TelemetryData) -> nn.Module:
        """Fit the forests on all rows, and make a network for what is left to learn.

        Raises:
            SettingsError: the data hold no fault.
        """
        self._runs, self._joints = data.runs, data.joints
        task = Task(tuple(data.labels), data.view)
        self._learned = learn(data.runs, task, settings.fit.seed)
        return make_network(self._learned)

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
        return make_lesson(network, self._known, data.runs, validation.runs, settings.fit, team)

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: TelemetryData
    ) -> None:
        """Set the network's share, and the thresholds of model and rival, by recordings unseen.

        Those are the validation recordings, and crosswise the others.
        """
        task, runs = self._known.task, validation.runs
        said = opinions(self._known, network, runs)
        for more in crossed(self._runs, runs, task, settings.fit):
            said = said + more
        self._share = fit_share(said, task)
        scores = mixed_scores(said, self._share)
        self._limits = fit_thresholds(said.runs, scores, task.kinds, task.view)
        self._rival_limits = fit_thresholds(said.runs, said.rival, task.kinds, task.view)

    def files(self) -> dict[str, bytes]:
        """Give what belongs to the model beside its network."""
        known = self._known
        found = {
            FOREST_FILE: known.forest.pack(),
            TELEMETRY_FILE: pack_telemetry(self._share, known.scaling),
        }
        return found if known.rival is None else {**found, RIVAL_FILE: known.rival.pack()}

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export one time step."""
        assert isinstance(network, FaultNetwork) and not half
        return export_step(network)

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: TelemetryData
    ) -> dict[str, Any]:
        """Describe the network, the kinds, the joints and what is looked at."""
        assert isinstance(network, FaultNetwork)
        task = self._known.task
        limits, rival = self._limits.tolist(), self._rival_limits.tolist()
        return {
            **step_tensors(network),
            'classes': ['normal', *task.kinds],
            'thresholds': dict(zip(task.kinds, limits)),
            'settings': {
                'kinds': list(task.kinds),
                'joints': list(self._joints),
                'view': task.view,
                'network_share': dict(zip(task.kinds, self._share.tolist())),
                'rival_thresholds': dict(zip(task.kinds, rival)),
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
        known = self._known
        rows = known.scaling.apply(run.rows(known.task.view)[len(run.time_s) // 2])
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
