"""What a YOLO set says about itself: class names and parts, from data.yaml or classes.txt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factory_perception.training.datasets.class_names import class_list
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.numbers import whole
from factory_perception.training.datasets.part_names import part_of_path, split_word
from factory_perception.training.datasets.problems import bad, DatasetError, Problems

_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class YoloSettings:
    """Class names, if there are any, the folders of the parts, and the files that say so."""

    classes: tuple[str, ...] | None
    parts: Mapping[str, str]
    files: tuple[str, ...]

    def part_of(self, name: str) -> str:
        """Give the part that a picture belongs to: by data.yaml, else by its folder."""
        for prefix, part in self.parts.items():
            if name.startswith(prefix + '/'):
                return part
        return part_of_path(parent(name))


def yolo_settings(folder: DataFolder, problems: Problems) -> YoloSettings:
    """Read data.yaml (or another YAML file with ``names``), else classes.txt.

    Raises:
        DatasetError: the file is broken.
    """
    for file in _settings_files(folder):
        content = _content(folder, file)
        if 'names' not in content:
            continue
        try:
            classes = _checked(content)
        except DatasetError as error:
            raise error.within(file) from None
        return YoloSettings(classes, _parts(folder, file, content, problems), (file,))
    listed = class_list(folder, 'labels')
    return YoloSettings(listed[1], {}, (listed[0],)) if listed else YoloSettings(None, {}, ())


def _settings_files(folder: DataFolder) -> list[str]:
    ends = ('.yaml', '.yml')
    files = [name for name in folder.files if '/' not in name and name.endswith(ends)]
    return sorted(files, key=lambda name: (name != 'data.yaml', name))


def _content(folder: DataFolder, file: str) -> Mapping[str, Any]:
    import yaml

    data = folder.path(file).read_bytes()
    if len(data) > _MAX_BYTES:
        raise bad('yaml', f'{len(data)} bytes are too many for settings', 'remove it').within(file)
    try:
        content = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, 'problem_mark', None)
        line = mark.line + 1 if mark else None
        raise bad('yaml', 'is broken YAML', 'correct it', line).within(file) from error
    return content if isinstance(content, Mapping) else {}


def _parts(
    folder: DataFolder, file: str, content: Mapping[str, Any], problems: Problems
) -> dict[str, str]:
    """Find the folders of the parts: by the longest end of each entry that exists here.

    Such files carry paths of the machine that they were written on, so the beginning is not used.
    """
    parts: dict[str, str] = {}
    for part in ('train', 'val', 'test'):
        entries = content.get(part)
        for entry in entries if isinstance(entries, list) else [entries] if entries else []:
            pieces = [piece for piece in str(entry).replace('\\', '/').split('/') if piece]
            ends = ['/'.join(pieces[start:]) for start in range(len(pieces))]
            there = next((end for end in ends if end in folder or folder.pictures(end)), None)
            if there is None:
                text = f'"{part}: {str(entry)[:120]}" is not in the data folder'
                problems.warn('parts', text, 'correct it or remove it', file)
            elif there not in folder:
                parts[there] = part
            elif split_word(stem(there)) != part:
                text = f'the list {there} is not used for {part}'
                problems.warn('parts', text, f'name it {part}.txt', file)
    return parts


def _checked(content: Mapping[str, Any]) -> tuple[str, ...]:
    names = content['names']
    if isinstance(names, Mapping):
        keyed = {whole(key, 'a class number'): str(name) for key, name in names.items()}
        if sorted(keyed) != list(range(len(keyed))):
            numbers = ', '.join(map(str, sorted(keyed)))
            raise bad('classes', f'"names" has the numbers {numbers}', 'count from 0 without gaps')
        listed = [keyed[number] for number in range(len(keyed))]
    elif isinstance(names, Sequence) and not isinstance(names, str):
        listed = [str(name) for name in names]
    else:
        raise bad('classes', '"names" is no list', 'give a list of class names')
    count = content.get('nc', len(listed))
    if count != len(listed):
        raise bad('classes', f'"nc" is {count}, but there are {len(listed)} names', 'correct one')
    if len(set(listed)) != len(listed):
        raise bad('classes', 'a class name is there twice', 'rename or remove one')
    return tuple(listed)
