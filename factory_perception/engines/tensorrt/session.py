"""One set of buffers on the GPU, bound once to an execution context and recorded as a graph."""

from __future__ import annotations

import contextlib
from typing import Any

from numpy.typing import NDArray

from factory_perception.engines.engine import EngineError
from factory_perception.engines.tensorrt.cuda import Cuda, CudaGraph
from factory_perception.engines.tensorrt.messages import collected_errors, created, told
from factory_perception.model_store.manifest import TensorSpec


class Session:
    """Runs a plan on fixed arrays of one batch size.

    Each session has an execution context of its own: a recorded graph stays valid only as long as
    the shapes and addresses of its context stay as they were.
    """

    def __init__(
        self,
        cuda: Cuda,
        engine: Any,
        stream: int,
        inputs: tuple[TensorSpec, ...],
        outputs: tuple[TensorSpec, ...],
        batch: int,
    ) -> None:
        """Allocate everything, run once on zeros, and record the run.

        Raises:
            EngineError: memory ran out, or TensorRT refuses the shapes or the run.
        """
        self._cuda = cuda
        self._stream = stream
        self._graph: CudaGraph | None = None
        self._context: Any = None
        self._device: dict[str, int] = {}
        #: Why the run is queued piece by piece instead of as a graph; empty when it is not.
        self.note = ''
        try:
            self.inputs = self._allocate(inputs, batch)
            self.outputs = self._allocate(outputs, batch)
            with collected_errors() as errors:
                self._context = _bind(engine, inputs, outputs, self._device, batch, errors)
                self._queue()
            cuda.synchronize(stream)
            for array in self.outputs.values():
                array.fill(0)
            self._record()
        except BaseException:
            self.close()
            raise

    def run(self) -> None:
        """Copy in, compute, copy out, and wait for it.

        Raises:
            EngineError: the GPU or TensorRT failed, or the session is closed.
        """
        if self._context is None:
            raise EngineError('these buffers belong to an engine that is closed')
        if self._graph is not None:
            self._graph.launch(self._stream)
        else:
            self._queue()
        self._cuda.synchronize(self._stream)

    def close(self) -> None:
        """Free what is on the GPU; may be called twice. The arrays live on."""
        graph, self._graph = self._graph, None
        if graph is not None:
            graph.close()
        self._context = None
        device, self._device = self._device, {}
        for address in device.values():
            self._cuda.free(address)

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    def _allocate(self, specs: tuple[TensorSpec, ...], batch: int) -> dict[str, NDArray]:
        arrays = {}
        for spec in specs:
            arrays[spec.name] = self._cuda.pinned_array(spec.sized(batch), spec.dtype)
            self._device[spec.name] = self._cuda.allocate(arrays[spec.name].nbytes)
        return arrays

    def _queue(self) -> None:
        for name, array in self.inputs.items():
            self._cuda.copy_to_device(self._device[name], array, self._stream)
        with collected_errors() as errors:
            if not self._context.execute_async_v3(self._stream):
                raise EngineError(f'TensorRT cannot run the plan: {told(errors)}')
        for name, array in self.outputs.items():
            self._cuda.copy_from_device(array, self._device[name], self._stream)

    def _record(self) -> None:
        try:
            self._graph = self._cuda.record(self._stream, self._queue)
        except EngineError as error:
            self.note = f'no CUDA graph, every layer is started by itself: {error}'


def _bind(
    engine: Any,
    inputs: tuple[TensorSpec, ...],
    outputs: tuple[TensorSpec, ...],
    device: dict[str, int],
    batch: int,
    errors: list[str],
) -> Any:
    """Make a context, and tell it once what is where and how large."""
    context = created('execution context', engine.create_execution_context, errors)
    for spec in inputs:
        if not context.set_input_shape(spec.name, spec.sized(batch)):
            raise EngineError(f'the plan does not take {spec} at batch {batch}: {told(errors)}')
    for spec in outputs:
        shape = tuple(context.get_tensor_shape(spec.name))
        if shape != spec.sized(batch):
            raise EngineError(
                f'at batch {batch} the plan gives {spec.name} the shape {shape} instead of '
                f'{spec.sized(batch)}'
            )
    for name, address in device.items():
        if not context.set_tensor_address(name, address):
            raise EngineError(f'the plan does not take a buffer for {name}: {told(errors)}')
    return context
