"""From runs with faults to a published diagnosis: calibration, trees, network, stack."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from factory_perception.faults.calibration import calibrate, Calibration
from factory_perception.faults.classifier import (
    CALIBRATION_FILE,
    FaultModel,
    INPUT,
    pack_stack,
    Stack,
    STACK_FILE,
    STATE,
    TREES_FILE,
)
from factory_perception.faults.conformal import fit_strangeness, Strangeness, with_known
from factory_perception.faults.features import recurrent_rows, row_widths
from factory_perception.faults.observer import Observer
from factory_perception.faults.trees import softmax, Trees
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.distributed import Team
from factory_perception.training.fault_answers import fault_answers
from factory_perception.training.fault_data import FaultData
from factory_perception.training.fault_evaluation import figures_of
from factory_perception.training.fault_lesson import FaultLesson, run_network
from factory_perception.training.fault_rows import (
    draw_rows,
    every_row,
    joined,
    RunRows,
    sequences,
)
from factory_perception.training.fault_run_classes import class_figures, is_one_fault_a_run
from factory_perception.training.fault_stack import fit_stack, temper
from factory_perception.training.fault_step import export_step, step_probe, step_tensors
from factory_perception.training.fault_strangeness import strange_thresholds
from factory_perception.training.fault_threshold import DOUBT, few_hours, thresholds_of
from factory_perception.training.fault_trees import fit_trees
from factory_perception.training.lesson import Lesson
from factory_perception.training.networks.faults import FaultNetwork
from factory_perception.training.run_class_answers import RunClassAnswers
from factory_perception.training.settings import TrainingSettings

#: A joint counts as faulty from this probability on.
THRESHOLD = 0.6


class FaultRecipe:
    """Boosted trees and a GRU on what joints do beside what they should do."""

    task = 'fault'
    metric = 'event_recall'

    def __init__(self) -> None:
        self._kinds: tuple[str, ...] = ()
        self._calibration: Calibration | None = None
        self._taught: list[RunRows] = []
        self._held: RunRows | None = None
        self._trees: Trees | None = None
        self._stack: Stack | None = None
        self._strange: Strangeness | None = None
        self._thresholds: dict[str, float] = {}
        self._notes: tuple[str, ...] = ()

    def network(self, settings: TrainingSettings, data: FaultData) -> nn.Module:
        """Calibrate on the healthy runs, draw rows, and make a network for the joints."""
        left_out = settings.fault.left_out.split(',')
        self._kinds = tuple(kind for kind in data.labels if kind not in left_out)
        healthy = data.healthy
        self._calibration = calibrate(
            healthy.joints,
            healthy.step_s,
            healthy.frame_s,
            healthy.frames,
            kilogram=healthy.kilogram,
        )
        seed = settings.fit.seed
        self._taught = [
            draw_rows(data.faulty, self._calibration, self._kinds, seed),
            draw_rows(healthy, self._calibration, self._kinds, seed + 1),
        ]
        width = row_widths(self._calibration)[1]
        return FaultNetwork(width, settings.fault.hidden, len(self._kinds) + 1)

    def trunk(self, network: nn.Module) -> nn.Module:
        """Give the recurrent layer."""
        assert isinstance(network, FaultNetwork)
        return network.gru

    def lesson(
        self,
        network: nn.Module,
        data: FaultData,
        validation: FaultData,
        settings: TrainingSettings,
        team: Team,
    ) -> Lesson:
        """Bring network and runs together."""
        calibration, classes = self._known(), len(self._kinds) + 1
        self._held = every_row(validation.faulty, calibration, self._kinds)
        taught = zip(self._taught, (data.faulty, data.healthy))
        if data.faulty.lengths is not None or data.healthy.lengths is not None:
            taught = zip(self._taught[:1], (data.faulty,))  # of unlike length, not to be stacked
        series, labels = zip(*((rows.series, runs.labels(self._kinds)) for rows, runs in taught))
        return FaultLesson(
            network,
            np.concatenate(series, axis=1),
            np.concatenate(labels, axis=1),
            (self._held.series, validation.faulty.labels(self._kinds)),
            classes,
            settings.fit,
            team,
            settings.fault.window,
        )

    def _known(self) -> Calibration:
        assert self._calibration is not None, 'a network is made first'
        return self._calibration

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: FaultData
    ) -> None:
        """Fit the trees; stack them with the network, and learn what is strange, on validation."""
        held, every = validation.faulty, self._held
        assert every is not None, 'a lesson is made first'
        classes, seed = len(self._kinds) + 1, settings.fit.seed
        rows = joined(*(one.rows for one in self._taught))
        self._trees = fit_trees(rows.tree, rows.classes, classes, seed)
        known = held.labels(self._kinds) >= 0
        assert isinstance(network, FaultNetwork)
        temper(
            network.head,
            _alone(network, every.series)[known][every.drawn],
            every.rows.classes,
            seed,
        )
        alone = _alone(network, every.series)
        trees = softmax(self._trees.scores(every.rows.tree))
        self._stack = fit_stack(trees, alone[known][every.drawn], every.rows.classes, seed)
        strange = fit_strangeness(rows.strange.astype(np.float64), rows.classes, classes)
        self._strange = with_known(
            strange, every.rows.strange.astype(np.float64), every.rows.classes
        )
        self._thresholds = {'fault': THRESHOLD}
        if not is_one_fault_a_run(held):
            rest = sequences(validation.healthy, self._known())
            healthy = (validation.healthy, _alone(network, rest))
            self._thresholds = {'doubt': DOUBT}
            self._thresholds |= thresholds_of(self._model(validation.whole), healthy, (held, alone))
            self._thresholds |= strange_thresholds(self._model(validation.whole), held, alone)
            self._notes = few_hours(validation.healthy)

    def _model(self, whole: Collection[str]) -> FaultModel:
        """Give the model but for its network; ``whole`` are faults of an arm."""
        assert self._trees is not None and self._stack is not None and self._strange is not None
        kinds = tuple(kind for kind in self._kinds if kind in whole)
        return FaultModel(
            'the candidate',
            self._kinds,
            kinds,
            self._known(),
            self._trees,
            self._stack,
            self._strange,
            self._thresholds,
        )

    def notes(self) -> tuple[str, ...]:
        """Say how little can be promised where healthy runs were few."""
        return self._notes

    def files(self) -> dict[str, bytes]:
        """Give what belongs to the model beside its network."""
        assert self._trees is not None and self._stack is not None and self._strange is not None
        return {
            CALIBRATION_FILE: self._known().pack(),
            TREES_FILE: self._trees.pack(),
            STACK_FILE: pack_stack(self._stack, self._strange),
        }

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export one time step."""
        assert isinstance(network, FaultNetwork) and not half
        return export_step(network)

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: FaultData
    ) -> dict[str, Any]:
        """Describe the network, the kinds and the joints."""
        assert isinstance(network, FaultNetwork)
        calibration = self._known()
        return {
            **step_tensors(network),
            'classes': ['normal', *self._kinds],
            'thresholds': self._thresholds,
            'settings': {
                'kinds': list(self._kinds),
                'whole': [kind for kind in self._kinds if kind in data.whole],
                'joints': list(calibration.joints),
                'step_s': calibration.step_s,
            },
        }

    def probe(self, network: nn.Module, settings: TrainingSettings, data: FaultData) -> bytes:
        """Let torch answer to some rows, with a state that is not zero."""
        assert isinstance(network, FaultNetwork)
        return step_probe(network, self.inputs(settings, data, 0))

    def inputs(self, settings: TrainingSettings, data: FaultData, index: int) -> dict[str, NDArray]:
        """Write rows as a node does: all joints of one moment."""
        runs = data.faulty
        first = next(iter(runs.each()))
        seen = Observer(self._known(), runs.frame_s).update(first)
        rows = recurrent_rows(seen)[index % len(runs)]
        return {INPUT: rows, STATE: np.zeros((len(rows), settings.fault.hidden), np.float32)}

    def quantised_layers(self) -> tuple[str, ...]:
        """Quantise nothing."""
        return ()

    def evaluate(
        self, folder: ModelFolder, data: FaultData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure events through the engine, and beside it the layers that need no training."""
        about = {'data': data.origin, 'data_sha256': data.sha256, 'runs': len(data)}
        said = fault_answers(folder, data, backend, precision)
        if isinstance(said, RunClassAnswers):
            return {**about, **class_figures(said.truth, said.found)}
        without = said.without_model
        return {
            **about,
            **figures_of(said.faulty, said.healthy),
            'without_training': figures_of(without.faulty, without.healthy),
            'per_class': {},
        }


def _alone(network: nn.Module, series: NDArray[np.float16]) -> NDArray[np.float64]:
    """Give what the network alone thinks of rows ``(N, R, J, F)``: ``(N, R, J, K + 1)``."""
    return softmax(run_network(network, series).astype(np.float64))
