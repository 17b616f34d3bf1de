"""What the trainer learns from, whatever it was stored as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.detections import Detections

#: Tasks that learn from pictures.
PICTURE_TASKS = ('detect', 'classify', 'segment', 'anomaly')


@dataclass(frozen=True)
class Example:
    """A picture and what is known about it; what a task does not use is ``None``.

    Attributes:
        image_bgr: uint8 ``(H, W, 3)``.
        boxes: true boxes in pixels of the picture, their scores are 1 (detect).
        label: class id (classify; for anomaly 0 is good and 1 is not).
        mask: uint8 ``(H, W)`` of class ids, 0 is background (segment; anomaly where known).
        template_bgr: uint8 ``(H, W, 3)``, a faultless picture of the same part, aligned.
    """

    image_bgr: NDArray[np.uint8]
    boxes: Detections | None = None
    label: int | None = None
    mask: NDArray[np.uint8] | None = None
    template_bgr: NDArray[np.uint8] | None = None


class TrainingData(Protocol):
    """A set of pictures or recordings for one task."""

    @property
    def task(self) -> str:
        """Give what is learnt from it."""

    @property
    def origin(self) -> str:
        """Say where it came from, for reports and manifests."""

    @property
    def sha256(self) -> str:
        """Give the hash of everything that decides its content."""

    def __len__(self) -> int:
        """Give the number of pictures or recordings."""


class PictureData(Protocol):
    """A set of pictures for one task."""

    #: One of ``PICTURE_TASKS``.
    task: str
    #: Where it came from, for reports and manifests.
    origin: str
    #: Hash of everything that decides its content.
    sha256: str

    @property
    def classes(self) -> Sequence[str]:
        """Give the class names; in segmentation the first is the background."""

    def __len__(self) -> int:
        """Give the number of pictures."""

    def name(self, index: int) -> str:
        """Give the name of a picture as a person would look it up."""

    def read(self, index: int) -> Example:
        """Read a picture; the same index always gives the same one."""
