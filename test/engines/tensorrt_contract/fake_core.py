"""Drive the fake core: learn which trap a method of the real bindings falls into, and answer it.

Nothing is taken from NVIDIA's headers: the number of a virtual function is found by calling its
Python method once and looking at the trap that was hit.
"""

from __future__ import annotations

from collections.abc import Callable
import ctypes
from dataclasses import dataclass
import enum
import inspect
import os
import sys
from typing import Any

Word = ctypes.c_ssize_t
_HANDLER = ctypes.CFUNCTYPE(Word, *[Word] * 6)


class Kind(enum.IntEnum):
    """The classes of the core; the first is the factory behind the exported functions."""

    FACTORY = 0
    BUILDER = 1
    RUNTIME = 2
    PARSER = 3
    NETWORK = 4
    CONFIG = 5
    PROFILE = 6
    TIMINGS = 7
    MEMORY = 8
    ENGINE = 9
    CONTEXT = 10
    INSPECTOR = 11
    PARSER_ERROR = 12


class _Hit(ctypes.Structure):
    _fields_ = [('kind', ctypes.c_int), ('slot', ctypes.c_int), ('object', Word)]


class Dims(ctypes.Structure):
    """How TensorRT 10 and 11 pass a shape."""

    _fields_ = [('count', ctypes.c_int32), ('sizes', ctypes.c_int64 * 8)]


@dataclass(frozen=True)
class Slot:
    """A virtual function of a class."""

    kind: Kind
    number: int


class FakeCore:
    """The compiled core, loaded into this process."""

    def __init__(self, path: str) -> None:
        self._library = ctypes.CDLL(path)
        self._library.fake_new.restype = Word
        self._library.fake_handle.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
        self._library.fake_unknown.restype = _Hit
        self._library.fake_logger.restype = Word
        self._hits = (_Hit * 4096)()
        self._kept: list[Any] = []
        #: What the handlers keep about each object, by its address.
        self.objects: dict[int, Any] = {}

    def new(self, kind: Kind, state: Any = None) -> int:
        """Make an object; the bindings take its address for one of NVIDIA's."""
        address = self._library.fake_new(int(kind))
        self.objects[address] = state
        return address

    def trace(self, call: Callable[[], object]) -> list[Slot]:
        """Give the virtual functions that a call of the bindings ends in, in order.

        The call may raise what C++ makes of an answer of zero, but not what a wrong name or a wrong
        argument raises.
        """
        self._library.fake_learn(True)
        try:
            call()
        except (TypeError, AttributeError):
            raise
        except Exception as error:
            self.ignored = error
        count = self._library.fake_hits(self._hits)
        self._library.fake_learn(False)
        return [Slot(Kind(hit.kind), hit.slot) for hit in self._hits[:count]]

    def answer(self, slot: Slot, function: Callable[..., Any]) -> None:
        """Install the handler of a virtual function: it takes as many raw words as it names."""
        count = len(inspect.signature(function).parameters)
        ending = sys.is_finalizing

        def handler(*words: int) -> int:
            return 0 if ending() else int(function(*words[:count]) or 0)

        callback = _HANDLER(handler)
        self._kept.append(callback)
        address = ctypes.cast(callback, ctypes.c_void_p).value
        self._library.fake_handle(int(slot.kind), slot.number, address)

    def unknown_call(self) -> str:
        """Name a virtual function that was called and has no handler; empty when there was none."""
        hit = self._library.fake_unknown()
        return f'{Kind(hit.kind).name} slot {hit.slot}' if hit.object else ''

    @property
    def logger(self) -> int:
        """Give the C++ object behind the last logger that the bindings handed over."""
        return self._library.fake_logger()


def text(address: int) -> str:
    """Read a C string."""
    return ctypes.string_at(address).decode() if address else ''


class Callbacks:
    """Calls the Python methods behind C++ objects that the bindings made, as TensorRT would."""

    def __init__(self, addresses: dict[str, int]) -> None:
        """Take the address of each method's C++ function, by name."""
        string, number = ctypes.c_char_p, ctypes.c_int
        self._log = _c_function(addresses['log'], None, number, string)
        self._start = _c_function(addresses['phase_start'], None, string, string, number)
        self._step = _c_function(addresses['step_complete'], ctypes.c_bool, string, number)
        self._finish = _c_function(addresses['phase_finish'], None, string)

    def log(self, logger: int, severity: int, message: str) -> None:
        self._log(logger, severity, message.encode())

    def phase_start(self, monitor: int, phase: str, parent: str | None, steps: int) -> None:
        self._start(monitor, phase.encode(), parent.encode() if parent else None, steps)

    def step_complete(self, monitor: int, phase: str, step: int) -> bool:
        return self._step(monitor, phase.encode(), step)

    def phase_finish(self, monitor: int, phase: str) -> None:
        self._finish(monitor, phase.encode())


def _c_function(address: int, returns: Any, *argument_types: Any) -> Callable[..., Any]:
    return ctypes.CFUNCTYPE(returns, Word, *argument_types)(address)


def learn_callbacks(
    address: int, argument_types: tuple[Any, ...], arguments: tuple[Any, ...], seen: list[str]
) -> dict[str, int]:
    """Find the virtual functions of an object that the bindings made to call Python.

    Each one is tried in a child process, since a wrong guess (a destructor) may end it.

    Args:
        address: the C++ object.
        argument_types: of the virtual functions, the object itself left out.
        arguments: to be tried.
        seen: what the Python methods behind the object append their own names to.

    Returns:
        The address of the function behind each Python method that was reached.
    """
    found = {}
    for function in _virtual_functions(address):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            _c_function(function, None, *argument_types)(address, *arguments)
            os.write(writer, ' '.join(seen).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, 'rb') as pipe:
            reached = pipe.read().decode()
        os.waitpid(child, 0)
        if reached:
            found[reached] = function
    return found


def _virtual_functions(address: int) -> list[int]:
    """Read the table of an object; it ends where an entry no longer points into code."""
    code = _code_ranges()
    table = ctypes.c_size_t.from_address(address).value
    functions: list[int] = []
    while True:
        entry = ctypes.c_size_t.from_address(table + 8 * len(functions)).value
        if not any(start <= entry < end for start, end in code):
            return functions
        functions.append(entry)


def _code_ranges() -> list[tuple[int, int]]:
    ranges = []
    with open('/proc/self/maps') as maps:
        for line in maps:
            span, access = line.split()[:2]
            if 'x' in access:
                start, end = (int(part, 16) for part in span.split('-'))
                ranges.append((start, end))
    return ranges
