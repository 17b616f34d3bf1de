"""From Gazebo's labels to the truth of the cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from factory_perception.cell.gazebo.files import PARTS_FILE
from factory_perception.cell.gazebo.labelled import named
from factory_perception.cell.gazebo.parts_table import Flaw, KnownPart, read_table
from factory_perception.cell.parts import CLASSES

ROOT = Path(__file__).resolve().parents[3]
PARTS = {
    1: KnownPart('part_00', 'flange', (0, 0, 0), ()),
    2: KnownPart('part_01', 'gear', (0, 0, 0), (Flaw('chip', (0.5, 0.5, 1.0, 1.0)),)),
}


def answer(labels, boxes):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return named(np.array(labels, np.int64), boxes, PARTS, (640, 480))


def test_parts_get_their_names_and_defects_their_boxes():
    found = answer([1, 2], [(10, 20, 110, 120), (200, 100, 300, 200)])
    assert [CLASSES[index] for index in found.class_ids] == ['flange', 'gear', 'chip']
    np.testing.assert_allclose(found.boxes_xyxy[2], (250, 150, 300, 200))
    assert found.track_ids.tolist() == [8, 16, 17]


def test_what_is_beyond_the_border_is_cut_or_left_out():
    found = answer([2], [(600, 100, 700, 200)])  # 40 of 100 pixels are seen, nothing of the chip
    assert [CLASSES[index] for index in found.class_ids] == ['gear']
    np.testing.assert_allclose(found.boxes_xyxy[0], (600, 100, 640, 200))
    assert len(answer([1], [(620, 100, 720, 200)])) == 0


def test_strange_labels_and_empty_pictures_are_nothing():
    assert len(answer([77], [(0, 0, 100, 100)])) == 0
    assert len(answer([], [])) == 0


def test_the_shipped_table_names_every_part(stock):
    table = read_table(ROOT / PARTS_FILE)
    assert list(table) == [part.label for part in stock]
    for known, part in zip(table.values(), stock):
        assert known.kind == part.part.kind
        assert [flaw.kind for flaw in known.flaws] == [flaw.kind for flaw in part.part.defects]
        assert known.waiting_xyz_m == pytest.approx(part.waiting_xyz_m)
        for flaw in known.flaws:
            left, top, right, bottom = flaw.share_xyxy
            assert -0.1 < left < right < 1.1
            assert -0.1 < top < bottom < 1.1
    assert {flaw.kind for known in table.values() for flaw in known.flaws} == set(CLASSES[3:])


@pytest.mark.parametrize('text', ['', '[]', '1: {kind: gear}', 'a: b', '1: 2', '{'])
def test_what_is_no_table_is_refused(tmp_path, text):
    path = tmp_path / 'parts.yaml'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'parts\.yaml is no table of parts'):
        read_table(path)
