"""YOLO text labels: one line an object, ``class x y width height`` or ``class`` and a polygon.

All numbers but the class are shares of the width and height of the picture; x and y are the middle
of the box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.box_labels import box_labels, BoxLabels
from factory_perception.training.datasets.class_names import LIST_NAMES
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.polygons import (
    MAX_CLASSES,
    Polygon,
    PolygonMask,
    with_background,
)
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.yolo_lines import read_line, Thing
from factory_perception.training.datasets.yolo_settings import yolo_settings

NAME = 'yolo'
TASKS: tuple[str, ...] = ('detect', 'segment')
LOOKS_FOR = 'images/<name>.jpg and labels/<name>.txt: class x y width height, all in 0..1'
_SNIFFED = 20


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format.

    Files in ``labels`` in place of ``images`` are enough; of files beside pictures most of the
    first must be readable so.
    """
    labels = _labels(folder)
    files = [file for file in labels.values() if file]
    moved = [file for name, file in labels.items() if file and parent(file) != parent(name)]
    if moved:
        return f'{len(files)} text files in labels in place of images, such as {moved[0]}'
    seen = good = 0
    for file in files:
        try:
            lines = folder.lines(file)
            seen += bool(lines)
            good += bool(lines and read_line(*lines[0]))
        except DatasetError:
            continue
        if seen == _SNIFFED:
            break
    if not good or good * 2 < seen:
        return None
    return f'{len(files)} text files of class and shares in 0..1 beside pictures'


def _labels(folder: DataFolder) -> dict[str, str]:
    """Give each picture its label file, or ``''``: ``labels`` in place of ``images``, or beside."""
    found = {}
    for name in folder.pictures():
        parts = parent(name).split('/')
        candidates = [f'{parent(name)}/{stem(name)}.txt'.lstrip('/')]
        if 'images' in parts:
            at = len(parts) - 1 - parts[::-1].index('images')
            moved = '/'.join([*parts[:at], 'labels', *parts[at + 1 :]])
            candidates.insert(0, f'{moved}/{stem(name)}.txt')
        found[name] = next((file for file in candidates if file in folder), '')
    return found


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """Read all labels; a picture without a label file shows nothing, and is warned about."""
    labels = _labels(folder)
    things: dict[str, list[Thing]] = {}
    for name, file in labels.items():
        try:
            things[name] = [read_line(*row) for row in folder.lines(file)] if file else []
        except DatasetError as error:
            problems.caught(error, file, record=name)
    _report_unpaired(folder, labels, problems)
    settings = yolo_settings(folder, problems)
    classes = settings.classes or _numbered(things, problems)
    records = []
    for name, row in things.items():
        try:
            record = _record(folder, task, name, labels[name], row, classes)
            records.append(replace(record, split=settings.part_of(name)))
        except DatasetError as error:
            problems.caught(error, labels[name], record=name)
    shown = classes if task == 'detect' else with_background(classes)[0]
    return PictureIndex(task, shown, tuple(records), files=tuple(map(folder.path, settings.files)))


def _numbered(things: Mapping[str, Sequence[Thing]], problems: Problems) -> tuple[str, ...]:
    """Name the classes by their numbers."""
    count = max((thing.class_id + 1 for row in things.values() for thing in row), default=0)
    if count > MAX_CLASSES:
        raise bad('classes', f'class {count - 1} and no names', 'name the classes in classes.txt')
    text = f'no data.yaml and no classes.txt: the {count} classes have only numbers'
    problems.warn('classes', text, 'write one name a line into classes.txt')
    return tuple(f'class {number}' for number in range(count))


def _record(
    folder: DataFolder,
    task: str,
    name: str,
    file: str,
    things: Sequence[Thing],
    classes: Sequence[str],
) -> Record:
    for thing in things:
        if thing.class_id >= len(classes):
            raise bad(
                'unknown-class',
                f'class {thing.class_id} of {len(classes)} classes ({", ".join(classes)})',
                'correct it or name the class',
                thing.line,
            )
    boxes: BoxLabels | None = None
    mask = None
    if task == 'detect':
        rows = [(thing.edges, thing.class_id, thing.line) for thing in things]
        boxes = box_labels(file, rows, relative=True)
    else:
        mask = _mask(file, things, with_background(classes)[1])
    return Record(
        name,
        folder.picture(name),
        recording_of(name),
        boxes=boxes,
        mask=mask,
        files=(folder.path(file),) if file else (),
    )


def _mask(file: str, things: Sequence[Thing], offset: int) -> PolygonMask:
    for thing in things:
        if not thing.points:
            text = 'a box, where segmentation needs a polygon'
            raise bad('columns', text, 'outline it, or train with --task detect', thing.line)
    polygons = tuple(
        Polygon(thing.class_id + offset, (np.array(thing.points),), thing.line) for thing in things
    )
    return PolygonMask(file, polygons, relative=True)


def _report_unpaired(folder: DataFolder, labels: dict[str, str], problems: Problems) -> None:
    bare = [name for name, file in labels.items() if not file]
    if bare:
        text = f'{len(bare)} pictures have no label file and count as showing nothing'
        problems.warn('label-missing', text, 'give each an empty file if that is so', bare[0])
    used = set(labels.values())
    for file in folder.files:
        *folders, name = file.split('/')
        lonely = name.endswith('.txt') and 'labels' in folders and name not in LIST_NAMES
        if lonely and file not in used:
            error = bad('picture-missing', 'has no picture', 'add the picture or remove the file')
            problems.caught(error, file, record=file)
