"""The hash of a data set, and the cache behind it."""

from __future__ import annotations

import os
from pathlib import Path
import shutil

import pytest

from factory_perception.resources import cache_home
from factory_perception.training.datasets.file_cache import FileCache
from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers


def age(folder: Path, seconds: float = 100.0) -> None:
    """Make files look old enough to be trusted by their time."""
    for path in folder.rglob('*'):
        moment = path.stat().st_mtime - seconds
        os.utime(path, (moment, moment))


def test_the_same_wherever_it_lies(tmp_path):
    first = open_dataset(makers.yolo(tmp_path / 'a')).sha256
    shutil.copytree(tmp_path / 'a', tmp_path / 'b' / 'c')
    age(tmp_path / 'b')
    assert open_dataset(tmp_path / 'b' / 'c').sha256 == first and len(first) == 64


@pytest.mark.parametrize(
    'change',
    [
        lambda f: makers.picture(f / 'images/frame_1.png', 77),
        lambda f: makers.text(f / 'labels/frame_1.txt', '0 0.5 0.5 0.5 0.25\n'),
        lambda f: makers.text(f / 'data.yaml', 'names: [cup, top]\n'),
        lambda f: makers.text(f / 'classes.txt', 'a\nb') and (f / 'data.yaml').unlink(),
        lambda f: [(f / f'{d}/frame_1.{e}').rename(f / f'{d}/g.{e}')
                   for d, e in (('images', 'png'), ('labels', 'txt'))],
        lambda f: makers.yolo(f, 5),
    ],
    ids=['picture', 'label', 'class name', 'class file', 'name', 'more'],
)  # fmt: skip
def test_every_change_counts(tmp_path, change):
    makers.yolo(tmp_path)
    age(tmp_path)
    before = open_dataset(tmp_path).sha256
    change(tmp_path)
    assert open_dataset(tmp_path).sha256 != before


def test_only_what_is_used_counts(tmp_path):
    makers.yolo(tmp_path)
    makers.text(tmp_path / 'mine.txt', 'frame_0\nframe_1')
    before = open_dataset(tmp_path, split='mine.txt').sha256
    makers.picture(tmp_path / 'images/frame_3.png', 99)
    makers.text(tmp_path / 'README.md', 'words')
    assert open_dataset(tmp_path, split='mine.txt').sha256 == before
    assert open_dataset(tmp_path).sha256 != before
    makers.text(tmp_path / 'mine.txt', 'frame_1\nframe_0')
    assert open_dataset(tmp_path, split='mine.txt').sha256 != before


def test_task_and_recordings_count(tmp_path):
    makers.coco(tmp_path / 'coco')
    assert (
        open_dataset(tmp_path / 'coco').sha256 != open_dataset(tmp_path / 'coco', 'segment').sha256
    )
    makers.run_tables(tmp_path / 'runs')
    hashes = {open_dataset(tmp_path / 'runs', split=part).sha256 for part in ('train', 'val', None)}
    assert len(hashes) == 3


def test_files_are_read_once(tmp_path):
    path = makers.text(tmp_path / 'a.txt', 'one')
    age(tmp_path)
    calls = []

    def compute(data):
        calls.append(data)
        return {'length': len(data)}

    for _ in range(2):
        with FileCache(tmp_path, 'test') as cache:
            assert cache.get(path, compute) == {'length': 3}
    assert len(calls) == 1 and list((cache_home() / 'datasets').glob('*-test.json'))
    makers.text(path, 'three')
    age(tmp_path)
    with FileCache(tmp_path, 'test') as cache:
        assert cache.get(path, compute) == {'length': 5}


def test_a_file_that_just_changed_is_not_trusted_by_its_time(tmp_path):
    path = makers.text(tmp_path / 'a.txt', 'one')
    with FileCache(tmp_path, 'test') as cache:
        cache.get(path, len)
    status = path.stat()
    makers.text(path, 'two')
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with FileCache(tmp_path, 'test') as cache:
        assert cache.get(path, bytes.decode) == 'two'


@pytest.mark.parametrize('content', ['broken', '[1]', '{"a.txt": 3}', '{"a.txt": [1, 2]}'])
def test_a_broken_cache_is_made_again(tmp_path, content):
    path = makers.text(tmp_path / 'set/a.txt', 'one')
    age(tmp_path / 'set')
    with FileCache(tmp_path / 'set', 'test', tmp_path) as cache:
        cache.get(path, len)
    [file] = tmp_path.glob('*-test.json')
    file.write_text(content)
    with FileCache(tmp_path / 'set', 'test', tmp_path) as cache:
        assert cache.get(path, len) == 3


def test_a_cache_that_cannot_be_written_is_said(tmp_path, caplog):
    path = makers.text(tmp_path / 'set/a.txt', 'one')
    age(tmp_path / 'set')
    blocked = makers.text(tmp_path / 'file', 'no folder')
    with FileCache(tmp_path / 'set', 'test', blocked) as cache:
        assert cache.get(path, len) == 3
    assert 'cannot be written' in caplog.text
