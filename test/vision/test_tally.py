"""Every part is counted once, with the verdict of its pictures."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision.detections import Detections
from factory_perception.vision.tally import PartTally

CLASSES = ('gear', 'flange', 'scratch', 'stain')
DEFECTS = ('scratch', 'stain')
STEP_NS = 66_000_000


def seen(*rows: tuple[str, float, float, float]) -> Detections:
    """Give detections from (class, left, top, side)."""
    boxes = [(left, top, left + side, top + side) for _, left, top, side in rows]
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(len(rows), 0.9, np.float32),
        np.array([CLASSES.index(name) for name, *_ in rows], np.int32),
    )


def count(pictures: list[Detections]):
    """Run pictures through a tally, then let the belt be empty for a second."""
    tally = PartTally()
    verdicts = []
    for index, found in enumerate([*pictures, seen(), *[seen()] * 15]):
        verdicts += tally.update(found, CLASSES, DEFECTS, (index + 1) * STEP_NS)
    return tally.counts, verdicts


def test_good_and_defective_parts():
    pictures = [
        seen(('gear', 8 * i, 0, 60), ('flange', 8 * i, 200, 60), ('scratch', 8 * i + 20, 220, 10))
        for i in range(10)
    ]
    counts, verdicts = count(pictures)
    assert counts.good == {'gear': 1} and counts.defective == {'flange': 1}
    assert counts.defects == {'scratch': 1} and counts.recent == tuple(verdicts)
    assert {(v.kind, v.defects) for v in verdicts} == {('gear', ()), ('flange', ('scratch',))}


@pytest.mark.parametrize('doubtful, expected', [(2, {'gear': 1}), (4, {})])
def test_the_majority_of_pictures_decides(doubtful, expected):
    clean = ('gear', 0, 0, 60)
    pictures = [
        seen(clean, ('stain', 20, 20, 10)) if index < doubtful else seen(clean)
        for index in range(10)
    ]
    assert count(pictures)[0].good == expected


def test_the_class_is_the_most_frequent_one():
    pictures = [seen(('gear' if index % 3 else 'flange', 0, 0, 60)) for index in range(9)]
    assert count(pictures)[0].good == {'gear': 1}


def test_what_is_seen_for_a_moment_is_no_part():
    assert count([seen(('gear', 0, 0, 60))] * 3)[0].good == {}


def test_a_defect_belongs_to_the_smallest_part_around_it():
    pictures = [
        seen(('gear', 0, 0, 200), ('flange', 50, 50, 40), ('scratch', 60, 60, 8))
    ] * 6  # fmt: skip
    counts, _ = count(pictures)
    assert counts.defective == {'flange': 1} and counts.good == {'gear': 1}


def test_a_defect_beside_every_part_spoils_none():
    counts, _ = count([seen(('gear', 0, 0, 60), ('scratch', 300, 300, 10))] * 6)
    assert counts.good == {'gear': 1} and counts.defects == {}


def test_a_defect_seen_twice_in_one_picture_has_one_vote():
    pictures = [seen(('gear', 0, 0, 60), ('stain', 5, 5, 9), ('stain', 30, 30, 9))]
    pictures += [seen(('gear', 0, 0, 60))] * 5
    assert count(pictures)[0].good == {'gear': 1}


def test_the_list_of_parts_is_bounded():
    tally = PartTally()
    for part in range(80):
        for picture in range(5):
            stamp_ns = part * 10_000_000_000 + picture * STEP_NS
            tally.update(seen(('gear', 0, 0, 60)), CLASSES, DEFECTS, stamp_ns)
    assert len(tally.counts.recent) == 60 and tally.counts.good == {'gear': 79}
