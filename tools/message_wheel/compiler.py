"""Compile and link all generated sources into one extension module."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import shutil
import subprocess
import sysconfig

from message_wheel.package import DEPENDENCIES, Package, TYPE_SUPPORTS

_FLAGS = ('-O2', '-fPIC', '-w', '-DNDEBUG')
_OF_A_PACKAGE = (
    'rosidl_generator_c', 'rosidl_typesupport_c', 'rosidl_generator_py', *TYPE_SUPPORTS,
)  # fmt: skip
_LIBRARIES = (
    *(f'{name}__{kind}' for name in DEPENDENCIES for kind in _OF_A_PACKAGE),
    *TYPE_SUPPORTS, 'rosidl_typesupport_c', 'rosidl_runtime_c', 'fastcdr', 'rcutils', 'dl',
)  # fmt: skip


def check_compilers(name: str) -> None:
    """Refuse to build the package of that name where there is no compiler."""
    for tool in (_c(), _cpp()):
        if shutil.which(tool) is None:
            raise SystemExit(
                f'{tool} is not installed: building {name} needs a C and '
                'C++ compiler (Debian and Ubuntu: sudo apt install g++)'
            )


def compile_module(package: Package, jobs: int) -> None:
    """Turn the sources into the extension module of the Python package, several at a time."""
    found = [package.generated.rglob(f'*.{end}') for end in ('c', 'cpp')]
    sources = sorted(path for paths in (*found, package.site.rglob('*.c')) for path in paths)
    with ThreadPoolExecutor(jobs) as pool:
        each = pool.map(lambda numbered: _compile(package, *numbered), enumerate(sources))
        objects = list(each)
    module = package.site / f'{package.name}_s__rosidl_typesupport_c.so'
    libraries = [f'-l{name}' for name in _LIBRARIES]
    _run(
        [
            _cpp(), '-shared', '-s', '-o', str(module), *map(str, objects),
            f'-L{package.prefix}/lib', *libraries,
            '-Wl,-rpath,$ORIGIN/../../..', '-Wl,--as-needed',
        ]
    )  # fmt: skip
    for path in package.site.rglob('*.c'):
        path.unlink()
    (package.site / '__init__.py').touch()


def _compile(package: Package, number: int, source: Path) -> Path:
    import numpy

    include = package.prefix / 'include'
    folders = [
        *filter(Path.is_dir, sorted(package.generated.iterdir())),
        sysconfig.get_path('include'),
        numpy.get_include(),
        include,
        *filter(Path.is_dir, sorted(include.iterdir())),
    ]
    target = package.objects / f'{number}_{source.stem}.o'
    language = [_cpp(), '-std=c++17'] if source.suffix == '.cpp' else [_c(), '-std=gnu11']
    headers = [f'-I{folder}' for folder in folders]
    _run([*language, *_FLAGS, *headers, '-c', str(source), '-o', str(target)])
    return target


def _c() -> str:
    return os.environ.get('CC', 'gcc')


def _cpp() -> str:
    return os.environ.get('CXX', 'g++')


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f'{" ".join(command[:3])} … failed:\n{result.stderr[:3000]}')
