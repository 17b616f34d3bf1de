"""COCO: one JSON file of pictures, boxes and outlines (Lin et al., arXiv:1405.0312)."""

from __future__ import annotations

from collections.abc import Mapping
import json
from typing import Any

from factory_perception.training.datasets.coco_file import CocoFile
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.numbers import whole
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.polygons import with_background
from factory_perception.training.datasets.problems import bad, DatasetError, Problems

NAME = 'coco'
TASKS: tuple[str, ...] = ('detect', 'segment')
LOOKS_FOR = 'a JSON file with "images", "annotations" and "categories", and the pictures it names'
_KEYS = ('images', 'annotations', 'categories')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    files = _files(folder)
    return f'{", ".join(files[:3])} with images, annotations and categories' if files else None


def _files(folder: DataFolder) -> list[str]:
    found = []
    for name in folder.files:
        if name.lower().endswith('.json'):
            data = folder.path(name).read_bytes()
            if all(f'"{key}"'.encode() in data for key in _KEYS):
                found.append(name)
    return found


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """Read all annotation files; classes are the categories in the order of their ids.

    A crowd (``iscrowd``) is no single thing and is left out.
    """
    documents = {file: document for file in _files(folder)
                 if (document := _document(folder, file, problems)) is not None}  # fmt: skip
    categories = _categories(documents)
    classes = tuple(categories[key] for key in sorted(categories))
    shown, offset = (classes, 0) if task == 'detect' else with_background(classes)
    records: dict[str, Record] = {}
    for file, document in documents.items():
        reader = CocoFile(folder, file, task, sorted(categories), offset, problems)
        for record in reader.records(document):
            if record.name in records:
                error = bad('picture-double', f'{record.name} is in two annotation files or twice '
                            'in one', 'keep one of them')  # fmt: skip
                problems.caught(error, file, record=record.name)
            else:
                records[record.name] = record
    return PictureIndex(task, shown, tuple(records.values()))


def _document(folder: DataFolder, file: str, problems: Problems) -> dict[str, Any] | None:
    try:
        try:
            content = json.loads(folder.path(file).read_bytes())
        except (ValueError, RecursionError) as error:
            line = getattr(error, 'lineno', None)
            raise bad('json', 'is broken JSON', 'write it again', line) from error
        if not isinstance(content, dict):
            raise bad('json', 'is no object', 'write it again')
        for key in _KEYS:
            rows = content.get(key)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise bad('json', f'"{key}" is no list of objects', 'write it again')
        return content
    except DatasetError as error:
        problems.caught(error, file)
        return None


def _categories(documents: Mapping[str, dict[str, Any]]) -> dict[int, str]:
    """Gather the categories of all files, which must agree."""
    found: dict[int, str] = {}
    for file, document in documents.items():
        try:
            for row in document['categories']:
                key, name = whole(row.get('id'), 'a category id'), str(row.get('name', ''))
                if found.setdefault(key, name) != name:
                    text = f'category {key} is "{name}" here and "{found[key]}" elsewhere'
                    raise bad('classes', text, 'use the same ids in all files')
            if len(set(found.values())) != len(found):
                raise bad('classes', 'two categories have the same name', 'rename one')
        except DatasetError as error:
            raise error.within(file) from None
    return found
