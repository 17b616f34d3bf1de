"""Pictures of the embedded cell as training data: drawn once, kept in the user's cache."""

from __future__ import annotations

from collections.abc import Sequence
import functools
import io
from pathlib import Path

import cv2
import numpy as np

from factory_perception.cell.dataset import PictureSource
from factory_perception.cell.parts import CLASSES
from factory_perception.files import sha256_of, write_atomic
from factory_perception.resources import cache_home
from factory_perception.training.data import Example
from factory_perception.vision.detections import Detections

#: Seeds whose pictures tell one state of the renderer from another.
_REFERENCE_SEEDS = range(2_000_000_000, 2_000_000_006)


@functools.cache
def renderer_sha256() -> str:
    """Hash what the renderer draws for some reference seeds: another look, another hash."""
    source = PictureSource()
    drawn = [source.sample(seed) for seed in _REFERENCE_SEEDS]
    return sha256_of(b''.join(i.tobytes() + t.boxes_xyxy.tobytes() for i, t in drawn))


class RendererData:
    """The pictures of a range of seeds.

    Drawing a picture takes a tenth of a second, so each is kept as a file. The folder is named
    after the hash of the renderer; a changed renderer begins a new one.
    """

    task = 'detect'

    def __init__(self, count: int, first_seed: int = 0, cache: Path | None = None) -> None:
        renderer = renderer_sha256()
        self.origin = f'embedded cell, seeds {first_seed} to {first_seed + count - 1}'
        self.sha256 = sha256_of(f'{renderer} {first_seed} {count}'.encode())
        self._count, self._first = count, first_seed
        self._folder = (cache or cache_home() / 'renderer') / renderer[:16]
        self._source: PictureSource | None = None

    @property
    def classes(self) -> Sequence[str]:
        """Give the class names."""
        return CLASSES

    def __len__(self) -> int:
        return self._count

    def name(self, index: int) -> str:
        """Give the seed of a picture."""
        return f'seed {self._first + index}'

    def read(self, index: int) -> Example:
        """Read a picture, or draw it the first time."""
        path = self._folder / f'{self._first + index}.npz'
        try:
            with np.load(path, allow_pickle=False) as kept:
                image = cv2.imdecode(kept['png'], cv2.IMREAD_COLOR)
                boxes, classes = kept['boxes_xyxy'], kept['class_ids']
            return _example(np.asarray(image, np.uint8), boxes, classes)
        except FileNotFoundError:
            return self._draw(self._first + index, path)

    def _draw(self, seed: int, path: Path) -> Example:
        if self._source is None:
            self._source = PictureSource()
        image, truth = self._source.sample(seed)
        png = cv2.imencode('.png', image)[1]
        buffer = io.BytesIO()
        np.savez(buffer, png=png, boxes_xyxy=truth.boxes_xyxy, class_ids=truth.class_ids)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, buffer.getvalue())
        return _example(image, truth.boxes_xyxy, truth.class_ids)


def _example(image: np.ndarray, boxes: np.ndarray, classes: np.ndarray) -> Example:
    ones = np.ones(len(boxes), np.float32)
    return Example(image, Detections(boxes.astype(np.float32), ones, classes.astype(np.int32)))
