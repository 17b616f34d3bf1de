"""The wheel: the same input gives the same file, and its record holds."""

from __future__ import annotations

import base64
import hashlib
import zipfile

from message_wheel.package import Package
from message_wheel.wheel import write_wheel


def built(folder):
    """Give a package as it is after the compiler."""
    source = folder / 'source'
    (source / 'msg').mkdir(parents=True)
    (source / 'package.xml').write_text('<package/>')
    (source / 'msg' / 'Part.msg').write_text('int32 number\n')
    package = Package('some_msgs', source, folder / 'scratch', '1.2.3')
    (package.idl / 'msg' / 'Part.idl').write_text('module some_msgs {};\n')
    (package.hashes / 'msg').mkdir()
    (package.hashes / 'msg' / 'Part.json').write_text('{}')
    (package.site / '__init__.py').touch()
    return package


def test_a_wheel_holds_the_module_the_interfaces_and_their_index(tmp_path):
    wheel = write_wheel(built(tmp_path), tmp_path / 'wheels')
    share = 'some_msgs-1.2.3.data/data/share'
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        index = f'{share}/ament_index/resource_index/rosidl_interfaces/some_msgs'
        assert archive.read(index).decode().split() == ['msg/Part.idl', 'msg/Part.msg']
        record = archive.read('some_msgs-1.2.3.dist-info/RECORD').decode().split()
        for line in record[:-1]:
            name, digest, size = line.split(',')
            data = archive.read(name)
            hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')
            assert (digest, int(size)) == (f'sha256={hashed}', len(data))
    assert {line.split(',')[0] for line in record} == names
    assert {'some_msgs/__init__.py', f'{share}/some_msgs/msg/Part.msg'} <= names


def test_the_same_input_gives_the_same_wheel(tmp_path):
    wheels = [write_wheel(built(tmp_path / name), tmp_path / name) for name in 'ab']
    assert wheels[0].name == wheels[1].name
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
