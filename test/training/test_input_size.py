"""The input has the shape of the pictures, unless the settings or the run before say otherwise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from factory_perception.training.data import Example
from factory_perception.training.input_size import fitting_size, with_input_size
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import load_settings


class Pictures:
    """Grey pictures of some sizes, one after the other."""

    task, origin, sha256, classes = 'detect', 'sizes', '0' * 64, ('a',)

    def __init__(self, *sizes_wh):
        self._sizes = sizes_wh

    def __len__(self):
        return 40

    def name(self, index):
        return str(index)

    def read(self, index):
        width, height = self._sizes[index % len(self._sizes)]
        return Example(cv2.resize(np.zeros((1, 1, 3), np.uint8), (width, height)))


@pytest.mark.parametrize('size_wh, pixels, input_wh', [
    ((640, 480), 512 * 384, (512, 384)),
    ((480, 640), 512 * 384, (384, 512)),
    ((640, 640), 512 * 384, (448, 448)),
    ((1920, 1080), 512 * 384, (576, 352)),
    ((1280, 1024), 512 * 384, (480, 384)),
    ((2000, 200), 512 * 384, (1280, 128)),
    ((640, 480), 128 * 96, (128, 96)),
    ((200, 200), 512 * 384, (224, 224)),  # never larger than the picture
    ((28, 28), 512 * 384, (96, 96)),  # but for the smallest
    ((3, 1000), 32 * 32, (32, 32)),
])  # fmt: skip
def test_pictures_stand_as_large_as_the_pixels_allow(size_wh, pixels, input_wh):
    assert fitting_size(size_wh, pixels) == input_wh


@pytest.mark.parametrize('sizes_wh, input_wh', [
    ([(640, 480)], (512, 384)),
    ([(640, 480), (480, 640)], (448, 448)),
    ([(640, 480)] * 3 + [(480, 640)], (480, 416)),
])  # fmt: skip
def test_mixed_pictures_agree_on_a_size(sizes_wh, input_wh):
    settings = with_input_size(load_settings('cpu', None), Pictures(*sizes_wh), None)
    assert settings.model.input_wh == input_wh


def test_what_is_set_stays_as_it_is():
    asked = load_settings('cpu', None, {'model.input_wh': '[320, 256]'})
    before = load_settings('cpu', None, {'model.input_wh': '[64, 64]'})
    assert with_input_size(asked, Pictures((640, 640)), before) is asked


def test_a_run_that_goes_on_keeps_its_size():
    before = load_settings('cpu', None, {'model.input_wh': '[64, 96]'})
    settings = with_input_size(load_settings('cpu', None), Pictures((640, 640)), before)
    assert settings.model.input_wh == (64, 96)


@pytest.mark.parametrize('size', ['[320, 0]', '[-32, 64]'])
def test_half_a_size_is_refused(size):
    settings = load_settings('cpu', None, {'model.input_wh': size})
    with pytest.raises(SettingsError, match=r'give both sides, or \[0, 0\]'):
        with_input_size(settings, Pictures((640, 640)), None)
