"""What a published fault model says about runs, kept by run, beside what needs no training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selection import open_engine
from factory_perception.faults.classifier import FaultModel, read_fault_model
from factory_perception.faults.scoring import Outcome, TrueFault
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_data import FaultData
from factory_perception.training.fault_events import RunEvents, set_events
from factory_perception.training.fault_run_classes import is_one_fault_a_run
from factory_perception.training.run_class_answers import run_class_answers, RunClassAnswers

#: What is measured; the first decides.
FIGURES = (
    'right_f1', 'event_f1', 'event_recall', 'named_right', 'joint_right', 'false_alarms_per_hour',
)  # fmt: skip


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
    names: tuple[str, ...] = FIGURES
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
        """Give two F1, recall of events, shares named and placed rightly, false alarms an hour.

        Then the share of each kind that was found under its right name and joint. F1 counts a
        false alarm as much as a missed event; for the first, which decides, an alarm under a wrong
        name or joint misses its event.
        """
        found = _figures(weights @ self._counts)
        chosen = [FIGURES.index(name) for name in self.names]
        return np.concatenate([found[chosen], found[len(FIGURES) :]])

    @property
    def without_model(self) -> FaultAnswers:
        """Give what is said about the same runs without a model."""
        count = len(self.faulty)
        return replace(self, faulty=self.rivals[:count], healthy=self.rivals[count:])

    def rival_figures(self) -> dict[str, float]:
        """Give the same figures without a model."""
        counts = np.array([_counts(run, self.classes) for run in self.rivals]).sum(0)
        return dict(zip(FIGURES, _figures(counts).tolist()))

    def nameless(self) -> FaultAnswers:
        """Give the same alarms as if each had the right name and joint, and what that leaves."""
        right = self.renamed([one.truth for run in self.faulty for one in run.outcomes])
        return replace(right, names=('event_f1', 'event_recall', 'false_alarms_per_hour'))

    def renamed(self, names: Sequence[TrueFault]) -> FaultAnswers:
        """Give the same alarms under other names; ``names`` has one for each true fault."""
        given, faulty = iter(names), []
        for run in self.faulty:
            said = zip(run.outcomes, given)
            outcomes = tuple(replace(one, fault=name.kind, part=name.joint) for one, name in said)
            faulty.append(replace(run, outcomes=outcomes))
        return replace(self, faulty=faulty)

    @cached_property
    def _counts(self) -> NDArray[np.float64]:
        return np.array([_counts(run, self.classes) for run in self.every])


def _counts(run: RunEvents, kinds: Sequence[str]) -> list[float]:
    """Give what figures of a run are made of: sums that can be weighted and added up."""
    found = [one for one in run.outcomes if one.detected]
    jointed = [one for one in found if one.truth.joint]
    right = [one for one in found if is_right(one)]
    return [
        len(right),
        len(found),
        len(run.outcomes),
        len(run.false),
        sum(one.fault == one.truth.kind for one in found),
        len(jointed),
        sum(one.part == one.truth.joint for one in jointed),
        run.seconds / 3600.0,
        *(sum(one.truth.kind == kind for one in right) for kind in kinds),
        *(sum(one.truth.kind == kind for one in run.outcomes) for kind in kinds),
    ]


def is_right(one: Outcome) -> bool:
    """Say whether a fault that was found was called by its name and seen at its joint."""
    return one.fault == one.truth.kind and one.truth.joint in ('', one.part)


def _figures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    right, found, events, false, named, jointed, placed, hours = sums[:8]
    hits, there = np.split(sums[8:], 2)
    parts = (
        (2 * right, right + events + false), (2 * found, found + events + false), (found, events),
        (named, found), (placed, jointed), (false, hours), *zip(hits, there),
    )  # fmt: skip
    return np.array([above / below if below else np.nan for above, below in parts])


def fault_answers(
    folder: ModelFolder, data: FaultData, backend: str, precision: str
) -> FaultAnswers | RunClassAnswers:
    """Run a published fault model over runs, frame by frame as a node does.

    Figures, decision and report ask the same one after the other: the last answers are kept.
    """
    manifest = folder.manifest
    decides = folder.label, manifest.files, manifest.thresholds, manifest.settings
    return _answers(_Question(repr(decides), data.sha256, backend, precision, folder, data))


@dataclass(frozen=True)
class _Question:
    """What is asked; models of the same content answer the same."""

    content: str
    data_sha256: str
    backend: str
    precision: str
    folder: ModelFolder = field(compare=False)
    data: FaultData = field(compare=False)


@lru_cache(maxsize=1)
def _answers(asked: _Question) -> FaultAnswers | RunClassAnswers:
    data, model = asked.data, read_fault_model(asked.folder)
    faulty, limits = data.faulty, model.calibration
    with open_engine(asked.folder, asked.backend, asked.precision) as engine:
        if is_one_fault_a_run(faulty):
            return run_class_answers(data, model, engine)
        said = set_events(faulty, limits, (model, engine))
        quiet = set_events(data.healthy, limits, (model, engine))

    def untrained() -> Sequence[RunEvents]:
        return [one for runs in (faulty, data.healthy) for one in set_events(runs, limits, None)]

    names = [data.name(index) for index in range(len(said))]
    names += [f'healthy run {index + 1}' for index in range(len(quiet))]
    return FaultAnswers(said, quiet, untrained, faulty, model, names)
