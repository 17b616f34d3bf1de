"""Fetch NVIDIA's wheels when a test needs them; they are proprietary and never committed."""

from __future__ import annotations

from dataclasses import dataclass
import functools
from pathlib import Path
import subprocess
import sys
import tempfile
import zipfile

import pytest

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / '.cache' / 'tensorrt_bindings'
_PYTHON = f'cp{sys.version_info.major}{sys.version_info.minor}'


@dataclass(frozen=True)
class Wheel:
    """One release of one project; ``python`` where there is a wheel for each Python."""

    project: str
    version: str
    python: str = ''

    @property
    def folder(self) -> Path:
        """Give where it is unpacked."""
        return CACHE / self.version / (self.python or 'any')


#: The oldest one (JetPack 6), the last 10 and the newest 11.
BINDINGS = (
    Wheel('tensorrt_cu12_bindings', '10.3.0', _PYTHON),
    Wheel('tensorrt_cu12_bindings', '10.16.1.11', _PYTHON),
    Wheel('tensorrt_cu13_bindings', '11.4.0.106', _PYTHON),
)
#: CUDA of JetPack 6, and of TensorRT 11.
CUDART = (
    Wheel('nvidia-cuda-runtime-cu12', '12.6.77'),
    Wheel('nvidia-cuda-runtime', '13.0.96'),
)


def unpacked(wheel: Wheel) -> Path:
    """Give the folder of an unpacked wheel; skip the test where it cannot be had."""
    if not wheel.folder.is_dir():
        failure = _fetch(wheel)
        if failure:
            pytest.skip(f'{wheel.project} {wheel.version} cannot be fetched: {failure}')
    return wheel.folder


@functools.cache
def _fetch(wheel: Wheel) -> str:
    """Download and unpack a wheel; give the reason where that fails, which is tried only once."""
    wheel.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wheel.folder.parent) as scratch:
        command = [sys.executable, '-m', 'pip', 'download', '--no-deps', '--only-binary=:all:']
        command += ['--disable-pip-version-check', '--retries', '1', '--timeout', '15']
        command += ['--dest', scratch, f'{wheel.project}=={wheel.version}']
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            lines = [line for line in result.stderr.splitlines() if line.startswith('ERROR')]
            return (lines or ['pip failed'])[-1]
        (archive,) = Path(scratch).glob('*.whl')
        content = Path(scratch) / 'content'
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(content)
        move_unless_there(content, wheel.folder)
    return ''


def move_unless_there(content: Path, folder: Path) -> None:
    """Put a folder in its place in one step; another test run may have been faster."""
    try:
        content.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
