"""The built vision_msgs are the official types: equal hashes, and they cross the wire."""

from __future__ import annotations

import json
from pathlib import Path
import sys

import pytest

# RIHS01 hashes of vision_msgs 4.1.1, as any other build of it gives them.
HASHES = {
    'Detection2DArray': '214274120007f4a683866481336b70310268cfa107aebe9d594a6acf75bda968',
    'Detection2D': '0d12b69df5c593b3455b7346fac8205437a7d4bcb09b9e0e0b2dde787ded38ea',
    'ObjectHypothesis': '51da43cec11c01957a64d1e05a24acd18aae7745ec30b74348ad5f6d634f7f90',
    'BoundingBox2D': '008eacbb0cf8f26e83795547bed013eec3675485ef386ec056d80eaaf1c1ce2f',
    'LabelInfo': '3d37df4015cdf660cc851c51897f2acd957e1ca6205ba0a99aebffb9406b0783',
    'VisionClass': '1e4a11f0fed50b5623cb8ff26ca0e37952a48a9c074d16f804b44e9164c2037a',
}


@pytest.mark.parametrize('name', HASHES)
def test_type_hash(name):
    path = Path(sys.prefix) / 'share' / 'vision_msgs' / 'msg' / f'{name}.json'
    if not path.is_file():
        pytest.skip('vision_msgs comes from the sourced ROS 2, not from tools/build_msgs.py')
    described = {
        item['type_name']: item['hash_string']
        for item in json.loads(path.read_text())['type_hashes']
    }
    assert described[f'vision_msgs/msg/{name}'] == f'RIHS01_{HASHES[name]}'
