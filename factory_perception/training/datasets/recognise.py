"""Open a folder of data without being told what it is, and say what it was taken for and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from factory_perception.training.datasets.automatic_split import (
    Member,
    split_groups,
    split_pictures,
)
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.formats import recognise
from factory_perception.training.datasets.picture_facts import check_records
from factory_perception.training.datasets.picture_set import PictureIndex, PictureSet, Record
from factory_perception.training.datasets.problems import DatasetError, Problem, Problems
from factory_perception.training.datasets.series import read_source, SeriesIndex, SeriesSet
from factory_perception.training.datasets.splits import (
    find_splits,
    named_list,
    part_of_folder,
    Splits,
)


@dataclass(frozen=True)
class Opened:
    """A whole data set: what it was taken for, everything in it, its parts, its problems."""

    folder: DataFolder
    format_name: str
    task: str
    why: str
    index: PictureIndex | SeriesIndex
    splits: Splits
    problems: Problems

    @property
    def names(self) -> list[str]:
        """Give the names of all pictures or recordings."""
        return [member.name for member in members_of(self.index)]

    @property
    def origin(self) -> str:
        """Name folder, format and task, without the path of this machine."""
        return f'{"/".join(self.folder.root.parts[-2:])} ({self.format_name}, {self.task})'


def members_of(index: PictureIndex | SeriesIndex) -> list[Member]:
    """Give what can be put into one part or another."""
    if isinstance(index, SeriesIndex):
        return [
            Member(one.name, one.group, one.stratum, one.weight, one.shows) for one in index.sources
        ]
    by_class = index.task == 'classify'
    return [
        Member(
            record.name,
            record.recording,
            str(record.label) if by_class else '',
            shows=_shown(record),
        )
        for record in index.records
    ]


def _shown(record: Record) -> frozenset[str]:
    if record.boxes is not None:
        return frozenset(map(str, record.boxes.class_ids.tolist()))
    return frozenset() if record.label is None else frozenset([str(record.label)])


def open_whole(path: Path | str, task: str | None = None, format_name: str | None = None) -> Opened:
    """Open a data set with everything that is wrong with it gathered, not raised.

    Raises:
        DatasetError: it cannot be recognised, or not be read at all.
    """
    found = recognise(Path(path), task, format_name)
    problems = Problems()
    problems.found += found.folder.problems
    try:
        index = found.format.read(found.folder, found.task or found.format.TASKS[0], problems)
    except DatasetError as error:
        raise DatasetError(error.problem, found.folder.root) from None
    if isinstance(index, SeriesIndex) and found.task is None:
        index = replace(index, task='fault' if index.labels else 'forecast')
    if not members_of(index):
        problems.raise_errors(found.folder.root)
        text = 'holds nothing that can be used'
        raise DatasetError(Problem('empty', text, 'add data', str(found.folder.root)))
    if isinstance(index, SeriesIndex):
        said = [source.split for source in index.sources]
    else:
        said = [record.split for record in index.records]
    splits = find_splits(found.folder, members_of(index), said, _divider(index), problems)
    why = f'{found.format.NAME}, because of {found.why}'
    return Opened(found.folder, found.format.NAME, index.task, why, index, splits, problems)


def _divider(
    index: PictureIndex | SeriesIndex,
) -> Callable[[Sequence[Member]], tuple[set[str], str]]:
    """Give the rule by which ``val`` is taken out of ``train``."""

    def divide_series(members: Sequence[Member]) -> tuple[set[str], str]:
        groups = {member.recording for member in members}
        if len(groups) < 2:
            return set(), 'one recording cannot be divided without a leak'
        chosen = split_groups(members)
        held = {member.recording for member in members if member.name in chosen}
        return chosen, f'{len(held)} of {len(groups)} groups of recordings, chosen by hash'

    if isinstance(index, SeriesIndex):
        return divide_series
    return partial(split_pictures, known=index.recordings_known)


def open_dataset(
    folder: Path | str,
    task: str | None = None,
    split: Path | str | None = None,
    *,
    format_name: str | None = None,
    skip_bad: bool = False,
) -> PictureSet | SeriesSet:
    """Open a data set or a part of it.

    Args:
        folder: where it is; a file for a single recording.
        task: what to learn from it; the usual task of its format when absent.
        split: ``train``, ``val``, ``test`` or another part that it has, or a text file with one
            name a line; everything when absent. A missing ``val`` is cut from ``train`` by rule.
        format_name: for a folder that looks like several formats.
        skip_bad: leave out what cannot be used and list it in ``problems``. Everything is read
            once for that; for pictures the outcome is cached.

    Raises:
        DatasetError: it cannot be recognised, has no such part, or something in it is wrong; the
            text names the first file and line.
    """
    opened = open_whole(folder, task, format_name)
    root = opened.folder.root
    places, part = part_places(opened, split)
    problems = opened.problems
    lost: set[str] = set()
    if skip_bad:
        chosen = [opened.names[place] for place in places]
        found = check_all(opened, set(chosen))
        problems.found += found
        lost = {problem.record for problem in found if problem.record}
        places = tuple(place for place in places if opened.names[place] not in lost)
    serious = Problems()
    serious.found = [one for one in problems.errors if not (skip_bad and one.record)]
    serious.raise_errors(root)
    if not places:
        first = next((f': {one.describe()}' for one in problems.errors if one.record), '')
        text = f'{root}: in {part} nothing is left that can be used{first}'
        raise DatasetError(Problem('empty', text, 'mend the data or choose another part'))
    return _selected(opened, places, part)


def part_places(opened: Opened, split: Path | str | None) -> tuple[tuple[int, ...], str]:
    """Find the places of a part, and what to call it.

    Raises:
        DatasetError: there is no such part.
    """
    names, parts = opened.names, opened.splits.members
    if split is None:
        return tuple(range(len(names))), 'everything'
    if isinstance(split, str) and not split.endswith('.txt') and '/' not in split:
        part = part_of_folder(split) or split.lower()
        if part in parts:
            rule = f', {opened.splits.how}' if opened.splits.automatic else ''
            return parts[part], part + rule
        if not Path(split).is_file():
            known = ', '.join(f'{part} ({len(places)})' for part, places in parts.items())
            reason = f' ({opened.splits.how})' if opened.splits.how else ''
            text = f'{opened.folder.root} has no part "{split}"{reason}'
            raise DatasetError(Problem('split', text, f'use {known}, or a file with names'))
    places = named_list(Path(split), opened.folder, names, opened.problems)
    return places, f'the list {Path(split).name}'


def _selected(opened: Opened, places: Sequence[int], part: str) -> PictureSet | SeriesSet:
    origin, root = f'{opened.origin}: {part}', opened.folder.root
    index, problems = opened.index, tuple(opened.problems.found)
    if isinstance(index, SeriesIndex):
        sources = tuple(index.sources[place] for place in places)
        return SeriesSet(index.task, origin, index.labels, sources, root, problems)
    records = tuple(index.records[place] for place in places)
    return PictureSet(index.task, origin, index.classes, records, root, index.files, problems)


def check_all(opened: Opened, names: Collection[str]) -> list[Problem]:
    """Read every picture or recording of some names, and list what is wrong with them."""
    index = opened.index
    if isinstance(index, PictureIndex):
        records = [record for record in index.records if record.name in names]
        return check_records(opened.folder.root, records)[1]
    found = []
    for source in index.sources:
        if source.name in names:
            try:
                read_source(source)
            except DatasetError as error:
                found.append(replace(error.within(source.file).problem, record=source.name))
    return found
