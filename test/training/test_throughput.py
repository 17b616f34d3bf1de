"""Our loop and a plain one take turns on the same pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.input_size import with_input_size
from factory_perception.training.reference_loop import FilesWithBoxes
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import load_settings
from factory_perception.training.throughput import training_throughput
from test.training.datasets import makers


@pytest.fixture
def pictures(tmp_path):
    data = open_dataset(makers.coco(tmp_path / 'data', 8))
    settings = load_settings('tiny', None, {'fit.batch': '2', 'fit.epochs': '0'})
    return data, with_input_size(settings, data, None)


def test_both_loops_are_measured(pictures):
    found = training_throughput(*pictures, rounds=2, steps=2)
    assert found['input_wh'] == [96, 64] and found['batch'] == 2
    assert set(found['pictures_per_second']) == {'ours', 'ours_fp32', 'plain'}
    assert all(rate > 0 for rate in found['pictures_per_second'].values())
    ratio = found['ours_to_plain']
    assert len(ratio['rounds']) == 2
    assert ratio['median'] == pytest.approx(np.mean(ratio['rounds']), abs=2e-3)


def test_too_few_pictures_are_refused(pictures):
    with pytest.raises(SettingsError, match=r'20 pictures are needed, .* has 8'):
        training_throughput(*pictures, rounds=1, steps=9)


def test_the_plain_loop_sees_the_same_pictures(pictures):
    data, settings = pictures
    changes = 'flip_horizontal flip_vertical shift light colour noise blur'
    still = {f'augment.{name}': '0' for name in changes.split()}
    still |= {'augment.zoom_low': '1', 'augment.zoom_high': '1', 'model.input_wh': '[60, 40]'}
    settings = load_settings('tiny', None, still)
    example = data.read(0)
    edges = torch.from_numpy(example.boxes.boxes_xyxy)
    sample = data.records[0].pixels.path, edges, torch.zeros(1, dtype=torch.int64)
    picture, target = FilesWithBoxes([sample], settings)[0]
    assert picture.shape == (3, 40, 60)
    shown = (np.asarray(picture).transpose(1, 2, 0) * 0.235 + 0.447) * 255
    assert np.allclose(shown[..., ::-1], example.image_bgr, atol=1)
    assert torch.equal(target['boxes'], edges)
