"""Answers drawn into pictures of a report: what was right, what was wrong, what was missed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

#: The longer side of pictures before anything is drawn: lines stay fine, words legible.
SIDE = 420
RIGHT, WRONG, MISSED = (90, 160, 20), (40, 40, 225), (0, 165, 255)  # BGR


def enlarged(image_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring a picture to the size of a report."""
    scale = SIDE / max(image_bgr.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST if scale > 3 else cv2.INTER_CUBIC
    height, width = (max(round(side * scale), 1) for side in image_bgr.shape[:2])
    return np.asarray(cv2.resize(image_bgr, (width, height), interpolation=method), np.uint8)


def draw_box(
    canvas: NDArray[np.uint8],
    box_xyxy: NDArray[np.float32],
    scale: float,
    colour: tuple[int, int, int],
    label: str = '',
) -> None:
    """Draw a box of the picture, with a label, into its enlarged copy."""
    left, top, right, bottom = (round(float(edge) * scale) for edge in box_xyxy)
    cv2.rectangle(canvas, (left, top), (right, bottom), colour, 2)
    if not label:
        return
    (width, height), base = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
    x = min(max(left, 0), max(canvas.shape[1] - width - 4, 0))
    y = top if top > height + base + 2 else min(bottom + height + base + 2, canvas.shape[0])
    cv2.rectangle(canvas, (x, y - height - base - 2), (x + width + 4, y), colour, cv2.FILLED)
    cv2.putText(canvas, label, (x + 2, y - base), cv2.FONT_HERSHEY_SIMPLEX, 0.42,
                (255, 255, 255), 1, cv2.LINE_AA)  # fmt: skip


def draw_masks(
    image_bgr: NDArray[np.uint8], truth: NDArray[np.uint8], answer: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Tint what was answered rightly, wrongly, and what was missed; class 0 is background."""
    canvas = enlarged(image_bgr)
    size = (canvas.shape[1], canvas.shape[0])
    true, said = (cv2.resize(one, size, interpolation=cv2.INTER_NEAREST) for one in (truth, answer))
    kinds = (
        ((said == true) & (true > 0), RIGHT),
        ((said != true) & (said > 0), WRONG),
        ((said == 0) & (true > 0), MISSED),
    )
    for chosen, colour in kinds:
        canvas[chosen] = (0.5 * canvas[chosen] + 0.5 * np.array(colour)).astype(np.uint8)
    return canvas
