"""A small world to learn: bright boxes and dark discs on grey noise."""

from __future__ import annotations

import cv2
import numpy as np

from factory_perception.training.data import Example
from factory_perception.vision.detections import Detections


class Shapes:
    """Pictures of 128 x 96 with one to three shapes each; the same seed, the same pictures."""

    task = 'detect'
    origin = 'shapes of the tests'
    sha256 = '0' * 64
    classes = ('box', 'disc')

    def __init__(self, count: int, seed: int = 0) -> None:
        self._count, self._seed = count, seed

    def __len__(self) -> int:
        return self._count

    def name(self, index: int) -> str:
        return f'shapes {index}'

    def read(self, index: int) -> Example:
        rng = np.random.default_rng([self._seed, index])
        image = rng.normal(110, 8, (96, 128, 3)).clip(0, 255).astype(np.uint8)
        boxes, classes = [], []
        for place in rng.permutation(3)[: rng.integers(1, 4)]:
            radius = int(rng.integers(8, 17))
            x, y = 21 + 43 * int(place) + int(rng.integers(-2, 3)), int(rng.integers(20, 76))
            kind = int(rng.integers(0, 2))
            if kind == 0:
                cv2.rectangle(image, (x - radius, y - radius), (x + radius, y + radius),
                              (230, 220, 210), cv2.FILLED)  # fmt: skip
            else:
                cv2.circle(image, (x, y), radius, (30, 40, 50), cv2.FILLED)
            boxes.append([x - radius, y - radius, x + radius + 1, y + radius + 1])
            classes.append(kind)
        return Example(
            image,
            Detections(np.array(boxes, np.float32), np.ones(len(boxes), np.float32),
                       np.array(classes, np.int32)),
        )  # fmt: skip
