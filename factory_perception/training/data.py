"""What the trainer learns from: pictures with boxes, whatever they were stored as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.detections import Detections


@dataclass(frozen=True)
class Example:
    """A picture, uint8 ``(H, W, 3)`` BGR, and the boxes in it (their scores are 1)."""

    image_bgr: NDArray[np.uint8]
    boxes: Detections


class DetectionData(Protocol):
    """A set of pictures with boxes."""

    #: Where it came from, for the manifest.
    origin: str
    #: Hash of everything that decides its content.
    sha256: str

    @property
    def classes(self) -> Sequence[str]:
        """Give the class names."""

    def __len__(self) -> int:
        """Give the number of pictures."""

    def read(self, index: int) -> Example:
        """Read a picture; the same index always gives the same one."""
