"""The data set: every picture hangs on its seed alone."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from factory_perception.cell.dataset import DatasetSettings, PictureSource
from factory_perception.cell.domain import Ranges

HASH = """
import hashlib, sys
from factory_perception.cell.dataset import PictureSource
source = PictureSource()
for seed in (9, 2):
    image, truth = source.sample(seed)
    print(hashlib.sha256(image.tobytes() + truth.boxes_xyxy.tobytes()).hexdigest())
"""


@pytest.fixture(scope='module')
def source():
    return PictureSource()


def digest(sample):
    image, truth = sample
    return hashlib.sha256(image.tobytes() + truth.boxes_xyxy.tobytes()).hexdigest()


def test_the_same_seed_is_the_same_bytes_in_every_order_and_process(source):
    forward = {seed: digest(source.sample(seed)) for seed in (2, 5, 9)}
    assert digest(PictureSource().sample(9)) == forward[9]
    assert len(set(forward.values())) == 3
    command = [sys.executable, '-c', HASH]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.split() == [forward[9], forward[2]]


def test_what_the_pictures_show(source):
    truths = [source.sample(seed)[1] for seed in range(40)]
    counts = np.bincount(np.concatenate([t.class_ids for t in truths]), minlength=7)
    assert (counts >= 3).all()
    assert 0.2 < counts[3:].sum() / counts[:3].sum() < 0.9
    for truth in truths:
        sides = truth.boxes_xyxy[:, 2:] - truth.boxes_xyxy[:, :2]
        flaws = truth.class_ids >= 3
        assert (sides[~flaws] >= 12).all()
        assert (sides[flaws].max(1, initial=8) >= 8).all()
        parts = set(truth.instance_ids[~flaws].tolist())
        assert set(truth.part_ids[flaws].tolist()) <= parts
        assert len(set(truth.instance_ids.tolist())) == len(truth)


def test_no_part_hides_much_of_another(source):
    for seed in range(25):
        _, truth = source.sample(seed, with_masks=True)
        parts = truth.masks[truth.class_ids < 3]
        assert (parts.sum(0) <= 1).all()
        inside = (truth.boxes_xyxy[:, :2] > 0).all(1) & (truth.boxes_xyxy[:, 2:] < (640, 480)).all(
            1
        )
        assert (truth.visible[inside & (truth.class_ids < 3)] > 0.85).all()


@pytest.mark.parametrize(
    'settings, check',
    [
        (DatasetSettings(empty_share=1.0), lambda truth: len(truth) == 0),
        (DatasetSettings(defect_share=0.0), lambda truth: (truth.class_ids < 3).all()),
        (DatasetSettings(ranges=Ranges(scale=0.0)), lambda truth: True),
    ],
)
def test_settings(settings, check):
    source = PictureSource(settings=settings)
    for seed in range(6):
        image, truth = source.sample(seed)
        assert image.shape == (480, 640, 3)
        assert check(truth)


def test_pictures_are_neither_black_nor_burnt_out(source):
    for seed in range(30):
        image, _ = source.sample(seed)
        assert 12 < image.mean() < 215
        assert np.mean(image.max(2) == 255) < 0.05


def test_a_negative_seed_is_refused(source):
    with pytest.raises(ValueError, match='seed -1 is negative'):
        source.sample(-1)
