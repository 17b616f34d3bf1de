"""Random changes to pictures, so that the network learns what does not matter."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.data import Example
from factory_perception.vision.boxes import area, clip
from factory_perception.vision.detections import Detections
from factory_perception.vision.letterbox import Letterbox

#: A box that is cut by the edge stays while so much of it is visible.
MIN_VISIBLE = 0.3
MIN_SIDE_PX = 2.0


@dataclass(frozen=True)
class Augmentation:
    """How much to change; zeros and ones change nothing."""

    flip_horizontal: float = 0.5
    flip_vertical: float = 0.5
    #: Smallest and largest zoom.
    zoom: tuple[float, float] = (0.75, 1.35)
    #: Largest shift, as a share of the input.
    shift: float = 0.1
    #: Largest change of brightness and contrast, as a share.
    light: float = 0.2
    #: Largest standard deviation of added noise, in grey levels.
    noise: float = 6.0
    #: Share of pictures that are blurred.
    blur: float = 0.1


def augment(
    example: Example, input_wh: tuple[int, int], how: Augmentation, rng: np.random.Generator
) -> Example:
    """Change a picture and its boxes at random, and bring them to the size of the input."""
    matrix = _geometry(example, input_wh, how, rng)
    image = cv2.warpAffine(
        example.image_bgr, _pixel_centres(matrix), input_wh, borderValue=(114, 114, 114)
    )
    image = _photometry(np.asarray(image, np.uint8), how, rng)
    assert example.boxes is not None
    return Example(image, _move_boxes(example.boxes, matrix, input_wh))


def _geometry(
    example: Example, input_wh: tuple[int, int], how: Augmentation, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Give a 2 x 3 matrix from picture edges to input edges."""
    height, width = example.image_bgr.shape[:2]
    fit = Letterbox.fit((width, height), input_wh, 'letterbox')
    zoom = np.exp(rng.uniform(*np.log(how.zoom)))
    scale = np.array(fit.resized_wh) / (width, height) * zoom
    flips = rng.random(2) < (how.flip_horizontal, how.flip_vertical)
    scale = np.where(flips, -scale, scale)
    shift = rng.uniform(-how.shift, how.shift, 2) * input_wh
    centre = np.array(input_wh) / 2 + shift - scale * np.array((width, height)) / 2
    return np.array([[scale[0], 0, centre[0]], [0, scale[1], centre[1]]])


def _pixel_centres(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the matrix in OpenCV's coordinates, where 0 is the centre of the first pixel."""
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return moved


def _photometry(
    image: NDArray[np.uint8], how: Augmentation, rng: np.random.Generator
) -> NDArray[np.uint8]:
    contrast = 1 + rng.uniform(-how.light, how.light)
    brightness = rng.uniform(-how.light, how.light) * 128
    image = np.asarray(cv2.convertScaleAbs(image, alpha=contrast, beta=brightness), np.uint8)
    if rng.random() < how.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.2)), np.uint8)
    level = rng.uniform(0, how.noise)
    if level > 0.5:
        noise = rng.normal(0, level, image.shape).astype(np.float32)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image


def _move_boxes(
    boxes: Detections, matrix: NDArray[np.float64], input_wh: tuple[int, int]
) -> Detections:
    corners = boxes.boxes_xyxy.reshape(-1, 2) @ matrix[:, :2].T + matrix[:, 2]
    corners = corners.reshape(-1, 2, 2)
    moved = np.concatenate([corners.min(1), corners.max(1)], axis=1).astype(np.float32)
    cut = clip(moved, input_wh).astype(np.float32)
    sides = (cut[:, 2:] - cut[:, :2]).min(1, initial=np.inf)
    keep = (area(cut) >= MIN_VISIBLE * area(moved)) & (sides >= MIN_SIDE_PX)
    return boxes.with_boxes(cut).select(keep)
