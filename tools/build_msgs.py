"""Build a ROS 2 message package into a Python wheel with the rosidl wheels and a C++ compiler.

Neither CMake nor an apt ROS is needed: the code generators come with the rclpy wheels, and the
generated sources are compiled into one extension module. Field definitions alone are enough:
comments are no part of a ROS type hash, so such a build talks to every other build of the type.

Run with the Python of the environment that the wheel is for::

    .venv/bin/python tools/build_msgs.py vision_msgs tools/interfaces/vision_msgs .cache/wheels
"""

from __future__ import annotations

import argparse
import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
import contextlib
import hashlib
import io
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

#: Everything that a message of vision_msgs can refer to.
DEPENDENCIES = ('builtin_interfaces', 'std_msgs', 'geometry_msgs')
TYPE_SUPPORTS = ('rosidl_typesupport_fastrtps_c', 'rosidl_typesupport_introspection_c')
GENERATED_HEADERS = ('rosidl_generator_c', *TYPE_SUPPORTS)

# rosidl_typesupport_c looks its implementations up in shared libraries named after the package.
# Here all of them live in one module, so the look-up is replaced by one in that same module.
DISPATCH_SOURCE = r"""
#include <dlfcn.h>
#include <cstring>
#include "rosidl_runtime_c/message_type_support_struct.h"
#include "rosidl_typesupport_c/type_support_map.h"

static void * this_module()
{
  static void * const handle = [] {
      Dl_info info;
      dladdr(reinterpret_cast<void *>(&this_module), &info);
      return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    }();
  return handle;
}

extern "C" const rosidl_message_type_support_t * module_message_handle(
  const rosidl_message_type_support_t * asked, const char * identifier)
{
  if (std::strcmp(asked->typesupport_identifier, identifier) == 0) {
    return asked;
  }
  const auto * map = static_cast<const type_support_map_t *>(asked->data);
  for (size_t i = 0; i < map->size; ++i) {
    if (std::strcmp(map->typesupport_identifier[i], identifier) != 0) {
      continue;
    }
    if (void * symbol = dlsym(this_module(), map->symbol_name[i])) {
      return reinterpret_cast<const rosidl_message_type_support_t * (*)()>(symbol)();
    }
  }
  return nullptr;
}
"""
DISPATCH_DECLARATION = (
    'struct rosidl_message_type_support_t;\n'
    'extern "C" const rosidl_message_type_support_t * module_message_handle(\n'
    '  const rosidl_message_type_support_t *, const char *);\n'
)
DISPATCH_ORIGINAL = 'rosidl_typesupport_c__get_message_typesupport_handle_function'


class Build:
    """One message package on its way from .msg files to a wheel, in a scratch folder."""

    def __init__(self, package: str, source: Path, scratch: Path, version: str) -> None:
        self.package = package
        self.source = source.resolve()
        self.version = version
        self.prefix = Path(sys.prefix)
        self.generated = scratch / 'generated'
        self.objects = scratch / 'objects'
        self.idl = scratch / 'idl'
        self.hashes = scratch / 'hashes'
        self.site = scratch / 'site' / package
        for folder in (self.generated, self.objects, self.idl / 'msg', self.hashes, self.site):
            folder.mkdir(parents=True)
        self.messages = sorted((self.source / 'msg').glob('*.msg'))
        if not self.messages:
            raise SystemExit(f'{self.source}/msg holds no .msg file')
        self.idl_tuples = [f'{self.idl}:msg/{path.stem}.idl' for path in self.messages]

    def generate(self) -> None:
        """Run every rosidl generator; each writes into a folder of its own."""
        from rosidl_adapter.msg import convert_msg_to_idl
        from rosidl_generator_c import generate_c
        from rosidl_generator_py import generate_py
        from rosidl_generator_type_description import generate_type_hash
        from rosidl_typesupport_c import generate_c as generate_dispatch
        from rosidl_typesupport_fastrtps_c import generate_typesupport_fastrtps_c
        from rosidl_typesupport_introspection_c import generate_c as generate_introspection

        for path in self.messages:
            with contextlib.redirect_stdout(io.StringIO()):
                convert_msg_to_idl(
                    self.source, self.package, path.relative_to(self.source), self.idl / 'msg'
                )
        generate_type_hash(
            self._arguments(
                'hash',
                output=self.hashes,
                include_paths=[f'{name}:{self.prefix / "share" / name}' for name in DEPENDENCIES],
            )
        )
        descriptions = [
            f'msg/{path.stem}.idl:{self.hashes}/msg/{path.stem}.json' for path in self.messages
        ]
        generate_c(
            self._arguments(
                'rosidl_generator_c',
                type_description_tuples=descriptions,
                ros_interface_files=[str(path) for path in self.messages],
            ),
            False,
        )
        generate_typesupport_fastrtps_c(self._arguments('rosidl_typesupport_fastrtps_c'))
        generate_introspection(self._arguments('rosidl_typesupport_introspection_c'))
        generate_dispatch(self._arguments('rosidl_typesupport_c'), list(TYPE_SUPPORTS))
        generate_py(
            self._arguments('rosidl_generator_py', output=self.site), ['rosidl_typesupport_c']
        )
        self._redirect_dispatch()
        self._write_visibility_headers()

    def _arguments(self, generator: str, output: Path | None = None, **extra: object) -> str:
        arguments = {
            'package_name': self.package,
            'output_dir': str(output or self.generated / generator / self.package),
            'idl_tuples': self.idl_tuples,
            'ros_interface_dependencies': [
                f'{name}:{path}'
                for name in DEPENDENCIES
                for path in sorted((self.prefix / 'share' / name).glob('*/*.idl'))
            ],
            'target_dependencies': [],
            'template_dir': str(self.prefix / 'share' / generator / 'resource'),
            **extra,
        }
        if generator == 'hash':
            del arguments['template_dir']
        path = self.generated.parent / f'{generator}.json'
        path.write_text(json.dumps(arguments))
        return str(path)

    def _redirect_dispatch(self) -> None:
        for path in (self.generated / 'rosidl_typesupport_c').rglob('*__type_support.cpp'):
            text = path.read_text().replace(DISPATCH_ORIGINAL, 'module_message_handle')
            path.write_text(DISPATCH_DECLARATION + text)
        (self.generated / 'dispatch.cpp').write_text(DISPATCH_SOURCE)

    def _write_visibility_headers(self) -> None:
        for name in GENERATED_HEADERS:
            template = (
                self.prefix / 'share' / name / 'resource' / f'{name}__visibility_control.h.in'
            )
            text = template.read_text()
            text = text.replace('@PROJECT_NAME_UPPER@', self.package.upper())
            header = self.generated / name / self.package / 'msg' / template.name[: -len('.in')]
            header.write_text(text.replace('@PROJECT_NAME@', self.package))

    def compile(self, jobs: int) -> None:
        """Compile and link all generated sources into one extension module."""
        sources = sorted(
            [*self.generated.rglob('*.c'), *self.generated.rglob('*.cpp'), *self.site.rglob('*.c')]
        )
        with ThreadPoolExecutor(jobs) as pool:
            objects = list(pool.map(self._compile_one, range(len(sources)), sources))
        libraries = [
            f'-l{name}__{kind}'
            for name in DEPENDENCIES
            for kind in (
                'rosidl_generator_c',
                'rosidl_typesupport_c',
                'rosidl_generator_py',
                *TYPE_SUPPORTS,
            )
        ]
        libraries += [
            f'-l{name}'
            for name in (
                *TYPE_SUPPORTS,
                'rosidl_typesupport_c',
                'rosidl_runtime_c',
                'fastcdr',
                'rcutils',
                'dl',
            )
        ]
        module = self.site / f'{self.package}_s__rosidl_typesupport_c.so'
        _run(
            [
                _compiler('CXX', 'g++'),
                '-shared',
                '-s',
                '-o',
                str(module),
                *map(str, objects),
                f'-L{self.prefix}/lib',
                *libraries,
                '-Wl,-rpath,$ORIGIN/../../..',
                '-Wl,--as-needed',
            ]
        )
        for path in self.site.rglob('*.c'):
            path.unlink()
        (self.site / '__init__.py').touch()

    def _compile_one(self, index: int, source: Path) -> Path:
        import numpy

        include = self.prefix / 'include'
        folders = [
            *filter(Path.is_dir, sorted(self.generated.iterdir())),
            sysconfig.get_path('include'),
            numpy.get_include(),
            include,
            *filter(Path.is_dir, sorted(include.iterdir())),
        ]
        target = self.objects / f'{index}_{source.stem}.o'
        language = (
            [_compiler('CXX', 'g++'), '-std=c++17']
            if source.suffix == '.cpp'
            else [_compiler('CC', 'gcc'), '-std=gnu11']
        )
        _run(
            [
                *language,
                '-O2',
                '-fPIC',
                '-w',
                '-DNDEBUG',
                *(f'-I{folder}' for folder in folders),
                '-c',
                str(source),
                '-o',
                str(target),
            ]
        )
        return target

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Give each file of the wheel, but its metadata, as (name in the archive, content)."""
        for path in sorted(self.site.rglob('*')):
            if path.is_file() and '__pycache__' not in path.parts:
                yield str(path.relative_to(self.site.parent)), path.read_bytes()
        share = f'{self.package}-{self.version}.data/data/share'
        for path in self.messages:
            for file in (
                path,
                self.idl / 'msg' / f'{path.stem}.idl',
                self.hashes / 'msg' / f'{path.stem}.json',
            ):
                yield f'{share}/{self.package}/msg/{file.name}', file.read_bytes()
        yield f'{share}/{self.package}/package.xml', (self.source / 'package.xml').read_bytes()
        index = f'{share}/ament_index/resource_index'
        interfaces = sorted(
            f'msg/{path.stem}.{end}' for path in self.messages for end in ('idl', 'msg')
        )
        yield f'{index}/packages/{self.package}', b''
        yield f'{index}/rosidl_interfaces/{self.package}', '\n'.join(interfaces).encode()

    def write_wheel(self, folder: Path) -> Path:
        """Pack the built module, the interface files and the ament index entry; give the path."""
        name = f'{self.package}-{self.version}'
        python = f'cp{sys.version_info.major}{sys.version_info.minor}'
        tag = f'{python}-{python}-linux_{os.uname().machine}'
        metadata = f'{name}.dist-info'
        facts = f'Metadata-Version: 2.1\nName: {self.package}\nVersion: {self.version}\n'
        kind = f'Wheel-Version: 1.0\nGenerator: build_msgs\nRoot-Is-Purelib: false\nTag: {tag}\n'
        members = [
            *self.members(),
            (f'{metadata}/METADATA', facts.encode()),
            (f'{metadata}/WHEEL', kind.encode()),
        ]
        record = [f'{member},sha256={_wheel_hash(data)},{len(data)}' for member, data in members]
        members.append(
            (f'{metadata}/RECORD', '\n'.join([*record, f'{metadata}/RECORD,,', '']).encode())
        )
        folder.mkdir(parents=True, exist_ok=True)
        wheel = folder / f'{name}-{tag}.whl'
        partial = wheel.with_suffix('.part')
        with zipfile.ZipFile(partial, 'w', zipfile.ZIP_DEFLATED) as archive:
            for member, data in members:
                info = zipfile.ZipInfo(member, (2020, 1, 1, 0, 0, 0))  # same input, same wheel
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)
        partial.replace(wheel)
        return wheel


def _compiler(variable: str, default: str) -> str:
    return os.environ.get(variable, default)


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f'{" ".join(command[:3])} … failed:\n{result.stderr[:3000]}')


def _wheel_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()


def main() -> None:
    """Build the package that the command line names and print the wheel's path."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('package')
    parser.add_argument('source', type=Path, help='folder with package.xml and msg/*.msg')
    parser.add_argument('output', type=Path, help='folder that receives the wheel')
    parser.add_argument('--version', default='4.1.1')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    for tool in (_compiler('CC', 'gcc'), _compiler('CXX', 'g++')):
        if shutil.which(tool) is None:
            raise SystemExit(
                f'{tool} is not installed: building {options.package} needs a C and '
                'C++ compiler (Debian and Ubuntu: sudo apt install g++)'
            )
    os.environ.setdefault('AMENT_PREFIX_PATH', sys.prefix)
    with tempfile.TemporaryDirectory(prefix='build_msgs_') as scratch:
        build = Build(options.package, options.source, Path(scratch), options.version)
        build.generate()
        build.compile(options.jobs)
        print(build.write_wheel(options.output.resolve()))


if __name__ == '__main__':
    main()
