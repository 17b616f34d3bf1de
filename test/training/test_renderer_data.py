"""Pictures of the cell: drawn once, the same each time, fuller where that was asked for."""

from __future__ import annotations

import numpy as np

from factory_perception.training.opening import open_pictures
from factory_perception.training.renderer_data import PLAIN_EVERY, RendererData


def test_a_picture_is_drawn_once_and_kept(tmp_path):
    data = RendererData(1, 7, tmp_path)
    drawn = data.read(0)
    (file,) = tmp_path.rglob('*.npz')
    stamp = file.stat().st_mtime_ns
    kept = RendererData(1, 7, tmp_path).read(0)
    assert np.array_equal(drawn.image_bgr, kept.image_bgr)
    assert np.array_equal(drawn.boxes.boxes_xyxy, kept.boxes.boxes_xyxy)
    assert file.stat().st_mtime_ns == stamp


def test_most_crowded_pictures_are_fuller_and_the_rest_as_they_were(tmp_path):
    plain = RendererData(PLAIN_EVERY, 20, tmp_path)
    crowded = RendererData(PLAIN_EVERY, 20, tmp_path, crowded=True)
    assert np.array_equal(plain.read(0).image_bgr, crowded.read(0).image_bgr)
    defects = [
        sum(int((data.read(i).boxes.class_ids >= 3).sum()) for i in range(1, PLAIN_EVERY))
        for data in (plain, crowded)
    ]
    assert defects[1] > defects[0] + 5
    assert plain.sha256 != crowded.sha256 and crowded.origin.endswith('crowded')


def test_only_what_is_learnt_from_is_crowded():
    assert open_pictures('cell', None, 'train', 2).origin.endswith('crowded')
    for part in ('val', 'test'):
        assert not open_pictures('cell', None, part, 2).origin.endswith('crowded')
