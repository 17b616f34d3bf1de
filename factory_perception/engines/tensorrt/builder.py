"""Build a plan from an ONNX file: one code path for TensorRT 10.3 to 11.

Networks are strongly typed: the precision of every layer is the one that the ONNX file says (half
precision casts, Q/DQ pairs). The flags that once chose a precision are gone in TensorRT 11.
"""

from __future__ import annotations

from dataclasses import dataclass
import threading
from typing import Any

from factory_perception.engines.engine import EngineError
from factory_perception.engines.progress import BuildCancelledError, ProgressCallback
from factory_perception.engines.tensorrt.messages import (
    collected_errors,
    created,
    shared_logger,
    told,
)
from factory_perception.engines.tensorrt.monitor import make_monitor, PhaseTree
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.shapes import ShapeRange

_MIB = 1024 * 1024


@dataclass(frozen=True)
class BuiltPlan:
    """A new plan, and the timings taken on the way, which make the next build faster."""

    plan: bytes
    timings: bytes


def build_plan(
    trt: Any,
    onnx: bytes,
    origin: str,
    shapes: tuple[ShapeRange, ...],
    options: BuildOptions,
    timings: bytes = b'',
    progress: ProgressCallback | None = None,
    cancel: threading.Event | None = None,
) -> BuiltPlan:
    """Build a plan; takes seconds to many minutes. The GIL is free meanwhile.

    Args:
        trt: the module ``tensorrt``.
        onnx: the content of the ONNX file.
        origin: where it came from; named in every error.
        shapes: the range of each input with a free batch dimension.
        options: how to build.
        timings: what an earlier build on this very machine gave.
        progress: told how far the build is, on any thread.
        cancel: set to stop the build at its next step.

    Raises:
        BuildCancelledError: ``cancel`` was set.
        EngineError: TensorRT refuses the file or finds no way to run it; its reason is in the text.
    """
    phases = PhaseTree(progress, cancel)
    with collected_errors() as errors:
        logger, flags = shared_logger(), _network_flags(trt)
        builder = created('builder', lambda: trt.Builder(logger), errors)
        network = created('network', lambda: builder.create_network(flags), errors)
        # The parser keeps the weights that the network points to: it must outlive the build.
        parser = created('parser', lambda: trt.OnnxParser(network, logger), errors)
        _parse(trt, parser, onnx, origin, errors)
        config = created('builder config', builder.create_builder_config, errors)
        _configure(trt, config, options)
        _add_shapes(builder, config, shapes)
        timing_cache = _use_timings(config, timings)
        monitor = make_monitor(trt, phases)
        config.progress_monitor = monitor
        memory = builder.build_serialized_network(network, config)
    del parser
    if phases.failure is not None:
        raise phases.failure
    if cancel is not None and cancel.is_set():
        raise BuildCancelledError(f'building a plan from {origin} was cancelled')
    if memory is None:
        raise EngineError(
            f'TensorRT {trt.__version__} cannot build a plan from {origin}: {told(errors)}'
        )
    return BuiltPlan(bytes(memory), _serialized(timing_cache))


def _network_flags(trt: Any) -> int:
    # TensorRT 11 types every network strongly and keeps the flag only to ignore it.
    flag = getattr(trt.NetworkDefinitionCreationFlag, 'STRONGLY_TYPED', None)
    return 0 if flag is None else 1 << int(flag)


def _parse(trt: Any, parser: Any, onnx: bytes, origin: str, errors: list[str]) -> None:
    if not parser.parse(onnx):
        reasons = [_describe(parser.get_error(index)) for index in range(parser.num_errors)]
        reason = '; '.join(reasons[:3]) or told(errors)
        raise EngineError(f'TensorRT {trt.__version__} cannot read {origin}: {reason}')


def _describe(error: Any) -> str:
    place = f'{error.node_operator()} "{error.node_name()}": ' if error.node_operator() else ''
    return place + ' '.join(error.desc().split())[:300]


def _configure(trt: Any, config: Any, options: BuildOptions) -> None:
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, options.workspace_mb * _MIB)
    config.builder_optimization_level = options.level
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED  # the inspector needs it
    if options.tf32:
        config.set_flag(trt.BuilderFlag.TF32)
    else:
        config.clear_flag(trt.BuilderFlag.TF32)  # on by default


def _add_shapes(builder: Any, config: Any, shapes: tuple[ShapeRange, ...]) -> None:
    if not shapes:
        return
    profile = builder.create_optimization_profile()
    for span in shapes:
        profile.set_shape(span.name, span.smallest, span.best, span.largest)
    if config.add_optimization_profile(profile) < 0:
        raise EngineError(f'TensorRT refuses the input shapes {shapes}')


def _use_timings(config: Any, timings: bytes) -> Any:
    cache = config.create_timing_cache(timings)
    if cache is None or not config.set_timing_cache(cache, False):
        cache = config.create_timing_cache(b'')  # TensorRT will not have these: take them anew
        config.set_timing_cache(cache, False)
    return cache


def _serialized(timing_cache: Any) -> bytes:
    memory = None if timing_cache is None else timing_cache.serialize()
    return b'' if memory is None else bytes(memory)
