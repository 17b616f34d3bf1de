"""A whole data set: everything in it, its parts, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from factory_perception.training.datasets.automatic_split import (
    Member,
    split_groups,
    split_pictures,
)
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import DatasetError, Problem, Problems
from factory_perception.training.datasets.recognition import recognise
from factory_perception.training.datasets.series_set import SeriesIndex
from factory_perception.training.datasets.splits import find_splits, Splits

#: Folders of these names say nothing without the one around them.
_VAGUE = ('dev', 'data', 'dataset', 'train', 'val', 'test')


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
        root = self.folder.root
        name = f'{root.parent.name}/{root.name}' if root.name in _VAGUE else root.name
        return f'{name} ({self.format_name}, {self.task})'


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
    if not members_of(index) and not problems.errors:
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
