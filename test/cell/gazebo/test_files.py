"""The files of the checkout are those that config/cell.yaml makes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from factory_perception.cell.gazebo.files import cell_files, write_files

ROOT = Path(__file__).resolve().parents[3]
MEND = 'run: factory_perception cell-files .'


@pytest.fixture(scope='module')
def files(config):
    return cell_files(config)


def test_texts_are_as_made(files):
    texts = {name: content for name, content in files.items() if not name.endswith('.png')}
    assert len(texts) > 10
    for name, content in texts.items():
        assert (ROOT / name).read_bytes() == content, f'{name} is old; {MEND}'


def test_pictures_are_as_made(files):
    pictures = {name: content for name, content in files.items() if name.endswith('.png')}
    assert len(pictures) > 5
    for name, content in pictures.items():
        made = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        there = cv2.imread(str(ROOT / name))
        assert there.shape == made.shape, f'{name} is old; {MEND}'
        assert cv2.absdiff(there, made).max() <= 4, f'{name} is old; {MEND}'  # other OpenCV builds


def test_nothing_is_left_over(files):
    lying = {str(path.relative_to(ROOT)) for path in (ROOT / 'worlds').rglob('*') if path.is_file()}
    assert lying == {name for name in files if name.startswith('worlds/')}


def test_writing_makes_folders(files, tmp_path):
    some = {'worlds/a/b.txt': b'1', 'c.txt': b'2'}
    write_files(some, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in some} == some
