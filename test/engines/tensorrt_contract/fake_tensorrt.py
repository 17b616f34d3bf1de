"""A TensorRT that computes with ONNX Runtime: what each virtual function answers.

What the backend asks for is kept for the tests to look at, and things can be made to go wrong.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
import json
import threading
import time
from typing import Any

import numpy as np
import onnxruntime as ort

from factory_perception.engines.selftest.recurrent import make_recurrent
from test.engines.tensorrt_contract.fake_core import Callbacks, Dims, FakeCore, Kind, text
from test.engines.tensorrt_contract.fake_inspector import engine_information

Shape = tuple[int, ...]
_MAGIC = b'a plan of the fake core\n'
_JOB = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_size_t)
_TYPES = {
    'tensor(float)': ('FLOAT', np.float32),
    'tensor(float16)': ('HALF', np.float16),
    'tensor(int8)': ('INT8', np.int8),
    'tensor(int32)': ('INT32', np.int32),
    'tensor(int64)': ('INT64', np.int64),
    'tensor(bool)': ('BOOL', np.bool_),
    'tensor(uint8)': ('UINT8', np.uint8),
}


@dataclass
class Network:
    flags: int
    onnx: bytes = b''
    #: The weights are the parser's, as in TensorRT: gone with it.
    has_weights: bool = False


@dataclass
class Parser:
    network: Network
    #: (operation, node, what is wrong)
    errors: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Config:
    flags: set[int] = field(default_factory=set)
    pools: dict[int, int] = field(default_factory=dict)
    level: int = 3
    verbosity: int = 0
    profile: dict[str, list[Shape]] = field(default_factory=dict)
    monitor: int = 0
    timings: bytes | None = None


@dataclass
class Plan:
    """A plan that was loaded."""

    session: Any
    profile: dict[str, list[Shape]]
    information: str

    def __post_init__(self) -> None:
        self.inputs, self.outputs = self.session.get_inputs(), self.session.get_outputs()
        self.tensors = {tensor.name: tensor for tensor in [*self.inputs, *self.outputs]}


@dataclass
class Context:
    plan: Plan
    shapes: dict[str, Shape] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)

    def shape(self, name: str) -> Shape:
        """Give the shape of a tensor at the batch size that the inputs were given."""
        batch = next((shape[0] for shape in self.shapes.values() if shape), -1)
        tensor = self.plan.tensors[name]
        return tuple(size if isinstance(size, int) else batch for size in tensor.shape)

    def array(self, name: str) -> np.ndarray:
        """Give the memory that a tensor was given."""
        kind = np.dtype(_TYPES[self.plan.tensors[name].type][1])
        shape = self.shape(name)
        size = int(np.prod(shape)) * kind.itemsize
        memory = (ctypes.c_ubyte * size).from_address(self.addresses[name])
        return np.frombuffer(memory, kind).reshape(shape)


@dataclass
class Switches:
    """What the tests can change."""

    steps: int = 4
    step_seconds: float = 0.0
    #: Every step of a build takes one permit, where there is a gate.
    gate: threading.Semaphore | None = None
    #: What TensorRT says instead of building.
    build_error: str = ''
    #: Operations that the parser does not know.
    unknown_operations: frozenset[str] = frozenset()
    #: How many plans are refused before one is taken.
    refusals: int = 0
    capturable: bool = True
    #: Timings of another machine are refused.
    takes_timings: bool = True
    #: Added to every output.
    offset: float = 0.0
    #: Kinds of objects that are not to be had.
    exhausted: frozenset[Kind] = frozenset()


class FakeTensorRt:
    """The answers. Every method but the first few is a virtual function; ``this`` is its object."""

    def __init__(self, trt: Any, core: FakeCore, cudart: ctypes.CDLL, callbacks: Callbacks) -> None:
        self.trt = trt
        self.core = core
        self.switches = Switches()
        #: What was built, with what; newest last.
        self.builds: list[tuple[Network, Config]] = []
        #: The kinds of objects that were destroyed, in order.
        self.destroyed: list[Kind] = []
        #: Of the last build.
        self.steps_done = 0
        self._cudart = cudart
        self._callbacks = callbacks
        self._texts: dict[str, Any] = {}
        self._jobs: list[Context] = []
        self._run_job = _JOB(self._compute)

    def reset(self) -> None:
        """Undo what a test did."""
        self.switches = Switches()
        self.builds.clear()
        self.destroyed.clear()

    def say(self, message: str) -> None:
        """Report an error through the logger that the bindings were given last."""
        self._callbacks.log(self.core.logger, int(self.trt.Logger.ERROR), message)

    def any_plan(self) -> bytes:
        """Give a plan that can be loaded."""
        network = make_recurrent()
        return self._plan(Config(), network.files['fp32'])

    def destroy(self, kind: Kind, this: int) -> None:
        self.destroyed.append(kind)
        if kind is Kind.PARSER:
            self._state(this).network.has_weights = False

    def create_builder(self, logger: int) -> int:
        return self._new(Kind.BUILDER)

    def create_runtime(self, logger: int) -> int:
        return self._new(Kind.RUNTIME)

    # -- builder and parser ---------------------------------------------------------------------

    def create_network(self, this: int, flags: int) -> int:
        return self._new(Kind.NETWORK, Network(flags & 0xFFFFFFFF))

    def create_builder_config(self, this: int) -> int:
        return self._new(Kind.CONFIG, Config({int(self.trt.BuilderFlag.TF32)}))

    def create_optimization_profile(self, this: int) -> int:
        return self._new(Kind.PROFILE, {})

    def set_shape(self, this: int, name: int, which: int, shape: int) -> bool:
        shapes = self._state(this).setdefault(text(name), [(), (), ()])
        shapes[which & 0xFF] = read_dims(shape)
        return True

    def create_parser(self, network: int, logger: int) -> int:
        return self._new(Kind.PARSER, Parser(self._state(network)))

    def parse(self, this: int, data: int, size: int) -> bool:
        import onnx

        parser = self._state(this)
        content = ctypes.string_at(data, size)
        try:
            nodes = onnx.load_from_string(content).graph.node
            _session(content)
        except Exception as error:
            parser.errors = [('', '', f'not a network:\n{type(error).__name__}')]
            return False
        unknown = [node for node in nodes if node.op_type in self.switches.unknown_operations]
        parser.errors = [(node.op_type, node.name, 'no importer registered') for node in unknown]
        parser.network.onnx, parser.network.has_weights = content, True
        return not unknown

    def num_errors(self, this: int) -> int:
        return len(self._state(this).errors)

    def get_error(self, this: int, index: int) -> int:
        return self._new(Kind.PARSER_ERROR, self._state(this).errors[index])

    def node_operator(self, this: int) -> int:
        return self._text(self._state(this)[0])

    def node_name(self, this: int) -> int:
        return self._text(self._state(this)[1])

    def desc(self, this: int) -> int:
        return self._text(self._state(this)[2])

    def build_serialized_network(self, this: int, network: int, config: int) -> int:
        what, how = self._state(network), self._state(config)
        self.builds.append((what, how))
        if not what.has_weights:
            self.say('the weights are gone: the parser was destroyed before the build')
            return 0
        if self.switches.build_error:
            self.say(self.switches.build_error)
            return 0
        if not self._walk_phases(how.monitor):
            return 0
        return self._memory(self._plan(how, what.onnx))

    def _plan(self, config: Config, onnx: bytes) -> bytes:
        header = {
            'version': self.trt.__version__,
            'profile': config.profile,
            'detailed': config.verbosity == int(self.trt.ProfilingVerbosity.DETAILED),
        }
        return _MAGIC + json.dumps(header).encode() + b'\n' + onnx

    def _walk_phases(self, monitor: int) -> bool:
        """Report phases as TensorRT does: nested, and stopped by a step that answers no."""
        if not monitor:
            return True
        tell = self._callbacks
        self.steps_done = 0
        tell.phase_start(monitor, 'Building', None, 2)
        tell.phase_start(monitor, 'Timing layers', 'Building', self.switches.steps)
        go_on = True
        while go_on and self.steps_done < self.switches.steps:
            if self.switches.gate is not None:
                self.switches.gate.acquire()
            time.sleep(self.switches.step_seconds)
            go_on = tell.step_complete(monitor, 'Timing layers', self.steps_done)
            self.steps_done += 1
        tell.phase_finish(monitor, 'Timing layers')
        go_on = go_on and tell.step_complete(monitor, 'Building', 0)
        go_on = go_on and tell.step_complete(monitor, 'Building', 1)
        tell.phase_finish(monitor, 'Building')
        return go_on

    # -- config ---------------------------------------------------------------------------------

    def set_memory_pool_limit(self, this: int, pool: int, size: int) -> None:
        self._state(this).pools[pool & 0xFF] = size

    def set_builder_optimization_level(self, this: int, level: int) -> None:
        self._state(this).level = level & 0xFF

    def set_profiling_verbosity(self, this: int, verbosity: int) -> None:
        self._state(this).verbosity = verbosity & 0xFF

    def set_flag(self, this: int, flag: int) -> None:
        self._state(this).flags.add(flag & 0xFF)

    def clear_flag(self, this: int, flag: int) -> None:
        self._state(this).flags.discard(flag & 0xFF)

    def add_optimization_profile(self, this: int, profile: int) -> int:
        self._state(this).profile = self._state(profile)
        return 0

    def set_progress_monitor(self, this: int, monitor: int) -> None:
        self._state(this).monitor = monitor

    def create_timing_cache(self, this: int, data: int, size: int) -> int:
        return self._new(Kind.TIMINGS, ctypes.string_at(data, size) if size else b'')

    def set_timing_cache(self, this: int, cache: int) -> bool:
        timings = self._state(cache)
        if timings and not self.switches.takes_timings:
            return False
        self._state(this).timings = timings
        return True

    def serialize_timings(self, this: int) -> int:
        return self._memory(self._state(this) + b'+timings')

    # -- memory that TensorRT hands out ---------------------------------------------------------

    def memory_data(self, this: int) -> int:
        return ctypes.addressof(self._state(this))

    def memory_size(self, this: int) -> int:
        return len(self._state(this))

    def memory_type(self, this: int) -> int:
        return int(self.trt.DataType.INT8)

    def _memory(self, data: bytes) -> int:
        return self._new(Kind.MEMORY, (ctypes.c_ubyte * len(data)).from_buffer_copy(data))

    # -- runtime and plan -----------------------------------------------------------------------

    def deserialize_cuda_engine(self, this: int, data: int, size: int) -> int:
        magic, _, rest = ctypes.string_at(data, size).partition(b'\n')
        if magic + b'\n' != _MAGIC or self.switches.refusals > 0:
            self.switches.refusals -= 1
            self.say('the plan was serialized by another version')
            return 0
        header, _, content = rest.partition(b'\n')
        facts = json.loads(header)
        major = int(facts['version'].split('.')[0])
        information = engine_information(content, major, facts['detailed'])
        return self._new(Kind.ENGINE, Plan(_session(content), facts['profile'], information))

    def num_io_tensors(self, this: int) -> int:
        return len(self._state(this).tensors)

    def get_tensor_name(self, this: int, index: int) -> int:
        return self._text(list(self._state(this).tensors)[index])

    def get_tensor_mode(self, this: int, name: int) -> int:
        inputs = [tensor.name for tensor in self._state(this).inputs]
        modes = self.trt.TensorIOMode
        return int(modes.INPUT if text(name) in inputs else modes.OUTPUT)

    def get_tensor_dtype(self, this: int, name: int) -> int:
        tensor = self._state(this).tensors[text(name)]
        return int(getattr(self.trt.DataType, _TYPES[tensor.type][0]))

    def get_tensor_shape(self, place: int, this: int, name: int) -> int:
        sizes = self._state(this).tensors[text(name)].shape
        return write_dims(place, [size if isinstance(size, int) else -1 for size in sizes])

    def get_tensor_profile_shape(
        self, place: int, this: int, name: int, profile: int, which: int
    ) -> int:
        return write_dims(place, self._state(this).profile[text(name)][which & 0xFF])

    def create_engine_inspector(self, this: int) -> int:
        return self._new(Kind.INSPECTOR, self._state(this).information)

    def get_engine_information(self, this: int, layout: int) -> int:
        return self._text(self._state(this))

    def create_execution_context(self, this: int) -> int:
        return self._new(Kind.CONTEXT, Context(self._state(this)))

    # -- context --------------------------------------------------------------------------------

    def set_input_shape(self, this: int, name: int, shape: int) -> bool:
        context, key, sizes = self._state(this), text(name), read_dims(shape)
        allowed = context.plan.profile.get(key)
        if allowed and not all(
            low <= size <= high for low, size, high in zip(allowed[0], sizes, allowed[2])
        ):
            self.say(f'{sizes} is not between {allowed[0]} and {allowed[2]}')
            return False
        context.shapes[key] = sizes
        return True

    def get_context_tensor_shape(self, place: int, this: int, name: int) -> int:
        return write_dims(place, self._state(this).shape(text(name)))

    def set_tensor_address(self, this: int, name: int, address: int) -> bool:
        self._state(this).addresses[text(name)] = address
        return True

    def execute_async_v3(self, this: int, stream: int) -> bool:
        context = self._state(this)
        handle = ctypes.c_void_p(stream)
        complaint = self._complaint(context, handle)
        if complaint:
            self.say(complaint)
            return False
        self._jobs.append(context)
        return not self._cudart.fake_enqueue(
            handle, self._run_job, ctypes.c_size_t(len(self._jobs) - 1)
        )

    def _complaint(self, context: Context, stream: ctypes.c_void_p) -> str:
        if not self._cudart.fake_is_own_stream(stream):
            return 'not on a stream of its own'
        for name in context.plan.tensors:
            size = context.array(name).nbytes if name in context.addresses else 0
            address = ctypes.c_void_p(context.addresses.get(name))
            if not self._cudart.fake_is_device(address, ctypes.c_size_t(size)):
                return f'{name} is not in memory of the GPU'
        if self._cudart.fake_is_recording(stream) and not self.switches.capturable:
            return 'a layer waits for the stream, which cannot be recorded'
        return ''

    def _compute(self, job: int) -> int:
        context = self._jobs[job]
        inputs = {tensor.name: context.array(tensor.name) for tensor in context.plan.inputs}
        found = context.plan.session.run(None, inputs)
        for tensor, values in zip(context.plan.outputs, found):
            context.array(tensor.name)[:] = values + np.asarray(self.switches.offset, values.dtype)
        return 0

    # -- helpers --------------------------------------------------------------------------------

    def _new(self, kind: Kind, state: Any = None) -> int:
        if kind in self.switches.exhausted:
            self.say(f'no memory for a {kind.name.lower()}')
            return 0
        return self.core.new(kind, state)

    def _state(self, address: int) -> Any:
        return self.core.objects[address]

    def _text(self, content: str) -> int:
        if content not in self._texts:
            self._texts[content] = ctypes.create_string_buffer(content.encode())
        return ctypes.addressof(self._texts[content])


def read_dims(address: int) -> Shape:
    """Read a shape that the bindings pass."""
    dims = Dims.from_address(address)
    return tuple(dims.sizes[: dims.count])


def write_dims(place: int, shape: Any) -> int:
    """Write a shape where the bindings want it."""
    dims = Dims.from_address(place)
    dims.count = len(shape)
    for index, size in enumerate(shape):
        dims.sizes[index] = size
    return place


def _session(content: bytes) -> Any:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return ort.InferenceSession(content, options, providers=['CPUExecutionProvider'])
