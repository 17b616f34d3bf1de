"""Which parts a data set has: by lists of names, by its folders, or made by rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from factory_perception.training.datasets.automatic_split import Member
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.name_lists import read_list
from factory_perception.training.datasets.part_names import PART_WORDS, split_word
from factory_perception.training.datasets.problems import DatasetError, Problem, Problems

#: Folders in which lists of names are looked for.
_LIST_FOLDERS = ('', 'ImageSets/Main', 'ImageSets/Segmentation', 'splits')


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


def list_files(folder: DataFolder) -> dict[str, str]:
    """Give the list files of a data set by the parts they name, such as ``train``."""
    found: dict[str, str] = {}
    for name in folder.files:
        if name.endswith('.txt') and parent(name) in _LIST_FOLDERS and split_word(stem(name)):
            exact = stem(name).lower()
            if parent(name).startswith('ImageSets') and exact not in PART_WORDS:
                continue  # lists of single classes, with marks
            found.setdefault(PART_WORDS.get(exact, exact), name)
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
            sources.append(f'{part} by the names of files and folders')
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
    if stem(file).lower() not in PART_WORDS and len(own.errors) > len(lines) / 2:
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
