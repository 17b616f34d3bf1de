"""What can be wrong with a set of labelled pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from factory_perception.training.datasets.audit_classes import class_problems
from factory_perception.training.datasets.box_labels import BoxLabels
from factory_perception.training.datasets.duplicates import (
    find_twins,
    MOST_CANDIDATES,
    twin_problems,
)
from factory_perception.training.datasets.opened import Opened
from factory_perception.training.datasets.picture_facts import check_records, Checked, PictureFacts
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import Problem
from factory_perception.vision.boxes import iou_matrix

#: Boxes this much on each other are the same box twice.
SAME_BOX_IOU = 0.9
#: A side of a box or a picture below which detectors see nothing.
TINY_BOX_PX, TINY_PICTURE_PX = 4, 32

Found = tuple[dict[str, dict[str, float]], dict[str, str], list[Problem]]


def audit_pictures(opened: Opened) -> Found:
    """Give the counts of every class by part, other figures, and the problems."""
    index = opened.index
    assert isinstance(index, PictureIndex)
    checked, problems = check_records(opened.folder.root, index.records)
    facts = [one.facts for one in checked]
    counts = count_classes(index, checked, opened.splits.members)
    problems += class_problems(index.task, counts)
    problems += _picture_problems(index.records, facts)
    if index.task == 'detect':
        problems += _box_problems(index.records, facts)
    twins, left_out = find_twins(index.records, facts, opened.splits.members)
    problems += twin_problems(twins, index.records, opened.splits.members)
    if left_out:
        text = (
            f'more than {MOST_CANDIDATES} pairs look alike at first sight: only those are compared'
        )
        problems.append(Problem('alike', text, severity='note'))
    sizes = Counter(fact.size_wh for fact in facts if not fact.broken)
    listed = ', '.join(f'{w} x {h} ({n})' for (w, h), n in sizes.most_common(4))
    figures = {'pictures': str(len(facts)), 'sizes': listed + (' ...' if len(sizes) > 4 else '')}
    if index.task == 'detect':
        empty = sum(record.boxes is not None and not len(record.boxes) for record in index.records)
        figures['pictures without boxes'] = str(empty)
    return counts, figures, problems


def count_classes(
    index: PictureIndex, checked: Sequence[Checked], parts: Mapping[str, Sequence[int]]
) -> dict[str, dict[str, float]]:
    """Count boxes (detect) or pictures (else) of each class: in all, and in each part."""
    per_record = [Counter(_ids(record, one)) for record, one in zip(index.records, checked)]
    counts: dict[str, dict[str, float]] = {}
    for class_id, name in enumerate(index.classes):
        row = {'all': float(sum(found[class_id] for found in per_record))}
        for part, places in parts.items():
            row[part] = float(sum(per_record[place][class_id] for place in places))
        counts[name] = row
    return counts


def _ids(record: Record, checked: Checked) -> list[int]:
    if record.boxes is not None:
        return [int(number) for number in record.boxes.class_ids]
    if record.label is not None:
        return [record.label]
    return list(checked.mask_ids)


def _picture_problems(
    records: Sequence[Record], facts: Sequence[PictureFacts]
) -> Iterator[Problem]:
    def first(places: list[int]) -> str:
        return records[places[0]].name

    good = [place for place, fact in enumerate(facts) if not fact.broken]
    grey = [place for place in good if facts[place].grey]
    if grey and len(grey) < len(good):
        text = f'{len(grey)} of {len(good)} pictures are grey, the others have colours'
        mend = 'use one kind of camera setting, or know that colour will not help'
        yield Problem('grey', text, mend, first(grey), severity='warning')
    elif grey:
        yield Problem('grey', 'all pictures are grey', severity='note')
    if len({facts[place].size_wh for place in good}) > 1:
        yield Problem('size-mixed', 'pictures have different sizes', severity='note')
    tiny = [place for place in good if min(facts[place].size_wh) < TINY_PICTURE_PX]
    if tiny:
        text = f'{len(tiny)} pictures have a side below {TINY_PICTURE_PX} pixels'
        yield Problem('picture-tiny', text, 'is that meant?', first(tiny), severity='note')
    alpha = [place for place in good if facts[place].alpha]
    if alpha:
        text = f'{len(alpha)} pictures have an alpha channel, which is dropped'
        yield Problem('alpha', text, '', first(alpha), severity='note')
    yield from _depth_problems(records, facts, [p for p in good if facts[p].bits == 16])


def _depth_problems(
    records: Sequence[Record], facts: Sequence[PictureFacts], deep: list[int]
) -> Iterator[Problem]:
    """16-bit pictures keep their high byte, so 12 bits in 16 are nearly black."""
    if not deep:
        return
    peak = max(facts[place].peak for place in deep)
    name = records[deep[0]].name
    used = peak.bit_length()
    if used <= 14:
        text = f'{len(deep)} pictures of 16 bits use {used} of them: the high byte is nearly black'
        mend = f'multiply the values by {1 << (16 - used)}, here and in the camera driver'
        yield Problem('depth', text, mend, name, severity='error')
    else:
        text = f'{len(deep)} pictures have 16 bits; their high byte is used'
        yield Problem('depth', text, '', name, severity='note')


def _box_problems(records: Sequence[Record], facts: Sequence[PictureFacts]) -> Iterator[Problem]:
    tiny, first = 0, ''
    for record, fact in zip(records, facts):
        if record.boxes is None or fact.broken or not len(record.boxes):
            continue
        yield from _double_boxes(record.boxes)
        edges = record.boxes.in_pixels(fact.size_wh)
        small = int(((edges[:, 2:] - edges[:, :2]).min(axis=1) < TINY_BOX_PX).sum())
        tiny, first = tiny + small, first or (record.name if small else '')
    if tiny:
        text = f'{tiny} boxes have a side below {TINY_BOX_PX} pixels'
        yield Problem('box-tiny', text, 'they are hardly learnt', first, severity='warning')


def _double_boxes(boxes: BoxLabels) -> Iterator[Problem]:
    overlap = np.triu(iou_matrix(boxes.edges, boxes.edges), 1)
    for first, second in np.argwhere(overlap > SAME_BOX_IOU).tolist():
        place = boxes.where[first]
        other = f'line {place}' if isinstance(place, int) else str(place)
        if boxes.class_ids[first] == boxes.class_ids[second]:
            text, mend = f'the same box as {other}', 'remove one'
            yield boxes.problem(second, 'box-double', text, mend, 'warning')
        else:
            text, mend = f'the box of {other} with another class', 'keep the one that is right'
            yield boxes.problem(second, 'label-conflict', text, mend, 'warning')
