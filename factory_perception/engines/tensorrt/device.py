"""The facts of a GPU and its driver: for people to read, and for the key of a plan."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path

from factory_perception.engines.tensorrt.libcudart import CudaLibrary

_MULTIPROCESSORS = 16
_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76
#: Larger than ``cudaDeviceProp`` ever was; its first member was always the name, of 256 bytes.
_PROPERTIES_SIZE, _NAME_SIZE = 16384, 256
_DRIVER_RELEASE = Path('/sys/module/nvidia/version')


@dataclass(frozen=True)
class Device:
    """One GPU as its driver describes it."""

    name: str
    compute_capability: str
    multiprocessors: int
    cuda_runtime: str
    #: The newest CUDA that the driver knows.
    cuda_driver: str
    #: The release of the kernel driver, such as ``580.65.06``; empty where it cannot be read.
    driver_release: str

    def __str__(self) -> str:
        return f'{self.name} (compute capability {self.compute_capability})'


def read_device(library: CudaLibrary, index: int = 0) -> Device:
    """Ask the CUDA runtime about a GPU.

    Raises:
        CudaError: there is no such GPU.
    """
    properties = ctypes.create_string_buffer(_PROPERTIES_SIZE)
    library.call('cudaGetDeviceProperties', properties, index)
    name = properties.raw[:_NAME_SIZE].split(b'\0')[0].decode('utf-8', 'replace')

    def attribute(number: int) -> int:
        return library.call_for_int('cudaDeviceGetAttribute', number, index)

    return Device(
        name,
        f'{attribute(_CAPABILITY_MAJOR)}.{attribute(_CAPABILITY_MINOR)}',
        attribute(_MULTIPROCESSORS),
        _version(library.call_for_int('cudaRuntimeGetVersion')),
        _version(library.call_for_int('cudaDriverGetVersion')),
        _driver_release(),
    )


def _version(number: int) -> str:
    """Write CUDA's 13010 as 13.1."""
    return f'{number // 1000}.{number % 1000 // 10}'


def _driver_release() -> str:
    try:
        return _DRIVER_RELEASE.read_text().strip()
    except OSError:  # no such module on a Jetson
        return ''
