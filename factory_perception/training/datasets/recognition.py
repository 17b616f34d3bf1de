"""Find out what a folder holds, or say what was looked for and what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from factory_perception.training.data import PICTURE_TASKS
from factory_perception.training.datasets import mvtec
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.formats import Format, FORMAT_NAMES, FORMATS, signs_of
from factory_perception.training.datasets.part_names import part_of_folder
from factory_perception.training.datasets.problems import DatasetError, Problem
from factory_perception.training.datasets.series import SERIES_TASKS

#: Folders that are a piece of a data set, never a whole one.
_PARTS_OF_A_SET = ('images', 'labels', 'annotations', 'Annotations', 'JPEGImages', 'masks',
                   'SegmentationClass', 'ground_truth', 'sequences')  # fmt: skip


@dataclass(frozen=True)
class Recognised:
    """What a folder was taken for.

    ``folder`` is the one that holds the data: that which was named, or the only one in it.
    """

    folder: DataFolder
    format: Format
    task: str | None
    why: str


def recognise(path: Path, task: str | None = None, format_name: str | None = None) -> Recognised:
    """Find out what a folder holds.

    Args:
        path: the folder, or a single file of a recording.
        task: what to learn from it; chosen where the format leaves no choice or has a usual one.
        format_name: one of ``FORMAT_NAMES``, for a folder that looks like several.

    Raises:
        DatasetError: it looks like nothing known, like several formats, or not fit for the task.
    """
    _require_known(task, format_name)
    folder = _unwrapped(DataFolder(path))
    found = signs_of(folder, format_name)
    if not folder.single and format_name is None:
        inner = _look_inside(folder)
        folder, found = inner if inner and not found else (folder, found)
    if not found:
        raise DatasetError(_unknown(folder, format_name))
    usable = [(one, why) for one, why in found if task is None or task in one.TASKS]
    if not usable:
        offers = '; '.join(f'{one.NAME} ({" or ".join(one.TASKS)})' for one, _ in found)
        text = f'{folder.root} is {offers}, which gives nothing for the task {task}'
        raise DatasetError(Problem('task', text, 'choose another --task or other data'))
    if len(usable) > 1:
        signs = '; '.join(f'{one.NAME}: {why}' for one, why in usable)
        text = f'{folder.root} looks like {len(usable)} formats: {signs}'
        names = ' or '.join(one.NAME for one, _ in usable)
        raise DatasetError(Problem('ambiguous', text, f'choose with --format {names}'))
    chosen, why = usable[0]
    only = chosen.TASKS[0] if len(chosen.TASKS) == 1 else None
    return Recognised(folder, chosen, task or only, why)


def _require_known(task: str | None, format_name: str | None) -> None:
    tasks = (*PICTURE_TASKS, *SERIES_TASKS)
    if task is not None and task not in tasks:
        text = f'there is no task "{task}"'
        raise DatasetError(Problem('task', text, f'use one of {", ".join(tasks)}'))
    if format_name is not None and format_name not in FORMAT_NAMES:
        text = f'there is no format "{format_name}"'
        raise DatasetError(Problem('format', text, f'use one of {", ".join(FORMAT_NAMES)}'))


def _unwrapped(folder: DataFolder) -> DataFolder:
    """Go into the only folder of a folder that holds nothing else but texts about it."""
    while not folder.single:
        inner = folder.folders()
        beside = [name for name in folder.files if '/' not in name and not _is_text(name)]
        if len(inner) != 1 or beside or _is_part(inner[0]):
            break
        folder = DataFolder(folder.root / inner[0])
    return folder


def _is_part(name: str) -> bool:
    return bool(part_of_folder(name)) or name in _PARTS_OF_A_SET or name.lower() in mvtec.GOOD


def _is_text(name: str) -> bool:
    plain = name.lower()
    return plain.endswith(('.md', '.pdf', '.rst')) or plain.startswith(
        ('licen', 'readme', 'sha256')
    )


def _look_inside(folder: DataFolder) -> tuple[DataFolder, list[tuple[Format, str]]] | None:
    """Look into the folders of a folder; one of them may be what was meant.

    Raises:
        DatasetError: several are data sets of different formats.
    """
    known = []
    for name in folder.folders():
        if not _is_part(name):
            inner = _unwrapped(DataFolder(folder.root / name))
            found = signs_of(inner, None)
            if found:
                known.append((name, inner, found))
    if len({found[0][0].NAME for _, _, found in known}) > 1:
        listed = '; '.join(f'{name} ({found[0][0].NAME})' for name, _, found in known[:12])
        text = f'{folder.root} holds {len(known)} data sets: {listed}'
        raise DatasetError(Problem('ambiguous', text, 'name one of them, or choose a --format'))
    return known[0][1:] if len(known) == 1 else None


def _unknown(folder: DataFolder, format_name: str | None) -> Problem:
    looked = [f'{one.NAME}: {one.LOOKS_FOR}' for one in FORMATS if format_name in (None, one.NAME)]
    endings: dict[str, int] = {}
    for name in folder.files:
        ending = Path(name).suffix.lower() or 'no ending'
        endings[ending] = endings.get(ending, 0) + 1
    counts = ', '.join(f'{count} {ending}' for ending, count in sorted(endings.items()))
    text = (
        f'{folder.root} is no data set that is known here. There are {len(folder.files)} files '
        f'({counts}), such as {_some(folder.files)}. Looked for:\n  ' + '\n  '.join(looked) + '\n'
    )
    return Problem('unknown', text, 'arrange the files like one of these')


def _some(names: Sequence[str]) -> str:
    return ', '.join(names[:: max(1, len(names) // 3)][:3])
