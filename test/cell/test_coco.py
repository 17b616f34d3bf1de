"""COCO on disk, read back."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from factory_perception.cell.coco import write_coco
from factory_perception.cell.dataset import PictureSource
from factory_perception.cell.parts import CLASSES


@pytest.mark.parametrize('quality, ending', [(None, '.png'), (92, '.jpg')])
def test_what_is_written_is_what_was_drawn(tmp_path, quality, ending):
    document = json.loads(write_coco(tmp_path, [4, 7], jpeg_quality=quality).read_text())
    assert [one['name'] for one in document['categories']] == list(CLASSES)
    assert [one['id'] for one in document['categories']] == list(range(1, 8))
    assert [one['seed'] for one in document['images']] == [4, 7]
    source = PictureSource()
    for entry in document['images']:
        image, truth = source.sample(entry['seed'])
        stored = cv2.imread(str(tmp_path / 'images' / entry['file_name']))
        assert entry['file_name'].endswith(ending)
        worst = np.abs(stored.astype(int) - image).mean()
        assert worst == 0 if quality is None else worst < 3
        found = [one for one in document['annotations'] if one['image_id'] == entry['id']]
        boxes = np.array([one['bbox'] for one in found]).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        assert np.array_equal(boxes, truth.boxes_xyxy)
        assert [one['category_id'] - 1 for one in found] == truth.class_ids.tolist()
        assert [one['area'] for one in found] == truth.areas.tolist()
    ids = [one['id'] for one in document['annotations']]
    assert ids == list(range(1, len(ids) + 1))


def test_two_processes_write_the_same(tmp_path):
    one = write_coco(tmp_path / 'one', range(3)).read_bytes()
    two = write_coco(tmp_path / 'two', range(3), workers=2).read_bytes()
    assert one == two
    for path in (tmp_path / 'one' / 'images').iterdir():
        assert path.read_bytes() == (tmp_path / 'two' / 'images' / path.name).read_bytes()


def test_an_interrupted_run_has_no_annotations(tmp_path, monkeypatch):
    def stop(self, seed):
        raise KeyboardInterrupt

    monkeypatch.setattr(PictureSource, 'sample', stop)
    with pytest.raises(KeyboardInterrupt):
        write_coco(tmp_path, [1])
    assert not (tmp_path / 'annotations.json').exists()
