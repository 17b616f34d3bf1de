"""Which parts a data set has: by lists of names, by its folders, or made by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
import re

from factory_perception.training.datasets.automatic_split import Member
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.problems import bad, DatasetError, Problem, Problems

_WORDS = {
    'train': 'train', 'training': 'train', 'val': 'val', 'valid': 'val', 'validation': 'val',
    'test': 'test', 'testing': 'test', 'trainval': 'trainval',
}  # fmt: skip
#: Folders in which lists of names are looked for.
_LIST_FOLDERS = ('', 'ImageSets/Main', 'ImageSets/Segmentation', 'splits')


def split_word(name: str) -> str:
    """Give ``train``, ``val`` or ``test`` when a file or folder name says so, else ``''``."""
    for word in re.split(r'[^a-z]+', name.lower()):
        if word in _WORDS:
            return _WORDS[word]
    return ''


def part_of_folder(name: str) -> str:
    """Give the part when a folder is called nothing but ``train``, ``val``, ``test`` or alike."""
    return _WORDS.get(name.lower(), '')


@dataclass(frozen=True)
class Splits:
    """The parts of a data set.

    Attributes:
        members: for each part the places of its pictures or recordings.
        how: where the parts come from, in words.
        automatic: whether ``val`` was made by rule.
    """

    members: Mapping[str, tuple[int, ...]]
    how: str
    automatic: bool = False


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


def list_files(folder: DataFolder) -> dict[str, str]:
    """Give the list files of a data set by the parts they name, such as ``train``."""
    found: dict[str, str] = {}
    for name in folder.files:
        if name.endswith('.txt') and parent(name) in _LIST_FOLDERS and split_word(stem(name)):
            exact = stem(name).lower()
            if parent(name).startswith('ImageSets') and exact not in _WORDS:
                continue  # lists of single classes, with marks
            found.setdefault(_WORDS.get(exact, exact), name)
    return found


def find_splits(
    folder: DataFolder,
    members: Sequence[Member],
    said: Sequence[str],
    divide: Callable[[Sequence[Member]], tuple[set[str], str]],
    problems: Problems,
) -> Splits:
    """Find the parts of a data set; what is missing of ``train`` and ``val`` is made.

    Args:
        folder: where lists are looked for.
        members: every picture or recording.
        said: for each the part that its place in the folder says, or ``''``.
        divide: chooses the names for ``val`` and says by which rule, or why there are none.
        problems: takes what is wrong with the lists.
    """
    names = [member.name for member in members]
    parts: dict[str, tuple[int, ...]] = {}
    sources = []
    for part in ('train', 'val', 'test'):
        places = tuple(place for place, word in enumerate(said) if word == part)
        if places:
            parts[part] = places
            sources.append(f'{part} by its folder')
    for part, file in list_files(folder).items():
        places = _read_list_file(folder, file, names, problems)
        if places:
            parts[part] = places
            sources.append(f'{part} from {file}')
    taken = {place for part in ('val', 'test') for place in parts.get(part, ())}
    if 'train' not in parts:
        parts['train'] = tuple(place for place in range(len(names)) if place not in taken)
        if taken:
            sources.append('train is the rest')
    _report_overlap(parts, names, problems)
    if 'val' in parts or not parts['train']:
        return Splits(parts, ', '.join(sources))
    chosen, rule = divide([members[place] for place in parts['train']])
    if not chosen:
        return Splits(parts, ', '.join([*sources, f'no val: {rule}']))
    parts['val'] = tuple(place for place in parts['train'] if names[place] in chosen)
    parts['train'] = tuple(place for place in parts['train'] if names[place] not in chosen)
    return Splits(parts, ', '.join([*sources, f'val by rule: {rule}']), automatic=True)


def _read_list_file(
    folder: DataFolder, file: str, names: Sequence[str], problems: Problems
) -> tuple[int, ...]:
    own = Problems()
    try:
        lines = folder.lines(file)
        places = read_list(lines, names, file, own)
    except DatasetError as error:
        problems.caught(error, file)
        return ()
    if stem(file).lower() not in _WORDS and len(own.errors) > len(lines) / 2:
        problems.note('list-other', 'is no list of pictures, in spite of its name', '', file)
        return ()
    problems.found += own.found
    return places


def _report_overlap(
    parts: Mapping[str, tuple[int, ...]], names: Sequence[str], problems: Problems
) -> None:
    for first, second in (('train', 'val'), ('train', 'test'), ('val', 'test')):
        both = sorted(set(parts.get(first, ())) & set(parts.get(second, ())))
        if both:
            text = f'{names[both[0]]} and {len(both) - 1} others are in {first} and in {second}'
            problems.add(Problem('two-parts', text, f'remove them from {first}'))


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
