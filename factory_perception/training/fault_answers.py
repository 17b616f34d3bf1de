"""What a published fault model says about runs, kept by run, beside what needs no training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selection import open_engine
from factory_perception.faults.classifier import FaultModel, read_fault_model
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_data import FaultData
from factory_perception.training.fault_events import RunEvents, set_events
from factory_perception.training.fault_run_classes import is_one_fault_a_run
from factory_perception.training.run_class_answers import run_class_answers, RunClassAnswers


@dataclass(frozen=True)
class FaultAnswers:
    """Events of every run.

    Attributes:
        faulty: what was said about each run with faults.
        healthy: about each run without any.
        untrained: gives the same of both without a model: stream health and residuals alone.
        runs: the runs with faults.
        model: what answered.
        run_names: of all runs, those without faults last.
    """

    faulty: Sequence[RunEvents]
    healthy: Sequence[RunEvents]
    untrained: Callable[[], Sequence[RunEvents]]
    runs: FrameRuns
    model: FaultModel
    run_names: Sequence[str]
    names: tuple[str, ...] = (
        'event_f1', 'event_recall', 'named_right', 'joint_right', 'false_alarms_per_hour',
    )  # fmt: skip
    unit: str = 'runs'

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Name the kinds of faults that happened."""
        return tuple(sorted({one.truth.kind for run in self.faulty for one in run.outcomes}))

    @property
    def units(self) -> int:
        """Give the number of runs."""
        return len(self.faulty) + len(self.healthy)

    @cached_property
    def rivals(self) -> Sequence[RunEvents]:
        """Give what is said about all runs without a model; found out when it is wanted."""
        return self.untrained()

    @property
    def every(self) -> tuple[RunEvents, ...]:
        """Give all runs, those without faults last."""
        return (*self.faulty, *self.healthy)

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give F1 and recall of events, shares named and placed rightly, false alarms an hour.

        Then the recall of each kind. F1 counts a false alarm as much as an event that was missed.
        """
        return _figures(weights @ self._counts)

    def rival_figures(self) -> dict[str, float]:
        """Give the same figures without a model."""
        counts = np.array([_counts(run, self.classes) for run in self.rivals]).sum(0)
        return dict(zip(self.names, _figures(counts).tolist()))

    @cached_property
    def _counts(self) -> NDArray[np.float64]:
        return np.array([_counts(run, self.classes) for run in self.every])


def _counts(run: RunEvents, kinds: Sequence[str]) -> list[float]:
    """Give what figures of a run are made of: sums that can be weighted and added up."""
    found = [one for one in run.outcomes if one.detected]
    jointed = [one for one in found if one.truth.joint]
    return [
        len(found),
        len(run.outcomes),
        len(run.false),
        sum(one.fault == one.truth.kind for one in found),
        len(jointed),
        sum(one.part == one.truth.joint for one in jointed),
        run.seconds / 3600.0,
        *(sum(one.truth.kind == kind for one in found) for kind in kinds),
        *(sum(one.truth.kind == kind for one in run.outcomes) for kind in kinds),
    ]


def _figures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    found, events, false, named, jointed, placed, hours = sums[:7]
    hits, there = np.split(sums[7:], 2)
    parts = (
        (2 * found, found + events + false), (found, events), (named, found), (placed, jointed),
        (false, hours), *zip(hits, there),
    )  # fmt: skip
    return np.array([above / below if below else np.nan for above, below in parts])


def fault_answers(
    folder: ModelFolder, data: FaultData, backend: str, precision: str
) -> FaultAnswers | RunClassAnswers:
    """Run a published fault model over runs, frame by frame as a node does."""
    model = read_fault_model(folder)
    faulty, limits = data.faulty, model.calibration
    with open_engine(folder, backend, precision) as engine:
        if is_one_fault_a_run(faulty):
            return run_class_answers(data, model, engine)
        said = set_events(faulty, limits, (model, engine))
        quiet = set_events(data.healthy, limits, (model, engine))

    def untrained() -> Sequence[RunEvents]:
        return [one for runs in (faulty, data.healthy) for one in set_events(runs, limits, None)]

    names = [data.name(index) for index in range(len(said))]
    names += [f'healthy run {index + 1}' for index in range(len(quiet))]
    return FaultAnswers(said, quiet, untrained, faulty, model, names)
