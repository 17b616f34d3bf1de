"""What a published fault model says about recordings that have one fault each or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.classifier import FaultModel
from factory_perception.training.fault_data import FaultData
from factory_perception.training.fault_run_classes import (
    macro_f1,
    NORMAL,
    run_class,
    run_opinion,
    run_truths,
)


@dataclass(frozen=True)
class RunClassAnswers:
    """One answer a recording: ``kind joint``, or ``normal``.

    Attributes:
        truth: ``(R,)``.
        found: ``(R,)``.
        sure: ``(R,)`` mean probability of the likeliest fault.
        run_names: of the recordings.
    """

    truth: NDArray[np.str_]
    found: NDArray[np.str_]
    sure: NDArray[np.float64]
    run_names: Sequence[str]
    names: tuple[str, ...] = ('macro_f1', 'accuracy', 'event_recall')
    unit: str = 'recordings'

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Name the answers that are right somewhere."""
        return tuple(sorted(set(self.truth.tolist())))

    @property
    def units(self) -> int:
        """Give the number of recordings."""
        return len(self.truth)

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give mean F1, the share that is right, the share of faults noticed; F1 by class."""
        right, faulty = self.truth == self.found, self.truth != NORMAL
        parts = [
            macro_f1(self.truth, self.found, list(self.classes), weights),
            _share(weights, right, np.ones_like(right)),
            _share(weights, self.found != NORMAL, faulty),
        ]
        return np.array([*parts, *(self._f1(weights, name) for name in self.classes)])

    def _f1(self, weights: NDArray[np.float64], name: str) -> float:
        true, said = self.truth == name, self.found == name
        either = float(weights[true].sum() + weights[said].sum())
        return 2 * float(weights[true & said].sum()) / either if either else float('nan')


def _share(weights: NDArray[np.float64], hits: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    total = float(weights[of].sum())
    return float(weights[hits & of].sum()) / total if total else float('nan')


def run_class_answers(data: FaultData, model: FaultModel, engine: Engine) -> RunClassAnswers:
    """Ask a model about every recording as a whole."""
    runs = data.faulty
    opinions = [run_opinion(runs, run, model, engine) for run in range(len(runs))]
    return RunClassAnswers(
        np.array(run_truths(runs)),
        np.array([run_class(one, runs, model) for one in opinions]),
        np.array([one.max() for one in opinions]),
        [data.name(index) for index in range(len(runs))],
    )
