"""What a network has to beat: rivals that learn nothing, or next to nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.classification_metrics import classification_figures
from factory_perception.training.data import Example, PictureData
from factory_perception.training.segmentation_metrics import MaskCounts
from factory_perception.vision.detections import Detections
from factory_perception.vision.matching import match, operating_point

#: Differences to a template thinner than this are edges that do not quite fit.
_OPENING_PX = 3
_MARGIN_PX = 10
_LEAST_AREA_PX = 12
#: Rows and columns of places that masks are compared by.
_PLACES = (64, 64)


def template_difference(example: Example) -> Detections:
    """Box what differs from the template; class-free.

    Exclusive or of the thresholded pictures, opening, dilation, connected parts: what inspection
    machines did before they learnt.
    """
    assert example.template_bgr is not None
    pictures = (example.image_bgr, example.template_bgr)
    binary = [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) > 127 for picture in pictures]
    return _boxes_of((binary[0] ^ binary[1]).astype(np.uint8))


def unusual_colour(example: Example) -> Detections:
    """Box what is far from the picture's own median colour; class-free."""
    return _boxes_of(_strange(example.image_bgr, 90))


def _strange(image_bgr: NDArray[np.uint8], percentile: float) -> NDArray[np.uint8]:
    """Mark with 1 what is farther from the median colour than a share of the picture, (H, W)."""
    image = image_bgr.astype(np.int16)
    distance = np.abs(image - np.median(image, axis=(0, 1))).sum(2)
    return (distance > max(np.percentile(distance, percentile), 40)).astype(np.uint8)


def _boxes_of(mask: NDArray[np.uint8]) -> Detections:
    kernel = np.ones((_OPENING_PX, _OPENING_PX), np.uint8)
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    grown = cv2.dilate(opened, np.ones((5, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(grown)
    rows = [row[:4] for row in stats[1:] if row[4] >= _LEAST_AREA_PX]
    boxes = np.array(
        [[x - _MARGIN_PX, y - _MARGIN_PX, x + w + _MARGIN_PX, y + h + _MARGIN_PX]
         for x, y, w, h in rows], np.float32,
    ).reshape(-1, 4)  # fmt: skip
    count = len(boxes)
    return Detections(boxes, np.ones(count, np.float32), np.zeros(count, np.int32))


def detection_rule(data: PictureData) -> tuple[str, Callable[[Example], Detections]]:
    """Give the rule that fits the pictures, and what it does in words."""
    if data.read(0).template_bgr is None:
        return 'boxing what has an unusual colour', unusual_colour
    return 'boxing what differs from the template', template_difference


def detection_baseline(data: PictureData) -> dict[str, Any]:
    """Measure the simple rival on a set: where something is, not what."""
    _, rival = detection_rule(data)
    truths, found = [], []
    for index in range(len(data)):
        example = data.read(index)
        assert example.boxes is not None
        classless = np.zeros(len(example.boxes), np.int32)
        truths.append(Detections(example.boxes.boxes_xyxy, example.boxes.scores, classless))
        found.append(rival(example))
    result: dict[str, Any] = {'name': rival.__name__, 'classes': 'none: only where something is'}
    for name, iou in (('iou33', 0.33), ('iou50', 0.5)):
        point = operating_point(match(truths, found, 1, iou), 0.5)
        result[name] = {'precision': point.precision, 'recall': point.recall, 'f1': point.f1}
    return result


def majority(data: PictureData) -> dict[str, Any]:
    """Measure the rival that always names the most frequent class."""
    labels = np.array([data.read(index).label for index in range(len(data))])
    answers = np.zeros((len(labels), len(data.classes)), np.float32)
    answers[:, np.bincount(labels).argmax()] = 1.0
    figures = classification_figures(labels, answers, data.classes)
    return {'name': 'majority', **{key: figures[key] for key in ('accuracy', 'macro_f1')}}


def colour_mask(image_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mark what is far from the picture's own median colour as class 1, ``(H, W)``."""
    return _strange(image_bgr, 95)


def usual_mask(data: PictureData) -> Callable[[tuple[int, int]], NDArray[np.uint8]]:
    """Learn which class is most often at each place; give the mask for a shape ``(H, W)``."""
    counts = np.zeros((len(data.classes), *_PLACES), np.int64)
    for index in range(len(data)):
        mask = data.read(index).mask
        assert mask is not None
        small = cv2.resize(mask, _PLACES[::-1], interpolation=cv2.INTER_NEAREST)
        counts += small == np.arange(len(counts))[:, None, None]
    usual = counts.argmax(0).astype(np.uint8)

    def fitted(shape: tuple[int, int]) -> NDArray[np.uint8]:
        resized = cv2.resize(usual, shape[::-1], interpolation=cv2.INTER_NEAREST)
        return np.asarray(resized, np.uint8)

    return fitted


def colour_threshold(data: PictureData) -> dict[str, Any]:
    """Measure the rival that marks unusual colours as the first class that is no background."""
    counts = MaskCounts(data.classes)
    for index in range(len(data)):
        example = data.read(index)
        assert example.mask is not None
        counts.add(example.mask, colour_mask(example.image_bgr))
    figures = counts.figures()
    return {'name': 'colour_threshold', 'miou': figures['miou'], 'dice': figures['dice']}


BASELINES: dict[str, Callable[[PictureData], dict[str, Any]]] = {
    'detect': detection_baseline,
    'classify': majority,
    'segment': colour_threshold,
}
