"""Pack the built module, the interface files and the ament index entry: PEP 427."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
import hashlib
import os
from pathlib import Path
import sys
import zipfile

from message_wheel.package import Package


def write_wheel(package: Package, folder: Path) -> Path:
    """Write the wheel into a folder; give its path."""
    name = f'{package.name}-{package.version}'
    python = f'cp{sys.version_info.major}{sys.version_info.minor}'
    tag = f'{python}-{python}-linux_{os.uname().machine}'
    metadata = f'{name}.dist-info'
    facts = f'Metadata-Version: 2.1\nName: {package.name}\nVersion: {package.version}\n'
    kind = f'Wheel-Version: 1.0\nGenerator: build_msgs\nRoot-Is-Purelib: false\nTag: {tag}\n'
    members = [
        *_members(package),
        (f'{metadata}/METADATA', facts.encode()),
        (f'{metadata}/WHEEL', kind.encode()),
    ]
    record = [f'{member},sha256={_hash(data)},{len(data)}' for member, data in members]
    members.append(
        (f'{metadata}/RECORD', '\n'.join([*record, f'{metadata}/RECORD,,', '']).encode())
    )
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f'{name}-{tag}.whl'
    partial = wheel.with_suffix('.part')
    _write_archive(partial, members)
    partial.replace(wheel)
    return wheel


def _members(package: Package) -> Iterator[tuple[str, bytes]]:
    """Give each file of the wheel, but its metadata, as (name in the archive, content)."""
    for path in sorted(package.site.rglob('*')):
        if path.is_file() and '__pycache__' not in path.parts:
            yield str(path.relative_to(package.site.parent)), path.read_bytes()
    share = f'{package.name}-{package.version}.data/data/share'
    for path in package.messages:
        for file in (
            path,
            package.idl / 'msg' / f'{path.stem}.idl',
            package.hashes / 'msg' / f'{path.stem}.json',
        ):
            yield f'{share}/{package.name}/msg/{file.name}', file.read_bytes()
    yield f'{share}/{package.name}/package.xml', (package.source / 'package.xml').read_bytes()
    index = f'{share}/ament_index/resource_index'
    interfaces = sorted(
        f'msg/{path.stem}.{end}' for path in package.messages for end in ('idl', 'msg')
    )
    yield f'{index}/packages/{package.name}', b''
    yield f'{index}/rosidl_interfaces/{package.name}', '\n'.join(interfaces).encode()


def _write_archive(path: Path, members: Iterable[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for member, data in members:
            info = zipfile.ZipInfo(member, (2020, 1, 1, 0, 0, 0))  # same input, same wheel
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()
