"""OpenVINO on the CPU: optional; bfloat16 arithmetic makes it the fastest engine without a GPU."""

from __future__ import annotations

from pathlib import Path
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
from factory_perception.resources import cache_home

_DTYPES = {
    'f32': 'float32',
    'f16': 'float16',
    'u8': 'uint8',
    'i32': 'int32',
    'i64': 'int64',
    'boolean': 'bool',
}
_BF16_FLAGS = {'avx512_bf16', 'amx_bf16'}
_CPU_INFO = Path('/proc/cpuinfo')


def unavailable_reason() -> str:
    """Say why OpenVINO cannot be used here; empty when it can. Never raises."""
    try:
        import openvino  # noqa: F401
    except Exception as error:  # a library that does not fit raises whatever the loader raises
        return f'openvino cannot be imported ({error}): pip install openvino'
    return ''


def bf16_unavailable_reason() -> str:
    """Say why this processor would only be slower with bfloat16; empty when it would not."""
    try:
        words = set(_CPU_INFO.read_text().split())
    except OSError as error:
        return f'whether the processor has bfloat16 instructions cannot be read: {error}'
    if not words & _BF16_FLAGS:
        return f'the processor has none of {", ".join(sorted(_BF16_FLAGS))}'
    return ''


class OpenVinoEngine(Engine):
    """Runs the ONNX file of one precision with a fixed number of threads.

    ``bf16`` takes the fp32 file and computes in bfloat16.
    """

    def __init__(self, folder: ModelFolder, precision: str = 'fp32', threads: int = 1) -> None:
        """Load and compile the network; the result is kept in the user's cache folder.

        Raises:
            ModelError: the file is missing or not the one that was published.
            EngineError: the processor lacks the precision, OpenVINO refuses the file, or it does
                not fit its manifest.
        """
        import openvino as ov

        start = time.perf_counter()
        if precision == 'bf16' and (reason := bf16_unavailable_reason()):
            raise EngineError(f'bf16 is of no use here: {reason}')
        file = folder.manifest.onnx_file('fp32' if precision == 'bf16' else precision)
        origin = str(folder.path / file.name)
        settings = {
            'PERFORMANCE_HINT': 'LATENCY',
            'INFERENCE_NUM_THREADS': threads,
            # Told in both cases: left alone, OpenVINO takes bfloat16 where the processor has it.
            'INFERENCE_PRECISION_HINT': 'bf16' if precision == 'bf16' else 'f32',
            'CACHE_DIR': str(cache_home() / 'openvino'),
        }
        data = folder.read(file.name)
        try:
            core = ov.Core()
            self._network: Any = core.compile_model(core.read_model(model=data), 'CPU', settings)
            name = core.get_property('CPU', 'FULL_DEVICE_NAME')
        except RuntimeError as error:
            raise EngineError(f'OpenVINO refuses {origin}: {_reason(error)}') from error
        check_tensors(
            'inputs',
            folder.manifest.inputs,
            _specs(self._network.inputs, folder.manifest.inputs),
            origin,
        )
        check_tensors(
            'outputs',
            folder.manifest.outputs,
            _specs(self._network.outputs, folder.manifest.outputs),
            origin,
        )
        self.inputs = folder.manifest.inputs
        self.outputs = folder.manifest.outputs
        self.info = EngineInfo(
            'openvino',
            f'{name} ({threads} thread{"s" if threads > 1 else ""})',
            precision,
            ov.__version__,
            folder.label,
            file.sha256,
            time.perf_counter() - start,
        )

    def buffers(self, batch: int = 1) -> TensorBuffers:
        """Allocate arrays and bind them, so that a run copies nothing."""
        import openvino as ov

        self.check_batch(batch)
        inputs, outputs = allocate(self.inputs, batch), allocate(self.outputs, batch)
        request = self._network.create_infer_request()
        for name, array in {**inputs, **outputs}.items():
            request.set_tensor(name, ov.Tensor(array, shared_memory=True))
        return TensorBuffers(batch, inputs, outputs, request)

    def infer(self, buffers: TensorBuffers) -> None:
        """Run the network once on bound buffers."""
        request: Any = buffers.binding
        try:
            request.infer()
        except RuntimeError as error:
            raise EngineError(f'{self.info.model} failed on OpenVINO: {_reason(error)}') from error

    def close(self) -> None:
        """Free the network."""
        self._network = None


def _specs(ports: Any, promised: tuple[TensorSpec, ...]) -> tuple[TensorSpec, ...]:
    """Describe the ports of a network; one that has several names goes by the promised one."""
    names = [spec.name for spec in promised]
    specs = []
    for port in ports:
        name = next((name for name in names if name in port.names), port.any_name)
        kind = port.element_type.get_type_name()
        shape = tuple(None if size.is_dynamic else size.get_length() for size in port.partial_shape)
        specs.append(TensorSpec(name, _DTYPES.get(kind, kind), shape))
    return tuple(specs)


def _reason(error: Exception) -> str:
    """Leave out the source lines that OpenVINO puts before what it has to say."""
    lines = [line for line in str(error).splitlines() if line and 'Exception from' not in line]
    return lines[0][:300] if lines else first_line(error)
