"""Open a folder of data without being told what it is, and say what it was taken for and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from factory_perception.training.data import PictureData
from factory_perception.training.datasets.name_lists import named_list
from factory_perception.training.datasets.opened import open_whole, Opened
from factory_perception.training.datasets.part_names import part_of_folder
from factory_perception.training.datasets.picture_facts import check_records
from factory_perception.training.datasets.picture_set import PictureIndex, PictureSet
from factory_perception.training.datasets.problems import DatasetError, Problem, Problems
from factory_perception.training.datasets.series import SeriesData
from factory_perception.training.datasets.series_set import read_source, SeriesIndex, SeriesSet


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
    if not opened.names:
        opened.problems.raise_errors(root)
    places, part = part_places(opened, split)
    problems, names = opened.problems, opened.names
    if skip_bad:
        found = check_all(opened, {names[place] for place in places})
        problems.found += found
        lost = {problem.record for problem in found if problem.record}
        places = tuple(place for place in places if names[place] not in lost)
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
            made = opened.splits.automatic and part in ('train', 'val')
            return parts[part], part + (' by rule' if made else '')
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


if TYPE_CHECKING:  # mypy sees that the sets are what trainers ask for

    def _pictures(data: PictureSet) -> PictureData:
        return data

    def _series(data: SeriesSet) -> SeriesData:
        return data
