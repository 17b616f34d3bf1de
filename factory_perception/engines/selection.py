"""Choose the engine: TensorRT where it and a GPU are present, else ONNX Runtime on the CPU."""

from __future__ import annotations

from factory_perception.engines import onnx_engine
from factory_perception.engines.engine import Engine, EngineError
from factory_perception.model_store.folder import ModelFolder

BACKENDS = ('auto', 'onnxruntime', 'openvino', 'tensorrt')
PRECISIONS = ('auto', 'fp32', 'fp16', 'int8')


def available() -> dict[str, str]:
    """Give, for every backend, why it cannot be used here; an empty text means that it can."""
    return {'onnxruntime': onnx_engine.unavailable_reason()}


def open_engine(
    folder: ModelFolder,
    backend: str = 'auto',
    precision: str = 'auto',
    threads: int = 1,
) -> Engine:
    """Open a model on a backend.

    Raises:
        ModelError: a file of the model is missing or changed.
        EngineError: the backend is not usable here, or refuses the model.
    """
    if backend not in BACKENDS:
        raise EngineError(f'there is no backend "{backend}", only {", ".join(BACKENDS)}')
    return onnx_engine.OnnxEngine(folder, 'fp32', threads)
