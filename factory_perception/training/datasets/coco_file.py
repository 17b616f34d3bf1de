"""The entries of one COCO annotation file, each checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from factory_perception.training.datasets.automatic_split import recording_of
from factory_perception.training.datasets.box_labels import box_labels
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.numbers import number, numbers, whole
from factory_perception.training.datasets.part_names import part_of_path, split_word
from factory_perception.training.datasets.picture_set import Record
from factory_perception.training.datasets.polygons import Polygon, PolygonMask
from factory_perception.training.datasets.problems import bad, DatasetError, Problems


@dataclass
class CocoFile:
    """Reads the entries of one annotation file.

    ``category_ids`` are those of class 0, 1, ...; ``offset`` is added to the ids in masks.
    """

    folder: DataFolder
    file: str
    task: str
    category_ids: Sequence[int]
    offset: int
    problems: Problems

    def records(self, document: Mapping[str, Any]) -> list[Record]:
        """Give the pictures whose entries can be read."""
        by_image: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for row in document['annotations']:
            by_image[str(row.get('image_id'))].append(row)
        found: list[Record] = []
        seen: set[str] = set()
        for image in document['images']:
            ident, name = str(image.get('id')), str(image.get('file_name'))
            rows = by_image.pop(ident, [])
            try:
                if ident in seen:
                    raise bad('json', f'two images have the id {ident[:40]}', 'number them anew')
                seen.add(ident)
                found.append(self._record(image, rows))
            except DatasetError as error:
                self.problems.caught(error, self.file, record=name)
        for ident, rows in by_image.items():
            text = f'{len(rows)} annotations are of image {ident[:40]}, which is not listed'
            lost = bad('picture-missing', text, 'list the image or remove them')
            self.problems.caught(lost, self.file, record=f'image {ident[:40]}')
        return found

    def _record(self, image: Mapping[str, Any], rows: Sequence[dict[str, Any]]) -> Record:
        stated = str(image.get('file_name'))
        word = split_word(stem(self.file)) or part_of_path(parent(self.file))
        name = self._find(stated, word)
        width = whole(image.get('width') or 0, f'width of {name}')
        height = whole(image.get('height') or 0, f'height of {name}')
        single = [row for row in rows if not row.get('iscrowd')]
        if len(single) < len(rows):
            text = f'{len(rows) - len(single)} crowds in {name} are left out'
            self.problems.note('crowd', text, '', self.file)
        boxes, mask = None, None
        if self.task == 'detect':
            boxes = box_labels(self.file, [self._box(row) for row in single])
        else:
            mask = PolygonMask(self.file, tuple(self._area(row) for row in single))
        return Record(
            name,
            self.folder.picture(name),
            recording_of(name),
            word or part_of_path(parent(name)),
            boxes,
            mask=mask,
            files=(self.folder.path(self.file),),
            stated_wh=(width, height) if width and height else None,
        )

    def _find(self, stated: str, word: str) -> str:
        beside = parent(self.file)
        above = parent(beside)
        bases = [base for top in (beside, above, '') for base in (
            top, f'{top}/images'.lstrip('/'), f'{top}/{word}'.lstrip('/'),
            f'{top}/images/{word}'.lstrip('/'),
            f'{top}/{stem(self.file).removeprefix("instances_")}'.lstrip('/'),
        )]  # fmt: skip
        name = self.folder.find(stated, *bases)
        if name is None:
            text = f'there is no picture "{stated[:120]}"'
            raise bad('picture-missing', text, 'add it, in images/ or beside the JSON file')
        return name

    def _class(self, row: Mapping[str, Any], where: str) -> int:
        category = row.get('category_id')
        if category not in self.category_ids:
            text = f'{where}: category {str(category)[:40]} is not listed'
            raise bad('unknown-class', text, 'list it in "categories" or correct it')
        return self.category_ids.index(category)

    def _box(self, row: Mapping[str, Any]) -> tuple[Sequence[float], int, str]:
        where = f'annotation {str(row.get("id"))[:40]}'
        box = row.get('bbox')
        if not isinstance(box, list):
            raise bad('columns', f'{where} has no "bbox"', 'add it or remove the annotation')
        what = [f'{name} of {where}' for name in ('x', 'y', 'width', 'height')]
        x, y, width, height = numbers(box, what)
        return (x, y, x + width, y + height), self._class(row, where), where

    def _area(self, row: Mapping[str, Any]) -> Polygon:
        where = f'annotation {str(row.get("id"))[:40]}'
        class_id = self._class(row, where) + self.offset
        area = row.get('segmentation')
        if isinstance(area, dict):
            return Polygon(class_id, (), where, area)
        outlines = []
        for outline in area if isinstance(area, list) else []:
            if not isinstance(outline, list) or len(outline) < 6 or len(outline) % 2:
                text = f'{where} has an outline of fewer than three points'
                raise bad('columns', text, 'correct it or remove it')
            outlines.append(np.array([number(cell, f'{where}, outline') for cell in outline]))
        if not outlines:
            raise bad('columns', f'{where} has no outline', 'add it, or use --task detect')
        return Polygon(class_id, tuple(outlines), where)
