"""Text files of names, one a line, that select some of a data set."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
import re

from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import bad, DatasetError, Problem, Problems


class NameTable:
    """Looks up pictures by what a list calls them: path, file name, with or without ending."""

    def __init__(self, names: Sequence[str]) -> None:
        self._places: dict[str, set[int]] = defaultdict(set)
        for place, name in enumerate(names):
            bare = str(PurePosixPath(name).with_suffix('')) if '.' in name else name
            ids = {name, bare, PurePosixPath(name).name, PurePosixPath(bare).name}
            ids |= {re.sub(r'_test$', '', one) for one in ids}
            for one in ids:
                self._places[one].add(place)

    def find(self, name: str, line: int) -> int:
        """Give the place of a picture.

        Raises:
            DatasetError: there is none of that name, or more than one.
        """
        wanted = name.replace('\\', '/')
        parts = [part for part in wanted.split('/') if part not in ('', '.', '..')]
        bare = '/'.join(parts)
        tails = ['/'.join(parts[start:]) for start in range(len(parts))]
        for tail in [wanted, *tails, *(re.sub(r'\.\w{1,5}$', '', tail) for tail in tails)]:
            places = self._places.get(tail, set())
            if len(places) == 1:
                return next(iter(places))
            if places:
                text = f'"{bare[:120]}" could be {len(places)} pictures'
                raise bad('list-name', text, 'write their paths below the data folder', line)
        text = f'there is no picture with labels named "{bare[:120]}"'
        raise bad('list-name', text, 'remove the line or add the picture', line)


def read_list(
    lines: Sequence[tuple[int, str]], names: Sequence[str], file: str, problems: Problems
) -> tuple[int, ...]:
    """Read a list file: one name a line, ``#`` begins a comment; what follows a name is ignored."""
    table, places = NameTable(names), []
    for line, text in lines:
        if text.startswith('#'):
            continue
        try:
            try:
                places.append(table.find(text, line))
            except DatasetError:
                if not re.search(r'\s', text):
                    raise
                places.append(table.find(text.split()[0], line))
        except DatasetError as error:
            problems.caught(error, file, record=text)
    double = [place for place, count in Counter(places).items() if count > 1]
    if double:
        text = f'{names[double[0]]} and {len(double) - 1} other names are there twice'
        problems.warn('list-double', text, 'each counts once: remove the second', file)
    return tuple(dict.fromkeys(places))


def named_list(
    path: Path, folder: DataFolder, names: Sequence[str], problems: Problems
) -> tuple[int, ...]:
    """Read a list file that the user names: in the data folder, or anywhere.

    Raises:
        DatasetError: there is no such file, or it is no text.
    """
    inside = folder.find(str(path)) if not path.is_absolute() and '..' not in path.parts else None
    if inside is None and not path.is_file():
        raise DatasetError(
            Problem('split', f'there is no list file {path}', 'give a text file of names')
        )
    try:
        text = (folder.path(inside) if inside else path).read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise DatasetError(
            Problem('encoding', 'is no UTF-8 text', 'save it as UTF-8', str(path))
        ) from error
    rows = [(line, row.strip()) for line, row in enumerate(text.split('\n'), 1) if row.strip()]
    return read_list(rows, names, inside or str(path), problems)
