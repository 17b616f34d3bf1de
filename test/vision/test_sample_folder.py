"""Samples on disk: readable by the trainer, bounded, never half there."""

from __future__ import annotations

import json

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.vision import sample_folder
from factory_perception.vision.detections import Detections
from factory_perception.vision.sample_folder import SampleError, SampleFolder

CLASSES = ('gear', 'scratch')
FOUND = Detections(
    np.array([[1, 2, 31, 42], [5, 5, 9, 9]], np.float32),
    np.array([0.9, 0.55], np.float32),
    np.array([0, 1], np.int32),
)


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8)


def fill(folder: SampleFolder, count: int, start: int = 0) -> None:
    for index in range(start, start + count):
        folder.add(picture(index), FOUND, CLASSES, index, 0.7)


def names(path) -> list[str]:
    return sorted(file.name for file in (path / 'images').iterdir())


def document(path) -> dict:
    return json.loads((path / 'annotations.json').read_text())


def is_whole(path) -> bool:
    """Say whether the annotations and the pictures tell the same story."""
    return sorted(image['file_name'] for image in document(path)['images']) == names(path)


def test_the_trainer_reads_them(tmp_path):
    fill(SampleFolder(tmp_path, 10, 10**9), 3)
    data = open_dataset(tmp_path)
    assert data.task == 'detect' and data.classes == CLASSES and len(data) == 3
    boxes = data.read(0).boxes
    assert boxes.boxes_xyxy.tolist() == [[1, 2, 31, 42], [5, 5, 9, 9]]
    assert boxes.class_ids.tolist() == [0, 1]


@pytest.mark.parametrize('most, most_bytes, left', [(4, 10**9, 4), (100, 15_000, None), (1, 1, 1)])
def test_bounded_and_the_oldest_leave(tmp_path, most, most_bytes, left):
    folder = SampleFolder(tmp_path, most, most_bytes)
    fill(folder, 12)
    assert is_whole(tmp_path) and names(tmp_path)[-1] == f'{11:020d}.jpg'
    assert left is None or len(folder) == left
    assert folder.bytes_used <= most_bytes or len(folder) == 1
    assert len(folder) == len(names(tmp_path)) < 12


def test_it_goes_on_after_a_restart(tmp_path):
    fill(SampleFolder(tmp_path, 5, 10**9), 4)
    again = SampleFolder(tmp_path, 5, 10**9)
    again.add(picture(), FOUND, ('nut', 'gear'), 99, 0.9)  # another model by now
    fill(again, 1, start=200)
    assert [item['name'] for item in document(tmp_path)['categories']] == ['gear', 'scratch', 'nut']
    assert len(again) == 5 and is_whole(tmp_path)
    third = [a for a in document(tmp_path)['annotations'] if a['image_id'] == 4]
    assert [a['category_id'] for a in third] == [3, 1]


def test_a_picture_of_a_loop_is_kept_once(tmp_path):
    folder = SampleFolder(tmp_path, 5, 10**9)
    fill(folder, 2)
    fill(folder, 2)
    assert len(folder) == 2 and is_whole(tmp_path)


@pytest.mark.parametrize('broken', ['.jpg', 'annotations.json'])
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, broken):
    folder = SampleFolder(tmp_path, 2, 10**9)
    fill(folder, 2)
    before = document(tmp_path)
    write = sample_folder.write_atomic

    def full(path, data):
        if path.name.endswith(broken):
            raise OSError(28, 'No space left on device')
        write(path, data)

    monkeypatch.setattr(sample_folder, 'write_atomic', full)
    with pytest.raises(OSError, match='No space'):
        fill(folder, 1, start=7)
    assert document(tmp_path) == before
    assert {image['file_name'] for image in before['images']} <= set(names(tmp_path))
    monkeypatch.undo()
    fill(folder, 1, start=8)
    assert len(document(tmp_path)['images']) == 2


@pytest.mark.parametrize('text', [
    '{broken', '[]', '{"images": [], "annotations": []}',
    '{"images": [{"id": 1, "file_name": "../../x.jpg", "bytes": 1}], "annotations": [], '
    '"categories": []}',
    '{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": []}',
])  # fmt: skip
def test_a_file_of_somebody_else_is_not_touched(tmp_path, text):
    (tmp_path / 'annotations.json').write_text(text)
    with pytest.raises(SampleError, match=r'annotations.json was not written by the sampler'):
        SampleFolder(tmp_path, 5, 10**9)
    assert (tmp_path / 'annotations.json').read_text() == text
