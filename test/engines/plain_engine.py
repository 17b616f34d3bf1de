"""An engine without a runtime, which computes what a test wants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from factory_perception.engines.engine import allocate, Engine, EngineInfo, TensorBuffers
from factory_perception.model_store.manifest import TensorSpec

Compute = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


class PlainEngine(Engine):
    """Runs a function of named arrays; counts its runs and knows whether it was closed."""

    def __init__(
        self,
        inputs: tuple[TensorSpec, ...],
        outputs: tuple[TensorSpec, ...],
        compute: Compute,
        max_batch: int | None = None,
        precision: str = 'fp32',
    ) -> None:
        self.inputs, self.outputs, self.max_batch = inputs, outputs, max_batch
        self.info = EngineInfo('plain', 'paper', precision, '1', 'means@1', '0' * 64, 0.0)
        self.compute = compute
        self.runs = 0
        self.closed = False

    def buffers(self, batch: int = 1) -> TensorBuffers:
        self.check_batch(batch)
        return TensorBuffers(batch, allocate(self.inputs, batch), allocate(self.outputs, batch))

    def infer(self, buffers: TensorBuffers) -> None:
        self.runs += 1
        for name, array in self.compute(buffers.inputs).items():
            buffers.outputs[name][:] = array

    def close(self) -> None:
        self.closed = True


IMAGE = TensorSpec('image', 'float32', (None, 3, 8, 8))
MEANS = TensorSpec('means', 'float32', (None, 3))


def means_engine(offset: float = 0.0, **options) -> PlainEngine:
    """Compute what ``support.mean_model`` computes, or something else by an offset."""

    def compute(inputs):
        return {'means': np.maximum(inputs['image'], 0).mean((2, 3)) + offset}

    return PlainEngine((IMAGE,), (MEANS,), compute, **options)
