"""The TensorRT backend against NVIDIA's real bindings of every version it claims to run on.

No GPU and no TensorRT is needed: ``docs/engines.md`` says what this proves and what it cannot.
"""

from __future__ import annotations

import ast
import ctypes
import functools
import json
import re
import subprocess

import pytest

from factory_perception.engines.tensorrt.libcudart import CudaError, CudaLibrary, SIGNATURES
from test.engines.tensorrt_contract.environment import compiled, run_python
from test.engines.tensorrt_contract.relied_on import GONE, RELIED_ON
from test.engines.tensorrt_contract.wheels import BINDINGS, CUDART, ROOT, unpacked, Wheel

BACKEND = ROOT / 'factory_perception' / 'engines' / 'tensorrt'
each_version = pytest.mark.parametrize('wheel', BINDINGS, ids=lambda wheel: wheel.version)


@functools.cache
def members(wheel: Wheel) -> dict[str, list[str]]:
    result = run_python(wheel, '-m', 'test.engines.tensorrt_contract.bindings_spec')
    assert result.returncode == 0, result.stderr
    spec = json.loads(result.stdout)
    assert spec['version'] == wheel.version
    return spec['members']


def names_used() -> set[str]:
    """Collect every chain ``trt.X.Y`` of the backend's source."""
    found = set()
    for path in BACKEND.glob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                chain = ast.unparse(node)
                if re.fullmatch(r'trt(\.\w+)+', chain):
                    found.add(chain.removeprefix('trt.'))
    return found


def test_the_names_used_are_found():
    assert {'Builder', 'BuilderFlag.TF32', 'Runtime', 'IProgressMonitor'} <= names_used()


@each_version
def test_every_name_in_the_source_exists(wheel):
    special = {'__version__', 'ILogger.__init__', 'IProgressMonitor.__init__'}
    assert not names_used() - special - set(members(wheel))


@each_version
def test_what_is_relied_on_exists_and_is_called_so(wheel):
    offered = members(wheel)
    wrong = {
        name: offered.get(name)
        for name, signature in RELIED_ON.items()
        if name not in offered or not _is_among(signature, offered[name])
    }
    assert not wrong


def _is_among(signature: str | None, offered: list[str]) -> bool:
    return signature is None or any(one.startswith(signature) for one in offered)


@pytest.mark.parametrize('name', GONE)
def test_what_is_gone_is_not_used(name):
    assert name not in members(BINDINGS[-1])
    attributes = {
        node.attr
        for path in BACKEND.glob('*.py')
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert name.rpartition('.')[2] not in attributes


@each_version
def test_the_whole_backend_runs_on_the_real_bindings(wheel):
    contract = 'test.engines.tensorrt_contract'
    result = run_python(
        wheel,
        *('-m', 'pytest', str(ROOT / contract.replace('.', '/') / 'scenario')),
        *('-p', f'{contract}.stage', '-p', 'no:cacheprovider', '-o', 'python_files=on_*.py'),
    )
    assert result.returncode == 0, result.stdout[-20000:] + result.stderr[-2000:]
    assert 'skipped' not in result.stdout


@pytest.mark.parametrize('wheel', CUDART, ids=lambda wheel: wheel.version)
def test_the_real_cuda_runtime_has_every_function_that_is_called(wheel):
    (path,) = unpacked(wheel).glob('nvidia/*/lib/libcudart.so.*')
    library = CudaLibrary(str(path))
    assert str(library.call_for_int('cudaRuntimeGetVersion') // 1000) == wheel.version[:2]
    try:
        count = library.call_for_int('cudaGetDeviceCount')
    except CudaError as error:
        assert re.search(r'cudaGetDeviceCount failed: .+ \(CUDA error \d+\)', str(error))
    else:
        assert count >= 0


def test_the_fake_cuda_runtime_has_no_function_that_the_real_one_lacks():
    (real,) = unpacked(CUDART[-1]).glob('nvidia/*/lib/libcudart.so.*')
    fake = compiled('11') / 'libcudart.so.13'
    listed = subprocess.run(['nm', '-D', '--defined-only', fake], capture_output=True, text=True)
    functions = set(re.findall(r' T (cuda\w+)', listed.stdout))
    assert functions == {*SIGNATURES, 'cudaGetErrorString'}
    library = ctypes.CDLL(str(real))
    assert all(hasattr(library, name) for name in functions)
