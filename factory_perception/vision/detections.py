"""What a detector found in one picture, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Detections:
    """N boxes in one picture.

    Attributes:
        boxes_xyxy: float32 ``(N, 4)``: left, top, right, bottom edge in pixels of the picture; 0 is
            the outer edge of its first pixel, its width the outer edge of the last.
        scores: float32 ``(N,)`` in 0..1, highest first.
        class_ids: int32 ``(N,)``, index into the class names of the model.
        track_ids: int64 ``(N,)``, -1 where a box belongs to no track; ``None`` without a tracker.
    """

    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    track_ids: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_xyxy.shape != (count, 4) or self.class_ids.shape != (count,):
            raise ValueError(
                f'{count} scores, but boxes of shape {self.boxes_xyxy.shape} and '
                f'class ids of shape {self.class_ids.shape}'
            )
        if self.track_ids is not None and self.track_ids.shape != (count,):
            raise ValueError(f'{count} scores, but track ids of shape {self.track_ids.shape}')

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def empty() -> Detections:
        """Give the answer of a detector that saw nothing."""
        return Detections(
            np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32)
        )

    def select(self, index: NDArray) -> Detections:
        """Keep some of the boxes, by mask or by index."""
        return Detections(
            self.boxes_xyxy[index],
            self.scores[index],
            self.class_ids[index],
            None if self.track_ids is None else self.track_ids[index],
        )

    def with_boxes(self, boxes_xyxy: NDArray[np.float32]) -> Detections:
        """Give the same detections with boxes in other coordinates."""
        return replace(self, boxes_xyxy=boxes_xyxy)
