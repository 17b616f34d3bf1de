"""Pictures of the embedded cell as training data: drawn once, kept in the user's cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import functools
import io
from pathlib import Path

import cv2
import numpy as np

from factory_perception.cell.config import load_config
from factory_perception.cell.dataset import DatasetSettings, PictureSource
from factory_perception.cell.parts import CLASSES
from factory_perception.files import sha256_of, write_atomic
from factory_perception.resources import cache_home
from factory_perception.training.data import Example
from factory_perception.vision.detections import Detections

#: Fuller pictures with more defects than ever come along: much to learn for the same time.
CROWDED = DatasetSettings(defect_share=0.85, parts=(4, 14), empty_share=0.0)
CROWDED_SECOND_DEFECT_SHARE = 0.5
#: Where pictures are crowded, one of so many is left as the camera would see it.
PLAIN_EVERY = 4
#: Tells pictures of these settings from those of others.
_CROWDED_KEY = sha256_of(repr((CROWDED, CROWDED_SECOND_DEFECT_SHARE, PLAIN_EVERY)).encode())[:8]
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

    def __init__(
        self,
        count: int,
        first_seed: int = 0,
        cache: Path | None = None,
        crowded: bool = False,
    ) -> None:
        """Take pictures of ``count`` seeds.

        Args:
            count: how many.
            first_seed: seed of the first.
            cache: where they are kept; the user's cache when absent.
            crowded: make most of them fuller than life, for training.
        """
        renderer = renderer_sha256()
        kind, key = (', crowded', f' {_CROWDED_KEY}') if crowded else ('', '')
        self.origin = f'embedded cell, seeds {first_seed} to {first_seed + count - 1}{kind}'
        self.sha256 = sha256_of(f'{renderer} {first_seed} {count}{key}'.encode())
        self._count, self._first, self._crowded = count, first_seed, crowded
        self._folder = (cache or cache_home() / 'renderer') / renderer[:16]
        self._sources: dict[bool, PictureSource] = {}

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
        seed = self._first + index
        crowded = self._crowded and index % PLAIN_EVERY != 0
        path = self._folder / f'{seed}{f"_{_CROWDED_KEY}" if crowded else ""}.npz'
        try:
            with np.load(path, allow_pickle=False) as kept:
                image = cv2.imdecode(kept['png'], cv2.IMREAD_COLOR)
                boxes, classes = kept['boxes_xyxy'], kept['class_ids']
            return _example(np.asarray(image, np.uint8), boxes, classes)
        except FileNotFoundError:
            return self._draw(seed, crowded, path)

    def _draw(self, seed: int, crowded: bool, path: Path) -> Example:
        if crowded not in self._sources:
            self._sources[crowded] = crowded_source() if crowded else PictureSource()
        image, truth = self._sources[crowded].sample(seed)
        png = cv2.imencode('.png', image)[1]
        buffer = io.BytesIO()
        np.savez(buffer, png=png, boxes_xyxy=truth.boxes_xyxy, class_ids=truth.class_ids)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, buffer.getvalue())
        return _example(image, truth.boxes_xyxy, truth.class_ids)


def crowded_source() -> PictureSource:
    """Make a source of pictures that are fuller than life."""
    config = load_config()
    parts = replace(config.parts, second_defect_share=CROWDED_SECOND_DEFECT_SHARE)
    return PictureSource(replace(config, parts=parts), CROWDED)


def _example(image: np.ndarray, boxes: np.ndarray, classes: np.ndarray) -> Example:
    ones = np.ones(len(boxes), np.float32)
    return Example(image, Detections(boxes.astype(np.float32), ones, classes.astype(np.int32)))
