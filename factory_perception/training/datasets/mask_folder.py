"""Pictures and masks side by side: ``images/<name>.jpg`` and ``masks/<name>.png``.

The values of a mask are class ids; 0 is the background. classes.txt names them: line n the value
n - 1, or every line a value and a name (``255 scratch``; two values may have one name).
"""

from __future__ import annotations

from collections.abc import Sequence
import re

import numpy as np

from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.file_cache import FileCache
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.masks import FileMask, mask_values
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.polygons import MAX_CLASSES
from factory_perception.training.datasets.problems import bad, DatasetError, Problems

NAME = 'mask_folder'
TASKS: tuple[str, ...] = ('segment',)
LOOKS_FOR = 'images/<name>.jpg and masks/<name>.png whose grey values are classes'
_PICTURES = ('images', 'JPEGImages', 'imgs', 'img')
_MASKS = ('masks', 'SegmentationClass', 'mask', 'labels', 'annotations')
_ENDINGS = ('', '_mask', '_label', '_gt')
#: More values than this without a list of classes are no classes, but blurred by compression.
_MOST_UNNAMED = 32


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    pairs = [mask for mask in _pairs(folder).values() if mask]
    return f'{len(pairs)} pictures have a mask, such as {pairs[0]}' if pairs else None


def _pairs(folder: DataFolder) -> dict[str, str]:
    """Give each picture its mask, or ``''``."""
    pictures = folder.pictures()
    by_bare = {f'{parent(name)}/{stem(name)}': name for name in pictures}
    found = {}
    for name in pictures:
        parts = parent(name).split('/')
        at = next((at for at, part in enumerate(parts) if part in _PICTURES), None)
        if at is not None:
            moved = ('/'.join([*parts[:at], mask, *parts[at + 1 :]]) for mask in _MASKS)
            keys = [f'{base}/{stem(name)}{ending}' for base in moved for ending in _ENDINGS]
            found[name] = next((by_bare[key] for key in keys if key in by_bare), '')
    return found


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """List all pairs; a picture without a mask is an error."""
    pairs, records, usable = _pairs(folder), [], {}
    for name, mask in pairs.items():
        if mask:
            usable[name] = mask
        else:
            problems.caught(
                bad('mask-missing', 'has no mask', 'add one, all 0 if it shows nothing'),
                name, record=name,
            )  # fmt: skip
    if 'classes.txt' in folder:
        classes, ids = _named(folder)
    else:
        classes, ids = _from_values(_values(folder, usable, problems))
    for name, mask in usable.items():
        records.append(
            Record(
                name,
                folder.picture(name),
                recording_of(name),
                part_of_path(parent(name)),
                mask=FileMask(folder.path(mask), mask, ids),
                files=(folder.path(mask),),
            )
        )
    files = [folder.path(name) for name in ('classes.txt',) if name in folder]
    return PictureIndex(task, classes, tuple(records), files=tuple(files))


def _named(folder: DataFolder) -> tuple[tuple[str, ...], dict[int, int]]:
    """Read classes.txt: the classes, and the class id of each value."""
    lines = folder.lines('classes.txt')
    matches = [re.match(r'(\d{1,5})\s+(\S.*)$', text) for _, text in lines]
    if lines and all(matches):
        pairs = [(int(match[1]), match[2]) for match in matches if match]
    else:
        pairs = [(value, text) for value, (_, text) in enumerate(lines)]
    names = tuple(dict.fromkeys(name for _, name in sorted(pairs)))
    if not names or len(names) > MAX_CLASSES or len({value for value, _ in pairs}) < len(pairs):
        text = f'names {len(names)} classes, or one value twice'
        raise bad('classes', text, 'write one class a line').within('classes.txt')
    ids = {value: names.index(name) for value, name in pairs}
    if ids == {0: 0, 1: 1}:
        ids[255] = 1  # masks of two classes are often black and white
    return names, ids


def _from_values(values: Sequence[int]) -> tuple[tuple[str, ...], dict[int, int]]:
    things = [value for value in values if value]
    if len(things) > _MOST_UNNAMED:
        text = f'the masks have {len(things)} values and there is no classes.txt'
        raise bad('classes', text, 'write one, or save the masks as PNG if they are JPEG')
    names = ['object'] if things in ([1], [255]) else [f'value {value}' for value in things]
    return ('background', *names), {0: 0} | {value: i for i, value in enumerate(things, 1)}


def _values(folder: DataFolder, pairs: dict[str, str], problems: Problems) -> list[int]:
    """Gather the values of all masks; the pictures of broken ones are taken out."""
    found: set[int] = set()
    with FileCache(folder.root, 'values') as cache:
        for name, mask in list(pairs.items()):
            try:
                values = cache.get(folder.path(mask), _distinct)
            except DatasetError as error:
                problems.caught(error, mask, record=name)
                del pairs[name]
            else:
                found |= set(values)
    return sorted(found)


def _distinct(data: bytes) -> list[int]:
    values: list[int] = np.unique(mask_values(data)).tolist()
    return values
