"""Run one model on everything that this machine has: does it compute the same, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import statistics
import time

from factory_perception.engines import openvino_engine
from factory_perception.engines.engine import Engine, EngineError
from factory_perception.engines.parity import check_parity, ParityReport
from factory_perception.engines.selection import available, NoPlanError, open_unproved
from factory_perception.model_store.folder import ModelFolder

_WARM_UP_RUNS = 5
_TIMED_SECONDS = 1.0
_MIN_RUNS, _MAX_RUNS = 5, 500


@dataclass(frozen=True)
class Comparison:
    """One backend and precision: parity and latency, or why there is neither."""

    backend: str
    precision: str
    parity: ParityReport | None = None
    median_ms: float = 0.0
    #: What the engine has to say for itself, or why it could not be compared.
    note: str = ''
    #: It should have run and did not.
    broken: bool = False

    @property
    def passed(self) -> bool:
        """Say whether nothing is wrong; what is not usable here is not wrong."""
        return not self.broken and (self.parity is None or self.parity.passed)


def compare_backends(
    folder: ModelFolder, threads: int = 1, max_batch: int = 1
) -> Iterator[Comparison]:
    """Compare every usable backend in every precision that the model holds, one after another.

    Raises:
        ModelError: the model has no probe vectors, or a file of it is missing or changed.
    """
    probe = folder.read_probe()
    for backend, reason in available().items():
        if reason:
            yield Comparison(backend, '', note=reason)
            continue
        for precision in _precisions(folder, backend):
            try:
                with open_unproved(folder, backend, precision, threads, max_batch) as engine:
                    parity = check_parity(engine, probe, precision)
                    latency = _median_ms(engine)
                    yield Comparison(backend, precision, parity, latency, engine.info.note)
            except NoPlanError as error:
                yield Comparison(backend, precision, note=str(error))
            except EngineError as error:
                yield Comparison(backend, precision, note=str(error), broken=True)


def _precisions(folder: ModelFolder, backend: str) -> tuple[str, ...]:
    held = folder.manifest.precisions
    if backend == 'openvino' and not openvino_engine.bf16_unavailable_reason():
        return (*held, 'bf16')
    return held


def _median_ms(engine: Engine) -> float:
    """Time single samples for about a second."""
    buffers = engine.buffers(1)
    for _ in range(_WARM_UP_RUNS):
        engine.infer(buffers)
    seconds: list[float] = []
    while len(seconds) < _MIN_RUNS or (sum(seconds) < _TIMED_SECONDS and len(seconds) < _MAX_RUNS):
        start = time.perf_counter()
        engine.infer(buffers)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1e3
