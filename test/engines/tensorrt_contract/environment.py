"""Compile the stand-ins, and run Python with NVIDIA's bindings on top of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
import platform
import shutil
import subprocess
import sys
import tempfile

import pytest

from test.engines.tensorrt_contract.wheels import CACHE, move_unless_there, ROOT, unpacked, Wheel

_HERE = Path(__file__).parent
_CORE, _CUDART = _HERE / 'fake_core.cpp', _HERE / 'fake_cudart.c'
#: The bindings of pip are called tensorrt_bindings; the module tensorrt is that one.
_SHIM = 'import sys, tensorrt_bindings\nsys.modules[__name__] = tensorrt_bindings\n'


def compiled(major: str) -> Path:
    """Give a folder with the stand-ins for one major version; skip the test without a compiler."""
    if platform.machine() != 'x86_64':
        pytest.skip('the fake core knows the calling convention of x86-64 only')
    if not shutil.which('g++'):
        pytest.skip('g++ is not installed, which compiles the fake core')
    source = hashlib.sha256(_CORE.read_bytes() + _CUDART.read_bytes()).hexdigest()[:16]
    folder = CACHE / f'fake-{source}' / major
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            content = Path(scratch) / 'content'
            content.mkdir()
            _compile(content, major)
            move_unless_there(content, folder)
    return folder


def _compile(folder: Path, major: str) -> None:
    (folder / 'tensorrt.py').write_text(_SHIM)
    shared = ['-shared', '-fPIC', '-O1', '-Wall', '-Werror']
    jobs = [
        ['g++', '-std=c++17', *shared, str(_CORE), *_named(folder, f'libnvinfer.so.{major}')],
        ['gcc', *shared, str(_CUDART), *_named(folder, 'libcudart.so.13')],
    ]
    for empty in ('nvinfer_plugin', 'nvonnxparser'):
        name = _named(folder, f'lib{empty}.so.{major}')
        jobs.append(['gcc', *shared, '-x', 'c', '/dev/null', *name])
    for job in jobs:
        subprocess.run(job, check=True)


def _named(folder: Path, name: str) -> list[str]:
    return [f'-Wl,-soname,{name}', '-o', str(folder / name)]


def run_python(wheel: Wheel, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own where ``import tensorrt`` gives the real bindings."""
    bindings, stand_ins = unpacked(wheel), compiled(wheel.version.split('.')[0])
    environment = {
        **os.environ,
        'PYTHONPATH': os.pathsep.join(map(str, (ROOT, bindings, stand_ins))),
        'LD_LIBRARY_PATH': str(stand_ins),
    }
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
