"""Start, spin and stop the process of a node.

The allocator thresholds, the DDS profile and the spin loop are each worth a factor in latency, or
are the difference between frames arriving and being lost; ``docs/design.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable
import ctypes
import faulthandler
import gc
import os
from pathlib import Path
import signal
import sys
import threading
from typing import Any

import rclpy
from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from factory_perception.deployment import profile_path, PROFILE_VARIABLES
from factory_perception.nodes.parameter_table import ParameterError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: A node has so long to end its own work: a training of its own may take half a minute to stop.
_CLOSE_S = 40.0
#: The middleware has so long to take leave; it can lock itself up where its peers leave as well.
_LEAVE_S = 10.0
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # names and numbers of mallopt(3)


def prepare_process() -> None:
    """Set what must be set before the first ROS context exists.

    The middleware copies frames in pieces of megabytes. By default each piece is mapped, faulted in
    page by page and given back at once, which costs more than the copying.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, 'mallopt'):  # glibc; elsewhere the allocator is left as it is
        libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        libc.mallopt(_M_TRIM_THRESHOLD, 256 << 20)
    if not any(os.environ.get(name) for name in PROFILE_VARIABLES):
        for name in PROFILE_VARIABLES:
            os.environ[name] = profile_path()


def memory_mb() -> float:
    """Give the resident memory of this process in megabytes."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / 1e6


def make_executor(context: rclpy.Context | None = None) -> Executor:
    """Make the executor that costs least where it exists; it must be driven by ``spin_once``."""
    try:
        from rclpy.experimental.events_executor import EventsExecutor
    except ImportError:  # before Jazzy
        return SingleThreadedExecutor(context=context)
    return EventsExecutor(context=context)


def run(make_node: Callable[[], Node], arguments: list[str] | None = None) -> int:
    """Run one node until SIGINT or SIGTERM; give the exit code of the process.

    The node's ``close`` is called at the end, where it has one: it must stop and join its threads,
    because a thread that is still inside ROS when the interpreter ends aborts the process. A node
    that locks up in it is ended by force, with code 1. So is the middleware that locks up after it,
    by SIGALRM: then all work was done. Either way the log says where every thread was.
    """
    faulthandler.enable()
    prepare_process()
    stop = threading.Event()
    rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)

    def on_signal(*_: Any) -> None:
        stop.set()

    for number in _SIGNALS:
        signal.signal(number, on_signal)
    try:
        return _spin(make_node, stop)
    finally:
        # A managed node leaves cycles behind that hold on to the middleware. They go here, while
        # someone watches, and not while the interpreter ends.
        gc.collect()
        rclpy.try_shutdown()
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        # The ending interpreter takes its handlers away; a second signal would kill it by then.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _spin(make_node: Callable[[], Node], stop: threading.Event) -> int:
    try:
        node = make_node()
    except ParameterError as error:
        print(f'{error}', file=sys.stderr)
        return 2
    executor = make_executor()
    executor.add_node(node)
    rclpy.get_default_context().on_shutdown(stop.set)  # asking it for every message would cost
    try:
        finished = getattr(node, 'finished', stop)
        while not (stop.is_set() or finished.is_set()):
            executor.spin_once(timeout_sec=0.1)
    finally:
        # Who watches needs no lock of Python: the middleware holds it where it locks itself up.
        faulthandler.dump_traceback_later(_CLOSE_S, exit=True)
        close = getattr(node, 'close', None)
        if close is not None:
            close()
        faulthandler.dump_traceback_later(_LEAVE_S)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LEAVE_S + 1.0)
        executor.shutdown()
        node.destroy_node()
    return int(getattr(node, 'exit_code', 0))
