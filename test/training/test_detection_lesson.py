"""What a detector is shown while it learns."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training import detection_lesson
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


@pytest.mark.parametrize('name', ['board_defects', 'board_negatives', 'board_styles'])
def test_defects_of_boards_need_boards(name):
    with pytest.raises(SettingsError, match='does not know'):
        lesson(Shapes(4), **{f'augment.{name}': '0.5'})


@pytest.mark.parametrize('progress', [0.0, 1.0])
@pytest.mark.parametrize('share', [0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    ('setting', 'function'),
    [('board_negatives', 'negative_of_board'), ('board_styles', 'restyle_board')],
)
def test_boards_are_changed_as_often_as_asked_for(monkeypatch, setting, function, share, progress):
    changed = []

    def change(example, *_):
        changed.append(example)
        return example

    monkeypatch.setattr(detection_lesson, function, change)
    settings = {f'augment.{setting}': str(share), 'augment.quiet_end': '0.2'}
    for _ in lesson(Boards(32), **settings).batches(0, progress):
        pass
    assert changed == [] if not share else abs(len(changed) / 32 - share) < 0.3
