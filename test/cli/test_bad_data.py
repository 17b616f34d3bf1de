"""Bad data through the real command: named with file and line, left out where asked, never half."""

from __future__ import annotations

import re

import numpy as np
import pytest

from factory_perception.cli.main import main
from test.training.datasets import makers

QUICK = ('--preset', 'tiny', '--set', 'fit.epochs=1', '--set', 'fit.batch=4',
         '--set', 'export.int8=false', '--set', 'export.fp16=false')  # fmt: skip


@pytest.fixture
def train(tmp_path, store, capsys):
    def train(data, *words):
        place = ['--store', store.roots[0], '--run-dir', tmp_path / 'run', '--name', 'cups']
        words = ['train', '--data', data, *QUICK, *place, *words]
        code = main([str(word) for word in words])
        return code, capsys.readouterr()

    return train


def cut_off(path):
    path.write_bytes(path.read_bytes()[:60])


BAD = {
    'a broken picture': (
        lambda data: cut_off(data / 'images/frame_3.png'),
        r'images/frame_3\.png: .*--skip-bad',
    ),
    'a label outside': (
        lambda data: makers.text(data / 'labels/frame_3.txt', '0 .5 .5 .1 .1\n0 1.7 .5 .5 .5\n'),
        r'labels/frame_3\.txt line 2: x is 1\.7, outside 0\.\.1.*--skip-bad leaves bad entries out',
    ),
    'an unknown class': (
        lambda data: makers.text(data / 'labels/frame_3.txt', '0 .5 .5 .1 .1\n\n5 .5 .5 .5 .5\n'),
        r'labels/frame_3\.txt line 3: class 5 of 2 classes \(cup, lid\)',
    ),
    'a missing picture': (
        lambda data: (data / 'images/frame_3.png').unlink(),
        r'labels/frame_3\.txt: .*picture',
    ),
}


@pytest.mark.parametrize('spoil, message', BAD.values(), ids=BAD)
def test_bad_entries_are_named_and_nothing_is_left(train, tmp_path, store, spoil, message):
    data = makers.yolo(tmp_path / 'data', 12)
    spoil(data)
    code, output = train(data)
    assert code == 1
    assert re.search(message, output.err), output.err
    assert not list((tmp_path / 'run').glob('*.pt'))
    assert not (store.roots[0] / 'cups').exists()


def test_bad_entries_are_left_out_and_odd_ones_are_learnt_from(train, tmp_path, store, capsys):
    data = makers.yolo(tmp_path / 'data', 24)
    for spoil, _ in BAD.values():
        spoil(data)
    makers.text(data / 'labels/frame_5.txt', 'x')
    makers.text(data / 'labels/frame_6.txt', '9 .5 .5 .5 .5')
    cut_off(data / 'images/frame_7.png')
    makers.text(data / 'data.yaml', 'names: [cup, lid, handle]\n')  # nothing is a handle
    grey = makers.pixels(8)[..., 0]
    makers.stored(data / 'images/frame_8.png', grey)
    makers.stored(data / 'images/frame_9.png', grey.astype(np.uint16) * 257)
    makers.picture(data / 'images/frame_10.png', 10, 90, 30)
    assert main(['dataset', 'check', str(data), '--skip-bad']) == 0
    listed = capsys.readouterr().out
    for name in ('frame_5', 'frame_6', 'frame_7'):
        assert f'  images/{name}.png' in listed
    for found in ('sizes: 60 x 40 ', 'there is no example of "handle"', 'grey', '16 bits'):
        assert found in listed
    code, output = train(data, '--skip-bad')
    assert code == 0, output.err
    told = [line for line in output.out.splitlines() if line.startswith('left out: ')]
    for place in ('labels/frame_5.txt line 1', 'labels/frame_6.txt line 1', 'images/frame_7.png'):
        assert any(line.startswith(f'left out: {place}: ') for line in told), output.out
    assert len(told) == len(set(told))
    folder = store.find('cups@1')
    folder.verify()
    assert list(folder.manifest.classes) == ['cup', 'lid', 'handle']


def test_one_class_is_enough_for_boxes(train, tmp_path, store):
    data = makers.coco(tmp_path / 'data', 12)
    assert train(data)[0] == 0
    assert store.find('cups@1').manifest.metrics['fp32']['per_class']['nut'] is None


def test_one_class_is_nothing_to_tell_apart(train, tmp_path):
    data = makers.image_folder(tmp_path / 'data', classes=('cat',))
    code, output = train(data)
    assert code == 1 and 'cat' in output.err


def test_a_full_disk_leaves_no_model_and_the_run_goes_on(train, tmp_path, store, monkeypatch):
    data = makers.yolo(tmp_path / 'data', 12)

    def full(path, content):
        raise OSError(28, 'No space left on device', str(path))

    with monkeypatch.context() as patch:
        patch.setattr('factory_perception.model_store.publish.write_synced', full)
        code, output = train(data)
    assert code == 1
    assert re.search(r'fp32\.onnx: No space left on device; go on with .* --resume', output.err)
    assert list(store.versions('cups')) == []
    code, output = train(data, '--resume')
    assert code == 0, output.err
    assert list(store.versions('cups')) == [1]
