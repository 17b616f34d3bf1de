"""What a published telemetry model says about slow joint data, beside its simple rival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selection import open_engine
from factory_perception.faults.forest import unpack_forest
from factory_perception.faults.telemetry import Array
from factory_perception.faults.telemetry_model import read_telemetry_model, TelemetryModel
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.telemetry_data import TelemetryData, TelemetryRun
from factory_perception.training.telemetry_events import Tally, tally, units_of
from factory_perception.training.telemetry_judges import (
    Answered,
    forest_rows,
    model_scores,
    rival_scores,
)
from factory_perception.training.telemetry_rows import f1_of, macro_f1_of, row_table
from factory_perception.training.telemetry_task import Task

RIVAL_FILE = 'rival.npz'


@dataclass(frozen=True)
class TelemetryAnswers:
    """Scores of every second, of the model and of its rival.

    Attributes:
        runs: what was recorded.
        task: what was asked.
        ours: its scores and thresholds.
        rival: those of the rival.
    """

    runs: Sequence[TelemetryRun]
    task: Task
    ours: Answered
    rival: Answered
    names: tuple[str, ...] = ('macro_f1', 'accuracy', 'event_recall')

    @property
    def classes(self) -> tuple[str, ...]:
        """Name the kinds of faults."""
        return self.task.kinds

    @property
    def cyclic(self) -> bool:
        """Say whether the work cycles were recorded."""
        return all(run.cycles is not None for run in self.runs)

    @property
    def unit(self) -> str:
        """Say what is resampled."""
        return 'work cycles' if self.cyclic else 'recordings'

    @cached_property
    def units_of_rows(self) -> list[NDArray[np.int64]]:
        """Number the unit of every row of every recording."""
        return units_of(self.runs)

    @property
    def units(self) -> int:
        """Give the number of work cycles, or of recordings."""
        return max(int(unit.max()) for unit in self.units_of_rows) + 1

    @property
    def hours(self) -> float:
        """Give how long was recorded."""
        return sum(len(run.time_s) for run in self.runs) / 3600.0

    def events(self, one: Answered) -> Tally:
        """Hold the alarms of one judge, at its own thresholds, against what happened."""
        return tally(self.runs, one.scores, one.limits[None], self.task.kinds, self.task.view)

    def table(self, one: Answered) -> Array:
        """Count what rows were taken for ``(U, K + 1, K + 1)``: truth, answer."""
        return row_table(self.runs, one, self.task, self.units_of_rows, self.units)

    @cached_property
    def _own(self) -> tuple[Array, Tally]:
        return self.table(self.ours), self.events(self.ours)

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give mean F1 and accuracy of rows, the share of events found; F1 by kind of fault."""
        table: Array = np.einsum('u,uij->ij', weights, self._own[0])
        events = self._own[1]
        mine = weights[events.unit]
        found = mine @ events.found((0,) * len(self.task.kinds))
        whole = [macro_f1_of(table), np.trace(table) / table.sum(), found / (mine.sum() or np.nan)]
        return np.array([*whole, *f1_of(table)[1:]])


def telemetry_answers(
    folder: ModelFolder, data: TelemetryData, backend: str, precision: str
) -> TelemetryAnswers:
    """Run a model and its rival over recordings.

    Raises:
        ModelError, EngineError: the model cannot be opened.
        SettingsError: the recordings are of other joints or have other faults.
    """
    model, runs = read_telemetry_model(folder), data.runs
    _require_same(model, data)
    thresholds = folder.manifest.settings['rival_thresholds']
    limits = np.array([thresholds[kind] for kind in model.kinds])
    forest = None
    if model.view == 'arm':
        width = forest_rows(runs[0]).shape[1]
        forest = unpack_forest(folder.read(RIVAL_FILE), RIVAL_FILE, width)
    with open_engine(folder, backend, precision) as engine:
        ours = model_scores(runs, model, engine)
    task = Task(model.kinds, model.view)
    return TelemetryAnswers(runs, task, ours, rival_scores(runs, forest, limits))


def _require_same(model: TelemetryModel, data: TelemetryData) -> None:
    if data.joints != model.joints:
        raise SettingsError(
            f'{model.label} knows the joints {", ".join(model.joints)}; {data.origin} has '
            f'{", ".join(data.joints)}'
        )
    strange = {one.label for run in data.runs for one in run.truths} - set(model.kinds)
    if strange:
        raise SettingsError(
            f'{model.label} knows {", ".join(model.kinds)}; {data.origin} has '
            f'{", ".join(sorted(strange))} too'
        )
