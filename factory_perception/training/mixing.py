"""Training pictures made from several: pasted together, objects copied over, faults left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from factory_perception.training.augmentation import visible_boxes
from factory_perception.training.data import Example
from factory_perception.training.setting_tree import SettingsError
from factory_perception.vision.boxes import iou_matrix
from factory_perception.vision.detections import Detections

#: Where an object is pasted it may cover so much of what is there already.
MAX_COVER = 0.02
_TRIES = 8
_MARGIN_PX = 2


def faultless(example: Example) -> Example:
    """Give the template in place of the picture: what it shows is meant to be there.

    Raises:
        SettingsError: there is no template.
    """
    if example.template_bgr is None:
        raise SettingsError('augment.faultless is set, but this data set has no templates')
    assert example.boxes is not None
    nothing = example.boxes.select(np.zeros(0, np.int64))
    return replace(example, image_bgr=example.template_bgr, boxes=nothing)


def mosaic(first: Example, draw: Callable[[], Example], rng: np.random.Generator) -> Example:
    """Paste a picture and three others of its size together at a random crossing.

    The window of each is laid around one of its objects, all classes alike: what is rare or small
    comes up as often as what fills the pictures.

    Args:
        first: comes to lie at the top left.
        draw: gives another augmented example of the same size.
        rng: decides where the crossing lies.
    """
    height, width = first.image_bgr.shape[:2]
    x, y = (int(rng.uniform(0.3, 0.7) * side) for side in (width, height))
    corners = [(0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height)]
    canvas = np.empty_like(first.image_bgr)
    template = None if first.template_bgr is None else np.empty_like(first.template_bgr)
    parts = []
    for index, (left, top, right, bottom) in enumerate(corners):
        example = first if index == 0 else draw()
        assert example.boxes is not None
        room = (width - (right - left), height - (bottom - top))
        from_left, from_top = _window(example.boxes, (right - left, bottom - top), room, rng)
        cut = np.s_[from_top : from_top + bottom - top, from_left : from_left + right - left]
        canvas[top:bottom, left:right] = example.image_bgr[cut]
        if template is not None and example.template_bgr is not None:
            template[top:bottom, left:right] = example.template_bgr[cut]
        window = _shifted(example.boxes, -from_left, -from_top).boxes_xyxy
        kept = visible_boxes(example.boxes.with_boxes(window), (right - left, bottom - top))
        parts.append(_shifted(kept, left, top))
    return replace(first, image_bgr=canvas, template_bgr=template, boxes=join(parts))


def _window(
    boxes: Detections, size_wh: tuple[int, int], room_xy: tuple[int, int], rng: np.random.Generator
) -> tuple[int, int]:
    """Draw the left top corner of a window that lies around a box, or anywhere without boxes."""
    if not len(boxes):
        return int(rng.integers(0, room_xy[0] + 1)), int(rng.integers(0, room_xy[1] + 1))
    kind = rng.choice(np.unique(boxes.class_ids))
    box = boxes.boxes_xyxy[rng.choice(np.flatnonzero(boxes.class_ids == kind))]
    centre = (box[:2] + box[2:]) / 2
    corner = centre - np.array(size_wh) * rng.uniform(0.3, 0.7, 2)
    left, top = np.clip(corner, 0, room_xy).astype(int)
    return int(left), int(top)


def paste(target: Example, source: Example, rng: np.random.Generator) -> Example:
    """Copy the objects of one picture to free places of another of the same size.

    What lies below them in the template of the source goes into the template of the target.
    """
    assert target.boxes is not None and source.boxes is not None
    image, boxes = target.image_bgr.copy(), target.boxes
    template = None if target.template_bgr is None else target.template_bgr.copy()
    height, width = image.shape[:2]
    for index in range(len(source.boxes)):
        left, top, right, bottom = (int(edge) for edge in np.round(source.boxes.boxes_xyxy[index]))
        left, top = max(left - _MARGIN_PX, 0), max(top - _MARGIN_PX, 0)
        cut = np.s_[top : bottom + _MARGIN_PX, left : right + _MARGIN_PX]
        patch = source.image_bgr[cut]
        if min(patch.shape[:2]) < 4 or patch.shape[0] >= height or patch.shape[1] >= width:
            continue
        place = _free_place(boxes, patch.shape[1], patch.shape[0], (width, height), rng)
        if place is None:
            continue
        to = np.s_[place[1] : place[1] + patch.shape[0], place[0] : place[0] + patch.shape[1]]
        image[to] = patch
        if template is not None and source.template_bgr is not None:
            template[to] = source.template_bgr[cut]
        moved = source.boxes.select(np.array([index]))
        boxes = join([boxes, _shifted(moved, place[0] - left, place[1] - top)])
    return replace(target, image_bgr=image, template_bgr=template, boxes=boxes)


def _shifted(boxes: Detections, right: int, down: int) -> Detections:
    moved = boxes.boxes_xyxy + np.array([right, down, right, down], np.float32)
    return boxes.with_boxes(moved)


def _free_place(
    boxes: Detections,
    width: int,
    height: int,
    size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[int, int] | None:
    for _ in range(_TRIES):
        x = int(rng.integers(0, size_wh[0] - width))
        y = int(rng.integers(0, size_wh[1] - height))
        place = np.array([[x, y, x + width, y + height]], np.float32)
        if not len(boxes) or iou_matrix(place, boxes.boxes_xyxy).max() <= MAX_COVER:
            return x, y
    return None


def join(parts: list[Detections]) -> Detections:
    """Put the boxes of several parts into one list."""
    return Detections(
        np.concatenate([part.boxes_xyxy for part in parts]).astype(np.float32),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.class_ids for part in parts]),
    )
