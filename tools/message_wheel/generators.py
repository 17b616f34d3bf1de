"""Run the rosidl generators, which come with the rclpy wheels; each has a folder of its own."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

from message_wheel.dispatch import redirect_dispatch
from message_wheel.package import DEPENDENCIES, Package, TYPE_SUPPORTS

_HEADERS = ('rosidl_generator_c', *TYPE_SUPPORTS)


def generate(package: Package) -> None:
    """Write the sources of the messages."""
    from rosidl_generator_c import generate_c
    from rosidl_generator_py import generate_py
    from rosidl_typesupport_c import generate_c as generate_dispatch
    from rosidl_typesupport_fastrtps_c import generate_typesupport_fastrtps_c
    from rosidl_typesupport_introspection_c import generate_c as generate_introspection

    _convert(package)
    described = {
        'type_description_tuples': [
            f'msg/{path.stem}.idl:{package.hashes}/msg/{path.stem}.json'
            for path in package.messages
        ],
        'ros_interface_files': [str(path) for path in package.messages],
    }
    generate_c(_arguments(package, 'rosidl_generator_c', **described), False)
    fast_rtps, introspection = (_arguments(package, name) for name in TYPE_SUPPORTS)
    generate_typesupport_fastrtps_c(fast_rtps)
    generate_introspection(introspection)
    generate_dispatch(_arguments(package, 'rosidl_typesupport_c'), list(TYPE_SUPPORTS))
    python = _arguments(package, 'rosidl_generator_py', output_dir=str(package.site))
    generate_py(python, ['rosidl_typesupport_c'])
    redirect_dispatch(package.generated)
    _write_visibility_headers(package)


def _convert(package: Package) -> None:
    """Give every message its .idl and its type hash."""
    from rosidl_adapter.msg import convert_msg_to_idl
    from rosidl_generator_type_description import generate_type_hash

    for path in package.messages:
        with contextlib.redirect_stdout(io.StringIO()):
            convert_msg_to_idl(
                package.source, package.name, path.relative_to(package.source), package.idl / 'msg'
            )
    folders = [f'{name}:{package.prefix / "share" / name}' for name in DEPENDENCIES]
    generate_type_hash(
        _arguments(package, 'hash', output_dir=str(package.hashes), include_paths=folders)
    )


def _arguments(package: Package, generator: str, **extra: object) -> str:
    """Write the file that a generator reads and give its path."""
    arguments = {
        'package_name': package.name,
        'output_dir': str(package.generated / generator / package.name),
        'idl_tuples': [f'{package.idl}:msg/{path.stem}.idl' for path in package.messages],
        'ros_interface_dependencies': [
            f'{name}:{path}'
            for name in DEPENDENCIES
            for path in sorted((package.prefix / 'share' / name).glob('*/*.idl'))
        ],
        'target_dependencies': [],
        'template_dir': str(package.prefix / 'share' / generator / 'resource'),
        **extra,
    }
    if generator == 'hash':
        del arguments['template_dir']
    path = package.scratch / f'{generator}.json'
    path.write_text(json.dumps(arguments))
    return str(path)


def _write_visibility_headers(package: Package) -> None:
    for name in _HEADERS:
        folder = package.prefix / 'share' / name / 'resource'
        template = folder / f'{name}__visibility_control.h.in'
        text = template.read_text()
        text = text.replace('@PROJECT_NAME_UPPER@', package.name.upper())
        header = package.generated / name / package.name / 'msg' / Path(template.name).stem
        header.write_text(text.replace('@PROJECT_NAME@', package.name))
