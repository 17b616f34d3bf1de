"""Draw detections into a picture for people."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.colours import Colour
from factory_perception.vision.detections import Detections

_FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_detections(
    image_bgr: NDArray[np.uint8],
    detections: Detections,
    classes: Sequence[str],
    palette: Sequence[Colour],
) -> NDArray[np.uint8]:
    """Give a copy of a picture ``(H, W, 3)`` with a frame and a label around each detection.

    ``classes`` and ``palette`` hold the name and the colour of each class id.
    """
    canvas = image_bgr.copy()
    scale = max(min(canvas.shape[:2]) / 900, 0.4)
    thickness = max(round(scale * 2), 1)
    for index in np.argsort(detections.scores):  # the surest on top
        left, top, right, bottom = (round(float(edge)) for edge in detections.boxes_xyxy[index])
        class_id = detections.class_ids[index]
        colour = palette[class_id]
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
        label = f'{classes[class_id]} {detections.scores[index]:.2f}'
        if detections.track_ids is not None and detections.track_ids[index] >= 0:
            label = f'#{detections.track_ids[index]} {label}'
        _draw_label(canvas, label, (left, top), colour, scale)
    return canvas


def _draw_label(
    canvas: NDArray[np.uint8],
    text: str,
    corner_xy: tuple[int, int],
    colour: Colour,
    scale: float,
) -> None:
    """Write a label above a box, or inside it where there is no room above."""
    (width, height), baseline = cv2.getTextSize(text, _FONT, scale, 1)
    left = max(min(corner_xy[0], canvas.shape[1] - width - 2), 0)
    tall = height + baseline
    bottom = corner_xy[1] if corner_xy[1] > tall else max(corner_xy[1], 0) + tall
    top_left = (left, bottom - tall)
    cv2.rectangle(canvas, top_left, (left + width + 2, bottom), colour, cv2.FILLED)
    dark = sum(colour) > 300
    ink = (20, 20, 20) if dark else (255, 255, 255)
    cv2.putText(
        canvas, text, (left + 1, bottom - baseline // 2 - 1), _FONT, scale, ink, 1, cv2.LINE_AA
    )
