"""Box arithmetic on arrays of edges, ``(N, 4)`` as left, top, right, bottom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def area(boxes_xyxy: NDArray) -> NDArray:
    """Give the area of each box ``(N,)``; zero for a box turned inside out."""
    size = np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None)
    return size[:, 0] * size[:, 1]


def iou_matrix(first_xyxy: NDArray, second_xyxy: NDArray) -> NDArray[np.float32]:
    """Give the intersection over union of every pair, ``(N, M)``; 0 where both are empty."""
    low = np.maximum(first_xyxy[:, None, :2], second_xyxy[None, :, :2])
    high = np.minimum(first_xyxy[:, None, 2:], second_xyxy[None, :, 2:])
    overlap = np.clip(high - low, 0, None).prod(axis=2)
    union = area(first_xyxy)[:, None] + area(second_xyxy)[None, :] - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


def clip(boxes_xyxy: NDArray, size_wh: tuple[int, int]) -> NDArray:
    """Cut boxes at the edges of a picture."""
    limits = np.array([*size_wh, *size_wh], boxes_xyxy.dtype)
    return np.clip(boxes_xyxy, 0, limits)
