"""Connect the methods of NVIDIA's real bindings with the answers of the fake.

One line for each method that the backend calls: one that a version lacks, or that takes other
arguments there, fails here already.
"""

from __future__ import annotations

from collections.abc import Callable
import ctypes
import functools
from typing import Any

from test.engines.tensorrt_contract.fake_core import (
    Callbacks,
    FakeCore,
    Kind,
    learn_callbacks,
    Slot,
)
from test.engines.tensorrt_contract.fake_tensorrt import FakeTensorRt


def connect(trt: Any, core: FakeCore, cudart: ctypes.CDLL) -> FakeTensorRt:
    """Learn every virtual function that the backend ends in, and install its answer."""
    logger, callbacks = _callbacks(trt, core)
    fake = FakeTensorRt(trt, core, cudart, callbacks)
    on = functools.partial(_on, core)
    builder = trt.Builder(logger)
    on(lambda: builder.create_network(0), fake.create_network)
    on(builder.create_builder_config, fake.create_builder_config)
    on(builder.create_optimization_profile, fake.create_optimization_profile)
    network, config = builder.create_network(0), builder.create_builder_config()
    _config(trt, on, builder, config, fake)

    core.answer(Slot(Kind.FACTORY, int(Kind.BUILDER)), fake.create_builder)
    core.answer(Slot(Kind.FACTORY, int(Kind.RUNTIME)), fake.create_runtime)
    core.answer(Slot(Kind.FACTORY, int(Kind.PARSER)), fake.create_parser)
    parser = trt.OnnxParser(network, logger)
    on(lambda: parser.parse(b'?'), fake.parse)
    parser.parse(b'?')
    on(lambda: parser.num_errors, fake.num_errors)
    on(lambda: parser.get_error(0), fake.get_error)
    error = parser.get_error(0)
    on(error.desc, fake.desc)
    on(error.node_name, fake.node_name)
    on(error.node_operator, fake.node_operator)

    build = on(
        lambda: builder.build_serialized_network(network, config),
        lambda this, network, config: core.new(Kind.MEMORY, (ctypes.c_ubyte * 1)()),
    )
    _memory(on, core, builder.build_serialized_network(network, config), fake)
    core.answer(build, fake.build_serialized_network)
    _plan(trt, on, core, trt.Runtime(logger), fake)

    _destructors(trt, core, fake, logger)
    core.unknown_call()  # what fell into a trap before its answer was installed
    return fake


def _on(core: FakeCore, call: Callable[[], object], answer: Callable[..., Any]) -> Slot:
    slots = core.trace(call)
    if not slots:
        raise LookupError(f'no virtual function is behind {answer.__name__}')
    core.answer(slots[0], answer)
    return slots[0]


def _callbacks(trt: Any, core: FakeCore) -> tuple[Any, Callbacks]:
    """Find the way back: from the core to a logger and a progress monitor written in Python."""
    seen: list[str] = []

    class Logger(trt.ILogger):
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: Any, message: str) -> None:
            seen.append('log')

    class Monitor(trt.IProgressMonitor):
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            seen.append('phase_start')

        def step_complete(self, phase_name: str, step: int) -> bool:
            seen.append('step_complete')
            return True

        def phase_finish(self, phase_name: str) -> None:
            seen.append('phase_finish')

    logger, monitor = Logger(), Monitor()
    builder = trt.Builder(logger)
    found = learn_callbacks(core.logger, (ctypes.c_int, ctypes.c_char_p), (2, b'?'), seen)
    handed_over: list[int] = []
    _on(core, builder.create_builder_config, lambda this: core.new(Kind.CONFIG))
    config = builder.create_builder_config()
    set_monitor = functools.partial(setattr, config, 'progress_monitor', monitor)
    _on(core, set_monitor, lambda this, address: handed_over.append(address))
    set_monitor()
    types = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int)
    found.update(learn_callbacks(handed_over[0], types, (b'?', None, 1), seen))
    return logger, Callbacks(found)


def _config(
    trt: Any, on: Callable[..., Slot], builder: Any, config: Any, fake: FakeTensorRt
) -> None:
    def setting(name: str, value: Any) -> Callable[[], None]:
        return lambda: setattr(config, name, value)

    profile = builder.create_optimization_profile()
    on(lambda: profile.set_shape('?', (1,), (1,), (1,)), fake.set_shape)
    on(lambda: config.add_optimization_profile(profile), fake.add_optimization_profile)
    on(
        lambda: config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 1),
        fake.set_memory_pool_limit,
    )
    on(lambda: config.set_flag(trt.BuilderFlag.TF32), fake.set_flag)
    on(lambda: config.clear_flag(trt.BuilderFlag.TF32), fake.clear_flag)
    on(setting('builder_optimization_level', 3), fake.set_builder_optimization_level)
    on(
        setting('profiling_verbosity', trt.ProfilingVerbosity.DETAILED),
        fake.set_profiling_verbosity,
    )
    on(setting('progress_monitor', None), fake.set_progress_monitor)
    on(lambda: config.create_timing_cache(b''), fake.create_timing_cache)
    cache = config.create_timing_cache(b'')
    on(lambda: config.set_timing_cache(cache, False), fake.set_timing_cache)
    on(cache.serialize, fake.serialize_timings)


def _memory(on: Callable[..., Slot], core: FakeCore, memory: Any, fake: FakeTensorRt) -> None:
    """Learn the three functions behind the buffer protocol, of which one has no method."""
    size = on(lambda: memory.nbytes, fake.memory_size)
    kind = on(lambda: memory.dtype, fake.memory_type)
    (data,) = set(core.trace(lambda: memoryview(memory))) - {size, kind}
    core.answer(data, fake.memory_data)


def _plan(
    trt: Any, on: Callable[..., Slot], core: FakeCore, runtime: Any, fake: FakeTensorRt
) -> None:
    load = on(
        lambda: runtime.deserialize_cuda_engine(b'?'),
        lambda this, data, size: core.new(Kind.ENGINE),
    )
    engine = runtime.deserialize_cuda_engine(b'?')
    on(lambda: engine.num_io_tensors, fake.num_io_tensors)
    on(lambda: engine.get_tensor_name(0), fake.get_tensor_name)
    on(lambda: engine.get_tensor_mode('?'), fake.get_tensor_mode)
    on(lambda: engine.get_tensor_dtype('?'), fake.get_tensor_dtype)
    on(lambda: engine.get_tensor_shape('?'), fake.get_tensor_shape)
    on(lambda: engine.get_tensor_profile_shape('?', 0), fake.get_tensor_profile_shape)

    inspect = on(engine.create_engine_inspector, lambda this: core.new(Kind.INSPECTOR))
    inspector = engine.create_engine_inspector()
    layout = trt.LayerInformationFormat.JSON
    on(lambda: inspector.get_engine_information(layout), fake.get_engine_information)
    core.answer(inspect, fake.create_engine_inspector)

    create = on(engine.create_execution_context, lambda this: core.new(Kind.CONTEXT))
    context = engine.create_execution_context()
    on(lambda: context.set_input_shape('?', (1,)), fake.set_input_shape)
    on(lambda: context.get_tensor_shape('?'), fake.get_context_tensor_shape)
    on(lambda: context.set_tensor_address('?', 4096), fake.set_tensor_address)
    on(lambda: context.execute_async_v3(4096), fake.execute_async_v3)
    core.answer(create, fake.create_execution_context)
    core.answer(load, fake.deserialize_cuda_engine)


def _destructors(trt: Any, core: FakeCore, fake: FakeTensorRt, logger: Any) -> None:
    """Learn what is called when Python lets go of each kind of object."""
    builder, runtime = trt.Builder(logger), trt.Runtime(logger)
    config = builder.create_builder_config()
    engine = runtime.deserialize_cuda_engine(fake.any_plan())

    def network_and_parser() -> list[Any]:
        network = builder.create_network(0)  # the bindings let it keep its parser: both have to go
        return [network, trt.OnnxParser(network, logger)]

    makers: dict[Kind, Callable[[], list[Any]]] = {
        Kind.TIMINGS: lambda: [config.create_timing_cache(b'')],
        Kind.MEMORY: lambda: [config.create_timing_cache(b'').serialize()],
        Kind.CONFIG: lambda: [builder.create_builder_config()],
        Kind.PARSER: network_and_parser,
        Kind.NETWORK: lambda: [builder.create_network(0)],
        Kind.BUILDER: lambda: [trt.Builder(logger)],
        Kind.INSPECTOR: lambda: [engine.create_engine_inspector()],
        Kind.CONTEXT: lambda: [engine.create_execution_context()],
        Kind.ENGINE: lambda: [runtime.deserialize_cuda_engine(fake.any_plan())],
        Kind.RUNTIME: lambda: [trt.Runtime(logger)],
    }
    for kind, make in makers.items():
        slots = [slot for slot in core.trace(make().clear) if slot.kind is kind]
        core.answer(slots[-1], functools.partial(fake.destroy, kind))
