"""Compare an engine with what its network gave at export, on the model's own probe vectors.

A plan may compute nonsense without any error: a layer fusion gone wrong, an overflow in half
precision. No plan serves before this comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine, EngineError
from factory_perception.model_store.folder import ModelFolder, Probe

#: Errors are relative to the largest expected value; below this they are relative to this.
_SMALLEST_SCALE = 1e-2


@dataclass(frozen=True)
class Tolerance:
    """The largest errors allowed, relative to the largest expected value of the output."""

    #: Of any single value.
    max_rel: float
    #: Of all values together, as root mean square.
    rms_rel: float


#: Set from what sound engines show, with room: rounding alone, the accuracy was gated before. A
#: coarse type may move a single value far, but not many.
TOLERANCES = {
    'fp32': Tolerance(2e-3, 2e-4),
    'fp16': Tolerance(5e-2, 5e-3),
    'bf16': Tolerance(2e-1, 2e-2),
    'int8': Tolerance(5e-1, 5e-2),
}
#: For types that no model of ours is published in.
_LOOSEST = TOLERANCES['int8']


@dataclass(frozen=True)
class OutputParity:
    """How far one output is from what was expected."""

    name: str
    max_abs: float
    max_rel: float
    rms_rel: float
    finite: bool
    tolerance: Tolerance

    @property
    def passed(self) -> bool:
        """Say whether the output is as it should be."""
        return (
            self.finite
            and self.max_rel <= self.tolerance.max_rel
            and self.rms_rel <= self.tolerance.rms_rel
        )

    def __str__(self) -> str:
        if not self.finite:
            return f'{self.name} has values that are not finite'
        return (
            f'{self.name} is off by {self.max_abs:.2g} ({self.max_rel:.1e} of its range, allowed '
            f'{self.tolerance.max_rel:.0e}; rms {self.rms_rel:.1e}, allowed '
            f'{self.tolerance.rms_rel:.0e})'
        )


@dataclass(frozen=True)
class ParityReport:
    """The comparison of all outputs of one engine."""

    outputs: tuple[OutputParity, ...]
    samples: int

    @property
    def passed(self) -> bool:
        """Say whether the engine may serve."""
        return bool(self.outputs) and all(output.passed for output in self.outputs)

    @property
    def max_abs(self) -> float:
        """Give the largest absolute error of any output."""
        return max((output.max_abs for output in self.outputs), default=0.0)

    @property
    def max_rel(self) -> float:
        """Give the largest error of any output, relative to the output's range."""
        return max((output.max_rel for output in self.outputs), default=0.0)

    def __str__(self) -> str:
        return '; '.join(map(str, self.outputs))


def check_parity(
    engine: Engine, probe: Probe, precision: str = '', largest_batch: int | None = None
) -> ParityReport:
    """Run an engine on probe vectors and compare every output.

    Args:
        engine: any engine of the model.
        probe: inputs and expected outputs, with any number of samples.
        precision: which tolerance holds; by default that of the engine.
        largest_batch: run so many samples at a time; by default as many as the engine takes.

    Raises:
        EngineError: the engine fails, or the probe vectors do not fit it.
    """
    tolerance = TOLERANCES.get(precision or engine.info.precision, _LOOSEST)
    samples = _samples(engine, probe)
    batch = engine.largest_batch(min(samples, largest_batch or samples))
    found = _run_in_batches(engine, probe, samples, batch)
    outputs = tuple(
        compare(spec.name, found[spec.name], probe.outputs[spec.name], tolerance)
        for spec in engine.outputs
    )
    return ParityReport(outputs, samples)


def require_parity(engine: Engine, folder: ModelFolder, precision: str = '') -> ParityReport:
    """Refuse an engine that does not compute what its model computes.

    Raises:
        EngineError: it differs by more than the tolerance; both numbers are named.
        ModelError: the model has no probe vectors.
    """
    report = check_parity(engine, folder.read_probe(), precision)
    if not report.passed:
        failed = '; '.join(str(output) for output in report.outputs if not output.passed)
        raise EngineError(
            f'{folder.label} on {engine.info.backend} {engine.info.precision} does not compute '
            f'what the model computes: {failed}'
        )
    return report


def compare(name: str, found: NDArray, expected: NDArray, tolerance: Tolerance) -> OutputParity:
    """Measure how far an output is from what was expected."""
    wanted = expected.astype(np.float64)
    with np.errstate(invalid='ignore'):  # the difference of two infinities
        error = np.abs(found.astype(np.float64) - wanted)
    finite = bool(np.isfinite(error).all())
    if not finite or not error.size:
        return OutputParity(name, np.inf, np.inf, np.inf, finite, tolerance)
    scale = max(float(np.abs(wanted).max()), _SMALLEST_SCALE)
    largest = float(error.max())
    rms = float(np.sqrt(np.mean(error**2)))
    return OutputParity(name, largest, largest / scale, rms / scale, True, tolerance)


def _samples(engine: Engine, probe: Probe) -> int:
    """Give the number of samples in the probe vectors; 1 where the network has no free batch."""
    arrays = {**probe.inputs, **probe.outputs}
    counts = set()
    for spec in (*engine.inputs, *engine.outputs):
        array = arrays.get(spec.name)
        count = array.shape[0] if array is not None and array.ndim else 1
        if array is None or array.shape != spec.sized(count) or array.dtype != spec.dtype:
            raise EngineError(
                f'the probe vectors of {engine.info.model} do not fit {spec}: publish the model '
                'again'
            )
        if None in spec.shape:
            counts.add(count)
    if len(counts) > 1 or 0 in counts:
        raise EngineError(f'the probe vectors of {engine.info.model} have differing batch sizes')
    return counts.pop() if counts else 1


def _run_in_batches(engine: Engine, probe: Probe, samples: int, batch: int) -> dict[str, NDArray]:
    """Run the samples in batches of one size; the last two may overlap."""
    free = {spec.name for spec in (*engine.inputs, *engine.outputs) if None in spec.shape}
    found = {name: np.empty_like(array) for name, array in probe.outputs.items()}
    buffers = engine.buffers(batch)
    for start in [*range(0, samples - batch, batch), samples - batch]:
        rows = slice(start, start + batch)
        for name, array in buffers.inputs.items():
            array[:] = probe.inputs[name][rows] if name in free else probe.inputs[name]
        engine.infer(buffers)
        for name, array in buffers.outputs.items():
            found[name][rows if name in free else slice(None)] = array
    return found
