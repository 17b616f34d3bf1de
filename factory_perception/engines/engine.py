"""The door to every inference runtime: named arrays in, named arrays out, nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
import logging
import time
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.manifest import TensorSpec

_LOG = logging.getLogger(__name__)


class EngineError(Exception):
    """An engine that cannot be opened or that failed; the text names the cause and the mend."""


@dataclass(frozen=True)
class EngineInfo:
    """What is really running, for logs, ``/diagnostics`` and reports."""

    backend: str
    device: str
    precision: str
    runtime_version: str
    model: str
    model_sha256: str
    load_seconds: float
    #: Why this backend or precision and not a faster one, and what was read back from the runtime.
    note: str = ''


@dataclass(frozen=True)
class TensorBuffers:
    """Preallocated arrays of one batch size, by tensor name; engines read and fill them in place.

    ``inputs`` and ``outputs`` must not be replaced, only written to: engines bind their addresses.
    """

    batch: int
    inputs: dict[str, NDArray]
    outputs: dict[str, NDArray]
    #: What the backend needs to know again at the next run with these buffers.
    binding: object = field(default=None, repr=False, compare=False)


class Engine(ABC):
    """One network, loaded and ready. Stateless; to be used by one thread at a time.

    Nothing is resized, normalised or decoded here. The state of a recurrent network is an explicit
    input and output.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    info: EngineInfo
    #: The largest batch that ``buffers`` takes; ``None`` where the runtime sets no limit.
    max_batch: int | None = None

    @abstractmethod
    def buffers(self, batch: int = 1) -> TensorBuffers:
        """Allocate the arrays for a batch size.

        Raises:
            EngineError: the network or the engine does not take this batch size.
        """

    @abstractmethod
    def infer(self, buffers: TensorBuffers) -> None:
        """Run the network once: reads ``buffers.inputs``, fills ``buffers.outputs``.

        Raises:
            EngineError: the runtime failed.
        """

    @abstractmethod
    def close(self) -> None:
        """Free the network; may be called twice."""

    def warm_up(self, runs: int = 3, batch: int = 1) -> float:
        """Run on zeros; give the seconds that the last run took."""
        buffers = self.buffers(batch)
        seconds = 0.0
        for _ in range(max(runs, 1)):
            start = time.perf_counter()
            self.infer(buffers)
            seconds = time.perf_counter() - start
        return seconds

    def largest_batch(self, wanted: int) -> int:
        """Give the largest batch that the network and the engine take, at most ``wanted``."""
        if not all(spec.shape and spec.shape[0] is None for spec in self.inputs):
            return 1
        return wanted if self.max_batch is None else min(wanted, self.max_batch)

    def check_batch(self, batch: int) -> None:
        """Refuse a batch size that the network cannot take, before the runtime sees it."""
        largest = self.largest_batch(batch)
        if batch < 1 or batch > largest:
            raise EngineError(
                f'{self.info.model} on {self.info.backend} takes batches of 1 to '
                f'{largest}, not {batch}'
            )

    def add_note(self, note: str) -> None:
        """Log why something better is not used, and remember it in ``info``."""
        if note and note not in self.info.note:
            _LOG.warning('%s on %s: %s', self.info.model, self.info.backend, note)
            notes = '; '.join(filter(None, (self.info.note, note)))
            self.info = replace(self.info, note=notes)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def check_tensors(
    kind: str,
    expected: tuple[TensorSpec, ...],
    found: tuple[TensorSpec, ...],
    origin: str,
) -> None:
    """Compare what a manifest promises with what a network file really has.

    Raises:
        EngineError: a tensor is missing, of another type or of another shape; both sides are named.
    """
    by_name = {spec.name: spec for spec in found}
    matches = len(found) == len(expected) and all(
        (other := by_name.get(spec.name)) is not None
        and other.dtype == spec.dtype
        and _shapes_agree(spec.shape, other.shape)
        for spec in expected
    )
    if not matches:
        raise EngineError(
            f'{origin} has the {kind} {"; ".join(map(str, found))} but its manifest promises '
            f'{"; ".join(map(str, expected))}: export the model again'
        )


def _shapes_agree(expected: tuple[int | None, ...], found: tuple[int | None, ...]) -> bool:
    return len(expected) == len(found) and all(
        real is None or real == wanted for wanted, real in zip(expected, found)
    )


def allocate(specs: tuple[TensorSpec, ...], batch: int) -> dict[str, NDArray]:
    """Make zeroed arrays for some tensors at a batch size."""
    return {spec.name: np.zeros(spec.sized(batch), np.dtype(spec.dtype)) for spec in specs}


def first_line(error: Exception) -> str:
    """Give the first line of what a runtime says, which goes on for a page at times."""
    text = str(error).strip()
    return text.splitlines()[0][:300] if text else type(error).__name__
