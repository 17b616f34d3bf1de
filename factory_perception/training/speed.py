"""Whether int8 pays where it will run."""

from __future__ import annotations

import statistics
import time

from factory_perception.engines.engine import Engine
from factory_perception.engines.selection import available, open_engine
from factory_perception.model_store.folder import ModelFolder

#: int8 must be faster by so much; less is not worth its loss.
WORTHWHILE = 1.15
_ROUNDS, _RUNS = 7, 10


def int8_speed(folder: ModelFolder) -> tuple[bool, str]:
    """Say whether int8 is faster than the best other precision on this machine's accelerator.

    The engines take turns, so that a busy machine is busy for both.

    Returns:
        Whether to keep it, and the sentence that says why.
    """
    usable = {name for name, reason in available().items() if not reason}
    if 'tensorrt' in usable:
        other = 'fp16' if 'fp16' in folder.manifest.precisions else 'fp32'
        backend = 'tensorrt'
    elif 'openvino' in usable:
        backend, other = 'openvino', 'fp32'
    else:
        return False, 'its speed cannot be measured here: neither TensorRT nor OpenVINO is usable'
    with (
        open_engine(folder, backend, 'int8') as coarse,
        open_engine(folder, backend, other) as fine,
    ):
        ratio = _ratio(fine, coarse)
    verdict = 'worth it' if ratio >= WORTHWHILE else f'not worth it (at least {WORTHWHILE} asked)'
    sentence = f'on {backend} it runs at {ratio:.2f} times the speed of {other}, {verdict}'
    return ratio >= WORTHWHILE, sentence


def _ratio(slow: Engine, fast: Engine) -> float:
    for engine in (slow, fast):
        engine.warm_up(5)
    return statistics.median(_time(slow) / _time(fast) for _ in range(_ROUNDS))


def _time(engine: Engine) -> float:
    buffers = engine.buffers()
    start = time.perf_counter()
    for _ in range(_RUNS):
        engine.infer(buffers)
    return time.perf_counter() - start
