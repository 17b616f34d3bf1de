"""ONNX Runtime on the CPU: the engine that runs everywhere."""

from __future__ import annotations

import time
from typing import Any

from factory_perception.engines.engine import (
    allocate,
    check_tensors,
    Engine,
    EngineError,
    EngineInfo,
    first_line,
    TensorBuffers,
)
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import TensorSpec

_DTYPES = {
    'tensor(float)': 'float32',
    'tensor(float16)': 'float16',
    'tensor(uint8)': 'uint8',
    'tensor(int32)': 'int32',
    'tensor(int64)': 'int64',
    'tensor(bool)': 'bool',
}


def unavailable_reason() -> str:
    """Say why ONNX Runtime cannot be used here; empty when it can."""
    try:
        import onnxruntime  # noqa: F401
    except ImportError as error:
        return f'onnxruntime cannot be imported ({error}): pip install onnxruntime'
    return ''


class OnnxEngine(Engine):
    """Runs the ONNX file of one precision with a fixed number of threads.

    The threads do not spin while they wait: the processor is shared with ROS.
    """

    def __init__(self, folder: ModelFolder, precision: str = 'fp32', threads: int = 1) -> None:
        """Load the network.

        Raises:
            ModelError: the file is missing or not the one that was published.
            EngineError: ONNX Runtime refuses the file, or it does not fit its manifest.
        """
        import onnxruntime as ort

        start = time.perf_counter()
        file = folder.manifest.onnx_file(precision)
        origin = str(folder.path / file.name)
        self._session: Any = _open_session(folder.read(file.name), origin, threads)
        check_tensors('inputs', folder.manifest.inputs, _specs(self._session.get_inputs()), origin)
        check_tensors(
            'outputs', folder.manifest.outputs, _specs(self._session.get_outputs()), origin
        )
        self.inputs = folder.manifest.inputs
        self.outputs = folder.manifest.outputs
        self.info = EngineInfo(
            'onnxruntime',
            f'cpu ({threads} thread{"s" if threads > 1 else ""})',
            precision,
            ort.__version__,
            folder.label,
            file.sha256,
            time.perf_counter() - start,
        )

    def buffers(self, batch: int = 1) -> TensorBuffers:
        """Allocate arrays and bind them, so that a run copies nothing."""
        import onnxruntime as ort

        self.check_batch(batch)
        inputs, outputs = allocate(self.inputs, batch), allocate(self.outputs, batch)
        binding = self._session.io_binding()
        for name, array in inputs.items():
            binding.bind_ortvalue_input(name, ort.OrtValue.ortvalue_from_numpy(array))
        for name, array in outputs.items():
            binding.bind_output(name, 'cpu', 0, array.dtype.type, array.shape, array.ctypes.data)
        return TensorBuffers(batch, inputs, outputs, binding)

    def infer(self, buffers: TensorBuffers) -> None:
        """Run the network once on bound buffers."""
        try:
            self._session.run_with_iobinding(buffers.binding)
        except Exception as error:
            raise EngineError(
                f'{self.info.model} failed on ONNX Runtime: {first_line(error)}'
            ) from error

    def close(self) -> None:
        """Free the session."""
        self._session = None


def read_specs(data: bytes, origin: str) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """Give the inputs and outputs of an ONNX file that has no manifest yet.

    Args:
        data: the file's content.
        origin: its name, for errors.

    Raises:
        EngineError: ONNX Runtime refuses it.
    """
    session = _open_session(data, origin, 1)
    return _specs(session.get_inputs()), _specs(session.get_outputs())


def _open_session(data: bytes, origin: str, threads: int) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    try:
        return ort.InferenceSession(data, options, providers=['CPUExecutionProvider'])
    except Exception as error:  # ONNX Runtime raises a dozen unrelated classes
        if type(error).__module__.startswith('onnxruntime'):
            raise EngineError(
                f'ONNX Runtime {ort.__version__} refuses {origin}: {first_line(error)}'
            ) from error
        raise


def _specs(nodes: Any) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(
            node.name,
            _DTYPES.get(node.type, node.type),
            tuple(size if isinstance(size, int) else None for size in node.shape),
        )
        for node in nodes
    )
