"""TensorRT behind the engine door."""

from __future__ import annotations

import time
from typing import Any
import weakref

from factory_perception.engines.engine import (
    check_tensors,
    Engine,
    EngineError,
    EngineInfo,
    TensorBuffers,
)
from factory_perception.engines.tensorrt.cuda import open_cuda
from factory_perception.engines.tensorrt.device import Device
from factory_perception.engines.tensorrt.inspector import inspect_engine
from factory_perception.engines.tensorrt.messages import (
    collected_errors,
    created,
    shared_logger,
    told,
)
from factory_perception.engines.tensorrt.session import Session
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import TensorSpec

_DTYPES = {
    'FLOAT': 'float32',
    'HALF': 'float16',
    'INT8': 'int8',
    'INT32': 'int32',
    'INT64': 'int64',
    'BOOL': 'bool',
    'UINT8': 'uint8',
}


class PlanRefusedError(EngineError):
    """A plan that TensorRT will not load: made by another version, for another GPU, or damaged."""


class TensorRtEngine(Engine):
    """Runs a plan on the first GPU. The GIL is free while it copies, computes and waits."""

    def __init__(
        self,
        trt: Any,
        device: Device,
        folder: ModelFolder,
        precision: str,
        plan: bytes,
    ) -> None:
        """Load a plan.

        Raises:
            PlanRefusedError: TensorRT will not load it.
            EngineError: it does not fit the manifest, or the GPU cannot be used.
        """
        start = time.perf_counter()
        self._cuda = open_cuda()
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        self._stream = 0
        file = folder.manifest.onnx_file(precision)
        with collected_errors() as errors:
            logger = shared_logger()
            self._runtime: Any = created('runtime', lambda: trt.Runtime(logger), errors)
            self._engine: Any = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:  # never raised by TensorRT
            raise PlanRefusedError(f'TensorRT {trt.__version__} refuses the plan: {told(errors)}')
        origin = f'the {precision} plan of {folder.label}'
        inputs, outputs = _read_specs(trt, self._engine)
        check_tensors('inputs', folder.manifest.inputs, inputs, origin)
        check_tensors('outputs', folder.manifest.outputs, outputs, origin)
        self.inputs, self.outputs = folder.manifest.inputs, folder.manifest.outputs
        self.max_batch = _largest_batch(self._engine, inputs)
        #: What the layers really compute in.
        self.proof = inspect_engine(trt, self._engine)
        self.info = EngineInfo(
            'tensorrt',
            str(device),
            self.proof.headline or precision,
            trt.__version__,
            folder.label,
            file.sha256,
            time.perf_counter() - start,
            str(self.proof),
        )
        self.add_note(self._precision_doubt(precision))
        self.add_note(self._cuda.note)
        self._stream = self._cuda.create_stream()

    def buffers(self, batch: int = 1) -> TensorBuffers:
        """Allocate page-locked arrays, bind them, and record the run: the slow part, done once."""
        if self._engine is None:
            raise EngineError(f'the engine of {self.info.model} is closed')
        self.check_batch(batch)
        session = Session(self._cuda, self._engine, self._stream, self.inputs, self.outputs, batch)
        self._sessions.add(session)
        self.add_note(session.note)
        return TensorBuffers(batch, session.inputs, session.outputs, session)

    def infer(self, buffers: TensorBuffers) -> None:
        """Run the network once on bound buffers."""
        session = buffers.binding
        if not isinstance(session, Session) or session not in self._sessions:
            raise EngineError(
                f'this engine of {self.info.model} is closed, or did not make these buffers'
            )
        try:
            session.run()
        except EngineError as error:
            raise EngineError(f'{self.info.model} failed on TensorRT: {error}') from error

    def close(self) -> None:
        """Free contexts, then the stream, the plan and the runtime."""
        for session in list(self._sessions):
            session.close()
        self._sessions.clear()
        stream, self._stream = self._stream, 0
        self._cuda.destroy_stream(stream)
        self._engine = None
        self._runtime = None

    def _precision_doubt(self, asked: str) -> str:
        if not self.proof.headline:
            return f'whether it really computes in {asked} is not known'
        if self.proof.headline != asked:
            return f'{asked} was asked for, but TensorRT computes in {self.proof.headline}'
        return ''


def _read_specs(trt: Any, engine: Any) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """Give the inputs and the outputs of a plan."""
    sides: dict[bool, list[TensorSpec]] = {True: [], False: []}
    for index in range(engine.num_io_tensors):
        name = engine.get_tensor_name(index)
        kind = engine.get_tensor_dtype(name).name
        shape = tuple(None if size < 0 else size for size in engine.get_tensor_shape(name))
        is_input = engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT
        sides[is_input].append(TensorSpec(name, _DTYPES.get(kind, kind.lower()), shape))
    return tuple(sides[True]), tuple(sides[False])


def _largest_batch(engine: Any, inputs: tuple[TensorSpec, ...]) -> int:
    """Read from the plan which batches it takes; the profile is the one it was built with."""
    for spec in inputs:
        if None in spec.shape:
            largest = engine.get_tensor_profile_shape(spec.name, 0)[-1]
            return int(largest[spec.shape.index(None)])
    return 1
