"""What the engine needs of CUDA: streams, pinned and device memory, copies, recorded graphs."""

from __future__ import annotations

from collections.abc import Callable
import contextlib
import ctypes
import functools
import logging
import weakref

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.tensorrt.libcudart import CudaError, CudaLibrary, find_library

_LOG = logging.getLogger(__name__)
_BLOCKING_SYNC = 4
_NON_BLOCKING_STREAM = 1
_HOST_TO_DEVICE, _DEVICE_TO_HOST = 1, 2
#: Only this thread is barred from unsafe calls while it records; others may allocate and build.
_CAPTURE_THREAD_LOCAL = 1


class Cuda:
    """The first GPU of this process. ``CUDA_VISIBLE_DEVICES`` says which one that is."""

    def __init__(self, library: CudaLibrary) -> None:
        """Make the GPU ready.

        Raises:
            CudaError: the driver refuses.
        """
        self.library = library
        #: Why waiting for the GPU costs a processor core; empty when it does not.
        self.note = ''
        try:
            library.call('cudaSetDeviceFlags', _BLOCKING_SYNC)
        except CudaError as error:
            self.note = f'a processor core spins while the GPU works: {error}'
            _LOG.warning(self.note)
        library.call('cudaSetDevice', 0)
        library.call('cudaFree', None)  # makes the context now, with the flag above

    def create_stream(self) -> int:
        """Make a stream that does not wait for the default one."""
        return self.library.call_for_pointer('cudaStreamCreateWithFlags', _NON_BLOCKING_STREAM)

    def synchronize(self, stream: int) -> None:
        """Wait until all work on a stream is done; the thread sleeps meanwhile."""
        self.library.call('cudaStreamSynchronize', stream)

    def destroy_stream(self, stream: int) -> None:
        """Free a stream."""
        self._free('cudaStreamDestroy', stream)

    def allocate(self, size: int) -> int:
        """Give the address of new memory on the GPU."""
        return self.library.call_for_pointer('cudaMalloc', max(size, 1))

    def free(self, address: int) -> None:
        """Free memory on the GPU."""
        self._free('cudaFree', address)

    def pinned_array(self, shape: tuple[int, ...], dtype: str) -> NDArray:
        """Give a zeroed array in page-locked memory, which the GPU can copy from and to by itself.

        The memory lives as long as the array or any view of it.
        """
        kind = np.dtype(dtype)
        size = max(int(np.prod(shape)) * kind.itemsize, 1)
        address = self.library.call_for_pointer('cudaHostAlloc', size, 0)
        memory = (ctypes.c_ubyte * size).from_address(address)
        weakref.finalize(memory, self._free, 'cudaFreeHost', address).atexit = False
        ctypes.memset(address, 0, size)
        return np.frombuffer(memoryview(memory), kind, int(np.prod(shape))).reshape(shape)

    def copy_to_device(self, address: int, array: NDArray, stream: int) -> None:
        """Queue a copy from a pinned array."""
        self.library.call(
            'cudaMemcpyAsync', address, array.ctypes.data, array.nbytes, _HOST_TO_DEVICE, stream
        )

    def copy_from_device(self, array: NDArray, address: int, stream: int) -> None:
        """Queue a copy to a pinned array."""
        self.library.call(
            'cudaMemcpyAsync', array.ctypes.data, address, array.nbytes, _DEVICE_TO_HOST, stream
        )

    def record(self, stream: int, work: Callable[[], None]) -> CudaGraph:
        """Record what ``work`` queues on a stream, instead of running it.

        Raises:
            EngineError: the work, or some of it, cannot be recorded.
        """
        self.library.call('cudaStreamBeginCapture', stream, _CAPTURE_THREAD_LOCAL)
        try:
            work()
        except BaseException:
            self._abandon_recording(stream)
            raise
        recording = self._end_recording(stream)
        try:
            handle = self.library.call_for_pointer('cudaGraphInstantiateWithFlags', recording, 0)
        finally:
            self._free('cudaGraphDestroy', recording)
        return CudaGraph(self, handle)

    def _end_recording(self, stream: int) -> int:
        recording = ctypes.c_void_p()
        self.library.call('cudaStreamEndCapture', stream, ctypes.byref(recording))
        return recording.value or 0

    def _abandon_recording(self, stream: int) -> None:
        # A broken recording ends in an error; the stream is usable again all the same.
        with contextlib.suppress(CudaError):
            self._free('cudaGraphDestroy', self._end_recording(stream))

    def _free(self, function: str, handle: int) -> None:
        """Free something without ever raising: at process exit CUDA may be gone before us."""
        if not handle:
            return
        try:
            self.library.call(function, handle)
        except CudaError as error:
            _LOG.debug('%s', error)


class CudaGraph:
    """Recorded GPU work that is started with one call."""

    def __init__(self, cuda: Cuda, handle: int) -> None:
        self._cuda = cuda
        self._handle = handle

    def launch(self, stream: int) -> None:
        """Queue the recorded work.

        Raises:
            CudaError: the driver refuses.
        """
        self._cuda.library.call('cudaGraphLaunch', self._handle, stream)

    def close(self) -> None:
        """Free the recording; may be called twice."""
        handle, self._handle = self._handle, 0
        self._cuda._free('cudaGraphExecDestroy', handle)


@functools.cache
def open_cuda() -> Cuda:
    """Give the GPU of this process, made ready at the first call.

    Raises:
        CudaError: there is none, or it cannot be used.
    """
    return Cuda(find_library())
