"""Pairs of a picture and its faultless template, as DeepPCB has them (arXiv:1902.06197)."""

from __future__ import annotations

from collections.abc import Sequence
import re

from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.box_labels import box_labels, BoxLabels
from factory_perception.training.datasets.class_names import class_list
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.numbers import numbers, whole
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import bad, DatasetError, Problem, Problems

NAME = 'deeppcb'
TASKS: tuple[str, ...] = ('detect',)
LOOKS_FOR = 'pictures <id>_test.png beside <id>_temp.png, and labels/<id>.txt: x1 y1 x2 y2 class'
#: Classes 1 to 6 of DeepPCB; a set of other parts brings its own classes.txt.
CLASSES = ('open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole')
_CELLS = ('x1', 'y1', 'x2', 'y2', 'class')
#: In DeepPCB the first five digits are the board.
_BOARD = re.compile(r'^\d{8}$')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    pairs = _pairs(folder)
    return f'{len(pairs)} pictures have a template (_test beside _temp)' if pairs else None


def _pairs(folder: DataFolder) -> dict[str, str]:
    """Give each ``_test`` picture that has a template, with it."""
    templates = {
        f'{parent(name)}/{stem(name)[:-5]}': name
        for name in folder.pictures()
        if stem(name).endswith('_temp')
    }
    tests = [name for name in folder.pictures() if stem(name).endswith('_test')]
    keys = {name: f'{parent(name)}/{stem(name)[:-5]}' for name in tests}
    return {name: templates[key] for name, key in keys.items() if key in templates}


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """Read all pairs; one that has no label file is left out as an error."""
    listed = class_list(folder)
    classes = listed[1] if listed else CLASSES
    pairs = _pairs(folder)
    _report_lonely(folder, pairs, problems)
    records = []
    for name, template in pairs.items():
        ident = stem(name)[:-5]
        label = _label_file(folder, name, ident)
        try:
            if label is None:
                raise bad('label-missing', f'has no label file {ident}.txt',
                          'add it, empty if there is no defect').within(name)  # fmt: skip
            boxes = _boxes(folder, label, classes)
        except DatasetError as error:
            problems.caught(error, label or name, record=name)
            continue
        records.append(
            Record(
                name,
                folder.picture(name),
                ident[:5] if _BOARD.match(ident) else recording_of(ident),
                part_of_path(parent(name)),
                boxes,
                template=folder.picture(template),
                files=(folder.path(template), folder.path(label)),
            )
        )
    known = all(_BOARD.match(stem(record.name)[:-5]) for record in records)
    files = (folder.path(listed[0]),) if listed else ()
    return PictureIndex(task, classes, tuple(records), known, files)


def _report_lonely(folder: DataFolder, pairs: dict[str, str], problems: Problems) -> None:
    used = {*pairs, *pairs.values()}
    for name in folder.pictures():
        if name not in used and stem(name).endswith(('_test', '_temp')):
            other = name.replace('_test.', '_temp.') if '_test.' in name else ''
            text = f'has no {other}' if other else 'is a template without a picture'
            problems.add(Problem('pair-missing', text, 'add the missing half', name, record=name))


def _label_file(folder: DataFolder, name: str, ident: str) -> str | None:
    """Look in ``labels`` beside the pictures' folder, and in ``<folder>_not`` of the original."""
    above = parent(parent(name))
    start = f'{above}/' if above else ''
    for candidate in (f'{start}labels', f'{parent(name)}_not', parent(name), 'labels'):
        file = f'{candidate}/{ident}.txt' if candidate else f'{ident}.txt'
        if file in folder:
            return file
    return None


def _boxes(folder: DataFolder, file: str, classes: Sequence[str]) -> BoxLabels:
    rows = []
    for line, text in folder.lines(file):
        cells = text.replace(',', ' ').split()
        *edges, _ = numbers(cells, _CELLS, line)
        number = whole(cells[4], 'class', line)
        if not 1 <= number <= len(classes):
            raise bad(
                'unknown-class',
                f'class {number} is not one of 1 to {len(classes)} ({", ".join(classes)})',
                'correct it, or name all classes in classes.txt',
                line,
            )
        rows.append((edges, number - 1, line))
    return box_labels(file, rows)
