"""Finding a CUDA runtime, and its errors."""

from __future__ import annotations

import pytest

from factory_perception.engines.tensorrt import libcudart
from factory_perception.engines.tensorrt.libcudart import CudaError, CudaLibrary, find_library


@pytest.fixture(autouse=True)
def _forget():
    find_library.cache_clear()
    yield
    find_library.cache_clear()


def test_a_library_that_is_not_there():
    with pytest.raises(CudaError, match=r'libnothing\.so\.1 cannot be loaded'):
        CudaLibrary('libnothing.so.1')


def test_a_library_that_is_no_cuda_runtime():
    with pytest.raises(CudaError, match=r'libc\.so\.6 cannot be loaded: .*cudaGetErrorString'):
        CudaLibrary('libc.so.6')


def test_a_machine_without_any(monkeypatch):
    monkeypatch.setattr(libcudart, '_candidates', lambda: iter(['libnothing.so.1', 'libc.so.6']))
    with pytest.raises(CudaError, match=r'no CUDA runtime .* is installed'):
        find_library()


class Library:
    """Stands in for a loaded runtime."""

    loaded: tuple[str, ...] = ()

    def __init__(self, path: str) -> None:
        Library.loaded += (path,)
        self.path = path

    def call_for_int(self, name: str) -> int:
        assert name == 'cudaGetDeviceCount'
        if self.path == 'too new':
            raise CudaError('cudaGetDeviceCount failed: driver version is insufficient')
        return {'blind': 0, 'good': 1, 'better': 2}[self.path]


@pytest.mark.parametrize(
    'paths, chosen',
    [
        (['good'], 'good'),
        (['too new', 'good', 'better'], 'good'),
        (['blind', 'too new'], 'blind sees none'),
        (['too new', 'blind'], 'too new: cudaGetDeviceCount failed'),
    ],
)
def test_the_first_that_sees_a_gpu_is_taken(monkeypatch, paths, chosen):
    monkeypatch.setattr(libcudart, 'CudaLibrary', Library)
    monkeypatch.setattr(libcudart, '_candidates', lambda: iter(paths))
    if chosen in paths:
        assert find_library().path == chosen
    else:
        with pytest.raises(CudaError, match=chosen):
            find_library()


def test_wheels_are_looked_through(tmp_path, monkeypatch):
    for folder in ('nvidia/cu13/lib', 'nvidia/cuda_runtime/lib'):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / 'libcudart.so.13').touch()
    monkeypatch.setattr('sys.path', [str(tmp_path)])
    found = list(libcudart._candidates())
    assert found[: len(libcudart.SONAMES)] == list(libcudart.SONAMES)
    assert f'{tmp_path}/nvidia/cu13/lib/libcudart.so.13' in found
    assert f'{tmp_path}/nvidia/cuda_runtime/lib/libcudart.so.13' in found
