"""Pictures that are there twice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from factory_perception.training.datasets.duplicates import find_twins, twin_problems
from factory_perception.training.datasets.perceptual_hash import near_pairs, perceptual_hash
from factory_perception.training.datasets.picture_facts import picture_facts
from factory_perception.training.datasets.picture_set import Record
from factory_perception.training.datasets.pixels import PictureFile
from test.training.datasets import makers


def scene(seed, size=(160, 120)):
    rng = np.random.default_rng(seed)
    image = np.full((size[1], size[0], 3), 120, np.uint8)
    for _ in range(12):
        centre = int(rng.integers(0, size[0])), int(rng.integers(0, size[1]))
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        cv2.circle(image, centre, int(rng.integers(5, 30)), colour, -1)
    return image


def twins_of(tmp_path, images):
    records = []
    for name, image in images.items():
        makers.stored(tmp_path / name, image)
        records.append(Record(name, PictureFile(tmp_path / name, name)))
    facts = picture_facts(tmp_path, [record.pixels for record in records])
    return records, find_twins(records, facts, {})[0]


VARIANTS = {
    'darker': lambda i: (i * 0.6).astype(np.uint8),
    'smaller': lambda i: cv2.resize(i, (80, 60), interpolation=cv2.INTER_AREA),
    'compressed': lambda i: cv2.imdecode(
        cv2.imencode('.jpg', i, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR
    ),
    'blurred': lambda i: cv2.GaussianBlur(i, (0, 0), 1.5),
}


@pytest.mark.parametrize('variant', VARIANTS.values(), ids=VARIANTS.keys())
def test_a_changed_copy_is_found(tmp_path, variant):
    images = {f'{n}.png': scene(n) for n in range(6)} | {'copy.png': variant(scene(3))}
    _, twins = twins_of(tmp_path, images)
    assert [(pair.first, pair.second, pair.equal) for pair in twins] == [(3, 6, False)]


def test_equal_values_in_other_files(tmp_path):
    images = {'a.png': scene(1), 'b.bmp': scene(1), 'c.png': scene(2), 'd.tiff': scene(1)}
    _, twins = twins_of(tmp_path, images)
    assert [(pair.first, pair.second, pair.equal) for pair in twins] == [
        (0, 1, True), (0, 3, True)
    ]  # fmt: skip


def test_alike_is_not_the_same(tmp_path):
    """Stripes of boards, and surfaces of which only the slow brightness agrees, are no twins."""
    rng = np.random.default_rng(0)
    images = {}
    ramp = np.linspace(60, 200, 96)[None, :].repeat(96, axis=0)
    for n in range(8):
        images[f'steel{n}.png'] = np.clip(ramp + rng.normal(0, 12, (96, 96)), 0, 255).astype(
            'uint8'
        )
        board = np.zeros((96, 96), np.uint8)
        for x in range(0, 96, 12):
            board[:, x : x + 6] = 255
        spots = rng.integers(0, 80, (10, 2))
        for x, y in spots:
            board[y : y + 14, x : x + 14] = 255 - board[y : y + 14, x : x + 14]
        images[f'board{n}.png'] = board
    _, twins = twins_of(tmp_path, images)
    assert not twins


def test_hashes_and_pairs():
    assert perceptual_hash(np.full((40, 60), 9, np.uint8)) == 0
    base = 0x0123_4567_89AB_CDEF
    near, far = base ^ 0b1111, base ^ 0b11111
    assert near_pairs([base, 0, near, base, far]) == [(0, 2), (0, 3), (2, 3), (2, 4)]
    assert near_pairs([base] * 5, most=3) == [(0, 1), (0, 2), (0, 3)]
    rng = np.random.default_rng(1)
    hashes = [int(h) for h in rng.integers(0, 1 << 63, 400, dtype=np.uint64)]
    for n in range(50):
        bits = rng.choice(64, 4, replace=False)
        hashes.append(hashes[n] ^ sum(1 << int(bit) for bit in bits))
    every = {(i, j) for i in range(450) for j in range(i + 1, 450)
             if (hashes[i] ^ hashes[j]).bit_count() <= 4}  # fmt: skip
    assert set(near_pairs(hashes)) == every and len(every) >= 50


@pytest.mark.parametrize(
    ('parts', 'labels', 'expected'),
    [
        ({'train': [0], 'val': [1]}, (0, 0), ('leak', 'error')),
        ({'train': [0, 1]}, (0, 0), ('copy', 'warning')),
        ({'train': [0, 1]}, (0, 1), ('label-conflict', 'error')),
        ({'val': [0], 'train': [1]}, (0, 1), ('leak', 'error')),
    ],
)
def test_what_equal_pictures_mean(tmp_path, parts, labels, expected):
    images = {'a.png': scene(1), 'b.bmp': scene(1)}
    records, twins = twins_of(tmp_path, images)
    labelled = [Record(r.name, r.pixels, label=label) for r, label in zip(records, labels)]
    [problem] = twin_problems(twins, labelled, parts)
    assert (problem.kind, problem.severity) == expected and problem.file == 'b.bmp'


def test_what_similar_pictures_mean(tmp_path):
    images = {'a.png': scene(1), 'b.png': VARIANTS['darker'](scene(1))}
    records, twins = twins_of(tmp_path, images)
    [across] = twin_problems(twins, records, {'train': [0], 'test': [1]})
    [within] = twin_problems(twins, records, {'train': [0, 1]})
    assert (across.kind, across.severity) == ('leak', 'warning')
    assert across.text == 'in test, looks like a.png in train'
    assert (within.kind, within.severity) == ('alike', 'note')


def test_equal_pictures_are_compared_with_one_that_is_in_a_part(tmp_path):
    images = {'a.png': scene(1), 'b.bmp': scene(1), 'c.tiff': scene(1)}
    records, _ = twins_of(tmp_path, images)
    facts = picture_facts(tmp_path, [record.pixels for record in records])
    parts = {'train': [1], 'val': [2]}
    twins, left_out = find_twins(records, facts, parts)
    assert {(pair.first, pair.second) for pair in twins} == {(1, 2), (1, 0)} and left_out == 0
    assert [problem.kind for problem in twin_problems(twins, records, parts)] == ['leak', 'copy']
