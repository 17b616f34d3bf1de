"""Random changes to pictures, so that a network learns what does not matter.

All geometry is one affine map per picture, applied once, straight to the size of the input.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.data import Example
from factory_perception.training.settings import AugmentSettings
from factory_perception.vision.boxes import area, clip
from factory_perception.vision.detections import Detections
from factory_perception.vision.letterbox import Letterbox

#: A box that is cut by the edge stays while so much of it is visible.
MIN_VISIBLE = 0.3
MIN_SIDE_PX = 2.0
_PAD = (114, 114, 114)
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def augment(
    example: Example,
    input_wh: tuple[int, int],
    how: AugmentSettings,
    rng: np.random.Generator,
    resize: str = 'letterbox',
) -> Example:
    """Change a picture and what is known about it at random, and fit it to the input."""
    matrix = geometry(_size_wh(example), input_wh, how, rng, resize)
    look = _Look(how, rng)
    warped = warp(example, matrix, input_wh)
    template = warped.template_bgr
    return replace(
        warped,
        image_bgr=look.apply(warped.image_bgr),
        template_bgr=None if template is None else look.apply(template),
    )


def geometry(
    source_wh: tuple[int, int],
    input_wh: tuple[int, int],
    how: AugmentSettings,
    rng: np.random.Generator,
    resize: str,
) -> NDArray[np.float64]:
    """Draw an affine map ``(2, 3)`` from edges of the picture to edges of the input."""
    fit = Letterbox.fit(source_wh, input_wh, resize)
    zoom = np.exp(rng.uniform(np.log(how.zoom_low), np.log(how.zoom_high)))
    stretch = np.exp(rng.uniform(-1, 1) * np.log(how.stretch) / 2) if how.stretch > 1 else 1.0
    scale = np.array(fit.resized_wh) / source_wh * zoom * (stretch, 1 / stretch)
    flips = rng.random(2) < (how.flip_horizontal, how.flip_vertical)
    quarters = rng.integers(4) if how.quarter_turns and rng.random() < how.quarter_turns else 0
    angle = np.deg2rad(90 * quarters + rng.uniform(-how.rotate_deg, how.rotate_deg))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag(np.where(flips, -scale, scale))
    shift = rng.uniform(-how.shift, how.shift, 2) * input_wh
    offset = np.array(input_wh) / 2 + shift - linear @ (np.array(source_wh) / 2)
    return np.column_stack([linear, offset])


def warp(example: Example, matrix: NDArray[np.float64], input_wh: tuple[int, int]) -> Example:
    """Apply an affine map to a picture, its boxes, mask and template."""
    moved = matrix.copy()  # OpenCV counts from the centre of the first pixel, we from its edge
    moved[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5

    def picture(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.asarray(cv2.warpAffine(image, moved, input_wh, borderValue=_PAD), np.uint8)

    mask, template, boxes = example.mask, example.template_bgr, example.boxes
    if mask is not None:
        mask = np.asarray(cv2.warpAffine(mask, moved, input_wh, flags=cv2.INTER_NEAREST), np.uint8)
    return replace(
        example,
        image_bgr=picture(example.image_bgr),
        template_bgr=None if template is None else picture(template),
        mask=mask,
        boxes=None if boxes is None else _move_boxes(boxes, matrix, input_wh),
    )


def _size_wh(example: Example) -> tuple[int, int]:
    height, width = example.image_bgr.shape[:2]
    return width, height


def _move_boxes(
    boxes: Detections, matrix: NDArray[np.float64], input_wh: tuple[int, int]
) -> Detections:
    points = boxes.boxes_xyxy[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    corners = (points @ matrix[:, :2].T + matrix[:, 2]).reshape(-1, 4, 2)
    moved = np.concatenate([corners.min(1), corners.max(1)], axis=1).astype(np.float32)
    return visible_boxes(boxes.with_boxes(moved), input_wh)


def visible_boxes(boxes: Detections, input_wh: tuple[int, int]) -> Detections:
    """Cut boxes at the edges of the input; leave out those of which too little remains."""
    cut = clip(boxes.boxes_xyxy, input_wh).astype(np.float32)
    sides = (cut[:, 2:] - cut[:, :2]).min(1, initial=np.inf)
    keep = (area(cut) >= MIN_VISIBLE * area(boxes.boxes_xyxy)) & (sides >= MIN_SIDE_PX)
    return boxes.with_boxes(cut).select(keep)


class _Look:
    """One change of lines, light, colour, sharpness, noise; a picture and its template share it."""

    def __init__(self, how: AugmentSettings, rng: np.random.Generator) -> None:
        self._strokes = None
        if how.strokes and rng.random() < how.strokes:
            self._strokes = (cv2.dilate, cv2.erode)[int(rng.integers(2))]
        self._contrast = 1 + rng.uniform(-how.light, how.light)
        self._brightness = rng.uniform(-how.light, how.light) * 128
        self._hue = rng.uniform(-how.colour, how.colour) * 90
        self._saturation = 1 + rng.uniform(-how.colour, how.colour) * 2
        self._sigma = rng.uniform(0.3, 1.2) if rng.random() < how.blur else 0.0
        self._noise = rng.uniform(0, how.noise)
        self._rng = rng

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self._strokes:
            image = np.asarray(self._strokes(image, _CROSS), np.uint8)
        changed = cv2.convertScaleAbs(image, alpha=self._contrast, beta=self._brightness)
        if self._hue or self._saturation != 1:
            changed = self._recolour(np.asarray(changed, np.uint8))
        if self._sigma:
            changed = cv2.GaussianBlur(changed, (0, 0), self._sigma)
        if self._noise > 0.5:
            noise = self._rng.standard_normal(changed.shape, np.float32) * self._noise
            changed = np.clip(changed + noise, 0, 255)
        return np.asarray(changed).astype(np.uint8)

    def _recolour(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
        hue, saturation, value = cv2.split(hsv)
        hue = ((hue.astype(np.int16) + round(self._hue)) % 180).astype(np.uint8)
        saturation = cv2.convertScaleAbs(saturation, alpha=self._saturation)
        return np.asarray(cv2.cvtColor(cv2.merge([hue, saturation, value]), cv2.COLOR_HSV2BGR))
