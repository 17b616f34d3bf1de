"""What a detector is shown while it learns."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.data import Example
from factory_perception.training.detection_lesson import DetectionLesson
from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.distributed import join_team
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import load_settings
from factory_perception.vision.detections import Detections
from test.training.shapes import Shapes


class Boards(Shapes):
    """Boards with tracks, and no defects but what is painted."""

    classes = ('open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole')

    def read(self, index):
        image = np.full((96, 128, 3), 255, np.uint8)
        image[:, 20:40] = image[:, 60:110] = 0
        return Example(image, Detections.empty())


def lesson(data, **settings) -> DetectionLesson:
    how = load_settings('tiny', None, {'model.input_wh': '[128, 96]', **settings})
    network = DetectionRecipe().network(how, data)
    return DetectionLesson(network, data, data, how, join_team())


def test_defects_are_painted_where_asked_for():
    quiet, painted = (
        next(iter(lesson(Boards(16), **{'augment.board_defects': share}).batches(0, 0.0)))
        for share in ('0.0', '1.0')
    )
    assert not quiet.exists.any()
    assert painted.exists.sum() >= 16 and len(painted.classes[painted.exists].unique()) >= 4


@pytest.mark.parametrize('name', ['board_defects', 'board_negatives'])
def test_defects_of_boards_need_boards(name):
    with pytest.raises(SettingsError, match='does not know'):
        lesson(Shapes(4), **{f'augment.{name}': '0.5'})


def test_negatives_and_other_styles_come_where_asked_for():
    def dark(**settings):
        batch = next(iter(lesson(Boards(16), **settings).batches(0, 0.0)))
        assert not batch.exists.any()
        return float((batch.images < 0).float().mean())

    assert dark(**{'augment.board_negatives': '1.0'}) > 1 - dark() - 0.2
    assert dark(**{'augment.board_styles': '1.0'}) != dark()
