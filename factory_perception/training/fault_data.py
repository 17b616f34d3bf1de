"""What a fault diagnosis is learned from and measured on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from factory_perception.training.cell_frames import FrameRuns


class FaultData(Protocol):
    """Runs with known faults, and runs without any."""

    @property
    def task(self) -> str:
        """Give ``fault``."""

    @property
    def origin(self) -> str:
        """Say where it came from."""

    @property
    def sha256(self) -> str:
        """Give the hash of everything that decides its content."""

    @property
    def labels(self) -> Sequence[str]:
        """Give the kinds of faults."""

    @property
    def whole(self) -> Sequence[str]:
        """Give the kinds that belong to no joint."""

    @property
    def faulty(self) -> FrameRuns:
        """Give the runs with faults."""

    @property
    def healthy(self) -> FrameRuns:
        """Give runs without any."""

    def __len__(self) -> int:
        """Give the number of runs with faults."""

    def name(self, index: int) -> str:
        """Give the name of a run with faults as a person would look it up."""
