"""Masks from polygons and run lengths, drawn by pycocotools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.box_labels import SLACK_PX, SLACK_SHARE
from factory_perception.training.datasets.numbers import whole
from factory_perception.training.datasets.problems import bad, DatasetError, Problem

#: Class ids share a byte with the background.
MAX_CLASSES = 255


def with_background(classes: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Put the background before the classes, and say by how much their ids move.

    Raises:
        DatasetError: there are more than fit into a mask.
    """
    if classes and classes[0].lower() == 'background':
        return tuple(classes), 0
    if len(classes) > MAX_CLASSES:
        raise bad('classes', f'{len(classes)} classes do not fit into a mask', 'use up to 255')
    return ('background', *classes), 1


@dataclass(frozen=True)
class Polygon:
    """The area of one object: outlines ``x y x y ...``, or run lengths as COCO writes them."""

    class_id: int
    outlines: tuple[NDArray[np.float64], ...] = ()
    where: int | str = ''
    runs: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class PolygonMask:
    """A mask that is drawn when it is wanted; small things are drawn over large ones."""

    file: str
    polygons: tuple[Polygon, ...]
    relative: bool = False

    def load(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw the class ids.

        Raises:
            DatasetError: an outline leaves the picture, or run lengths do not fit it.
        """
        drawn = []
        for polygon in self.polygons:
            try:
                area = self._area(polygon, size_wh)
            except DatasetError as error:
                raise self._named(error.problem, polygon) from None
            drawn.append((int(area.sum()), polygon.class_id, area))
        mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
        for _, class_id, area in sorted(drawn, key=lambda entry: -entry[0]):
            mask[area > 0] = class_id
        return mask

    def _named(self, problem: Problem, polygon: Polygon) -> DatasetError:
        where = polygon.where
        line = where if isinstance(where, int) else None
        text = problem.text if line is not None else f'{where}: {problem.text}'
        return DatasetError(Problem(problem.kind, text, problem.mend, self.file, line))

    def _area(self, polygon: Polygon, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        from pycocotools import mask as coco_mask

        width, height = size_wh
        if polygon.runs is not None:
            return decode_runs(polygon.runs, size_wh)
        scale = np.array(size_wh if self.relative else (1, 1), np.float64)
        limits = np.array(size_wh, np.float64)
        outlines = []
        for outline in polygon.outlines:
            points = outline.reshape(-1, 2) * scale
            over = np.maximum(-points, points - limits)
            if (over > np.maximum(SLACK_PX, SLACK_SHARE * limits)).any():
                text = f'an outline leaves the picture of {width} x {height}'
                raise bad('box-outside', text, 'correct it: is it of another picture?')
            outlines.append(np.clip(points, 0, limits).ravel().tolist())
        merged = coco_mask.merge(coco_mask.frPyObjects(outlines, height, width))
        return np.asarray(coco_mask.decode(merged), np.uint8)


def decode_runs(runs: Mapping[str, Any], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """Decode COCO run lengths, a list or compressed text, to 0 and 1.

    Raises:
        DatasetError: they are of another size or do not fill the picture exactly.
    """
    from pycocotools import mask as coco_mask

    width, height = size_wh
    if list(runs.get('size', ())) != [height, width]:
        text = f'run lengths of size {runs.get("size")} for a picture of {width} x {height}'
        raise bad('mask-size', text, 'write them again')
    counts = runs.get('counts')
    if isinstance(counts, list):
        lengths = [whole(count, 'a run length') for count in counts]
        if any(length < 0 for length in lengths) or sum(lengths) != width * height:
            raise bad('mask', 'run lengths do not fill the picture', 'write them again')
        compressed = coco_mask.frPyObjects(
            {'size': [height, width], 'counts': lengths}, height, width
        )
    elif isinstance(counts, str) and counts.isascii():
        compressed = {'size': [height, width], 'counts': counts.encode()}
    else:
        raise bad('mask', 'run lengths are neither a list nor text', 'write them again')
    try:
        return np.asarray(coco_mask.decode(compressed), np.uint8)
    except ValueError as error:
        raise bad('mask', 'run lengths do not fill the picture', 'write them again') from error
