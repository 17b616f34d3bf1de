"""The names of classes: lists in text files, and what is odd about a list."""

from __future__ import annotations

from collections.abc import Sequence
import re

from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import bad, DatasetError

#: Lists of class names, one a line, in the order of their ids.
LIST_NAMES = ('classes.txt', 'obj.names', 'labels.txt', 'predefined_classes.txt')


def class_list(folder: DataFolder, *bases: str) -> tuple[str, tuple[str, ...]] | None:
    """Read the list of classes of a data set, if there is one: its name and the classes.

    Raises:
        DatasetError: a name is there twice, or the file is empty.
    """
    for base in ('', *bases):
        for name in LIST_NAMES:
            file = f'{base}/{name}' if base else name
            if file in folder:
                return file, _read(folder, file)
    return None


def _read(folder: DataFolder, file: str) -> tuple[str, ...]:
    try:
        lines = folder.lines(file)
        if not lines:
            raise bad('classes', 'holds no class', 'write one name a line, in the order of the ids')
        for place, (line, name) in enumerate(lines):
            if name in [other for _, other in lines[:place]]:
                raise bad('classes', f'"{name}" is there twice', 'remove or rename one', line)
    except DatasetError as error:
        raise error.within(file) from None
    return tuple(name for _, name in lines)


def odd_names(classes: Sequence[str]) -> list[tuple[str, str]]:
    """Give the pairs of names that differ only in case, spaces, hyphens or underscores."""
    plain: dict[str, str] = {}
    pairs = []
    for name in classes:
        key = plain_name(name)
        if key in plain:
            pairs.append((plain[key], name))
        plain.setdefault(key, name)
    return pairs


def plain_name(name: str) -> str:
    """Give a name without what people write in several ways."""
    return re.sub(r'[\s_-]+', '', name.lower())
