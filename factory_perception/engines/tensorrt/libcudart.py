"""The CUDA runtime library, found and called through ctypes; every return code is checked.

No CUDA package for Python is needed: the library comes with JetPack, with the CUDA toolkit or with
the wheels that TensorRT depends on.
"""

from __future__ import annotations

from collections.abc import Iterator
import ctypes
from ctypes import c_char_p, c_int, c_size_t, c_uint, c_ulonglong, c_void_p, POINTER
import functools
from pathlib import Path
import sys

from factory_perception.engines.engine import EngineError

#: Newest first. CUDA 11.4 is the oldest that has every function below.
SONAMES = ('libcudart.so.13', 'libcudart.so.12', 'libcudart.so.11.0', 'libcudart.so')
#: Where the loader does not look by itself.
FOLDERS = ('/usr/local/cuda/lib64', '/usr/local/cuda/targets/aarch64-linux/lib')

_INT_OUT = POINTER(c_int)
_POINTER_OUT = POINTER(c_void_p)
#: Every function that is called, with its arguments. All of them return a ``cudaError_t``.
SIGNATURES: dict[str, tuple[type, ...]] = {
    'cudaGetDeviceCount': (_INT_OUT,),
    'cudaSetDevice': (c_int,),
    'cudaSetDeviceFlags': (c_uint,),
    'cudaRuntimeGetVersion': (_INT_OUT,),
    'cudaDriverGetVersion': (_INT_OUT,),
    'cudaDeviceGetAttribute': (_INT_OUT, c_int, c_int),
    'cudaGetDeviceProperties': (c_void_p, c_int),
    'cudaMalloc': (_POINTER_OUT, c_size_t),
    'cudaFree': (c_void_p,),
    'cudaHostAlloc': (_POINTER_OUT, c_size_t, c_uint),
    'cudaFreeHost': (c_void_p,),
    'cudaMemcpyAsync': (c_void_p, c_void_p, c_size_t, c_int, c_void_p),
    'cudaStreamCreateWithFlags': (_POINTER_OUT, c_uint),
    'cudaStreamSynchronize': (c_void_p,),
    'cudaStreamDestroy': (c_void_p,),
    'cudaStreamBeginCapture': (c_void_p, c_int),
    'cudaStreamEndCapture': (c_void_p, _POINTER_OUT),
    'cudaGraphInstantiateWithFlags': (_POINTER_OUT, c_void_p, c_ulonglong),
    'cudaGraphLaunch': (c_void_p, c_void_p),
    'cudaGraphDestroy': (c_void_p,),
    'cudaGraphExecDestroy': (c_void_p,),
}


class CudaError(EngineError):
    """A call of the CUDA runtime that failed; the text names the call and CUDA's own reason."""


class CudaLibrary:
    """One loaded CUDA runtime. ctypes releases the GIL during every call."""

    def __init__(self, path: str) -> None:
        """Load the library.

        Raises:
            CudaError: it is not there, or is too old to have every function that is needed.
        """
        self.path = path
        try:
            library = ctypes.CDLL(path)
            self._error_text = library.cudaGetErrorString
            self._functions = {name: getattr(library, name) for name in SIGNATURES}
        except (OSError, AttributeError) as error:
            raise CudaError(f'{path} cannot be loaded: {error}') from error
        self._error_text.argtypes = (c_int,)
        self._error_text.restype = c_char_p
        for name, arguments in SIGNATURES.items():
            self._functions[name].argtypes = arguments
            self._functions[name].restype = c_int

    def call(self, name: str, *arguments: object) -> None:
        """Call a function of ``SIGNATURES``.

        Raises:
            CudaError: it returned anything but success.
        """
        code = self._functions[name](*arguments)
        if code:
            text = (self._error_text(code) or b'unknown error').decode('utf-8', 'replace')
            raise CudaError(f'{name} failed: {text} (CUDA error {code})')

    def call_for_int(self, name: str, *arguments: object) -> int:
        """Call a function whose first argument is where it puts an integer."""
        value = c_int()
        self.call(name, ctypes.byref(value), *arguments)
        return value.value

    def call_for_pointer(self, name: str, *arguments: object) -> int:
        """Call a function whose first argument is where it puts a pointer or a handle."""
        value = c_void_p()
        self.call(name, ctypes.byref(value), *arguments)
        return value.value or 0


@functools.cache
def find_library() -> CudaLibrary:
    """Give the first CUDA runtime of this machine that sees a GPU.

    Nothing of TensorRT may be touched before this has succeeded: without a working driver
    TensorRT does not raise, it crashes the process.

    Raises:
        CudaError: there is no CUDA runtime, no driver that fits it, or no GPU.
    """
    reasons = []
    for path in _candidates():
        try:
            library = CudaLibrary(path)
        except CudaError:
            continue
        try:
            if library.call_for_int('cudaGetDeviceCount') > 0:
                return library
            reasons.append(f'{path} sees none')
        except CudaError as error:
            reasons.append(f'{path}: {error}')
    raise CudaError((reasons or ['no CUDA runtime (libcudart.so) is installed'])[0])


def _candidates() -> Iterator[str]:
    yield from SONAMES
    for folder in sys.path:
        # What the wheels nvidia-cuda-runtime (13) and nvidia-cuda-runtime-cu12 install.
        for pattern in ('nvidia/cu*/lib/libcudart.so.*', 'nvidia/cuda_runtime/lib/libcudart.so.*'):
            yield from map(str, sorted(Path(folder or '.').glob(pattern), reverse=True))
    for folder in FOLDERS:
        yield str(Path(folder) / 'libcudart.so')
