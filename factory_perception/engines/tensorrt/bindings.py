"""Load NVIDIA's Python bindings of TensorRT, and only where they cannot crash the process."""

from __future__ import annotations

from typing import Any

from factory_perception.engines.engine import EngineError
from factory_perception.engines.tensorrt.libcudart import CudaError, find_library

#: What JetPack 6 brings; nothing older is checked by the contract tests.
OLDEST = (10, 3)


def unavailable_reason() -> str:
    """Say why TensorRT cannot be used here; empty when it can. Never raises."""
    try:
        load()
    except EngineError as error:
        return str(error)
    return ''


def load() -> Any:
    """Give the module ``tensorrt``.

    A GPU is looked for first: without a working driver the bindings import, hand out objects, and
    crash the process at the first call of one.

    Raises:
        EngineError: there is no GPU, no TensorRT, or an old one.
    """
    try:
        find_library()
    except CudaError as error:
        raise EngineError(f'no NVIDIA GPU with a driver that fits: {error}') from error
    try:
        import tensorrt as trt
    except Exception as error:  # a library that does not fit raises whatever the loader raises
        raise EngineError(
            f'the Python module tensorrt cannot be imported ({error}): on a Jetson make the '
            'environment with --system-site-packages, elsewhere pip install tensorrt'
        ) from error
    if not hasattr(trt, 'Builder'):
        raise EngineError(f'{trt} is not the tensorrt of NVIDIA, or lacks its builder')
    version = str(trt.__version__)
    if version_tuple(version) < OLDEST:
        raise EngineError(
            f'TensorRT {version} is too old: {".".join(map(str, OLDEST))} or later is needed'
        )
    return trt


def version_tuple(version: str) -> tuple[int, ...]:
    """Read a version such as ``10.16.1.11`` as numbers."""
    return tuple(int(part) for part in version.split('.') if part.isdigit())
