"""What a model of slow joint data is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.telemetry_data import TelemetryRun


@dataclass(frozen=True)
class Task:
    """The kinds of faults, and what is judged: the whole ``arm`` or every ``joint``."""

    kinds: tuple[str, ...]
    view: str

    def classes(self, runs: Sequence[TelemetryRun]) -> NDArray[np.int64]:
        """Give the fault of every row and part, in one row: 0 or a place in ``kinds`` + 1."""
        return np.concatenate([run.labels(self.kinds, self.view).ravel() for run in runs])
