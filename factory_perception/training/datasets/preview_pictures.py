"""A sheet of pictures with their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.data import Example
from factory_perception.training.datasets.balanced import balanced
from factory_perception.training.datasets.canvas import (
    grid,
    GROUND,
    headed,
    palette,
    shortened,
    tag,
    write,
)
from factory_perception.training.datasets.picture_set import PictureIndex, read_record, Record
from factory_perception.training.datasets.problems import DatasetError
from factory_perception.vision.colours import Colour

TILES, COLUMNS, SIDE = 24, 6, 300
#: Of many pictures with masks only so many are opened to see which classes they show.
_LOOKED_AT = 120


def picture_sheet(
    title: str, index: PictureIndex, records: Sequence[Record]
) -> NDArray[np.uint8] | None:
    """Draw up to 24 pictures, with the template beside each that has one.

    Pictures that cannot be read are left out; ``None`` when none can.
    """
    colours = palette(index.classes)
    paired = any(record.template is not None for record in records)
    kinds = [_kinds(record, place) for place, record in enumerate(records)]
    chosen = balanced([record.name for record in records], kinds, TILES // 2 if paired else TILES)
    tiles = []
    for place in chosen:
        try:
            example = read_record(records[place])
        except DatasetError:
            continue
        tiles.append(_tile(records[place].name, example, list(index.classes), colours))
    if not tiles:
        return None
    columns = min(len(tiles), COLUMNS // 2 if paired else COLUMNS)
    legend = {name: colours[name] for name in index.classes}
    return headed(grid(tiles, columns), title, legend)


def _kinds(record: Record, place: int) -> list[int]:
    if record.boxes is not None:
        return sorted(set(record.boxes.class_ids.tolist()))
    if record.label is not None:
        return [record.label]
    if record.mask is not None and place < _LOOKED_AT:
        try:
            height, width = record.pixels.load().shape[:2]
            return [int(one) for one in np.unique(record.mask.load((width, height)))]
        except DatasetError:
            return []
    return []


def _tile(
    name: str, example: Example, classes: Sequence[str], colours: Mapping[str, Colour]
) -> NDArray[np.uint8]:
    picture, scale = _fitted(example.image_bgr)
    if example.mask is not None:
        picture = _with_mask(picture, example.mask, scale, classes, colours)
    if example.boxes is not None:
        for box, class_id in zip(example.boxes.boxes_xyxy, example.boxes.class_ids):
            left, top, right, bottom = (round(float(edge) * scale) for edge in box)
            colour = colours[classes[class_id]]
            cv2.rectangle(picture, (left, top), (right, bottom), colour, 1, cv2.LINE_AA)
            tag(picture, classes[class_id], (left, top), colour)
    if example.label is not None:
        tag(picture, classes[example.label], (0, 0), colours[classes[example.label]])
    pieces = [_framed(picture)]
    pieces[0][:, -2:] = GROUND
    if example.template_bgr is not None:
        pieces.append(_framed(_fitted(example.template_bgr)[0]))
    caption = np.full((18, SIDE * len(pieces), 3), GROUND, np.uint8)
    write(caption, shortened(name, 40 * len(pieces)), (2, 13))
    return np.vstack([np.hstack(pieces), caption])


def _fitted(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    scale = SIDE / max(image.shape[:2])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    rule = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    return np.array(cv2.resize(image, size, interpolation=rule), np.uint8), scale


def _framed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    frame = np.full((SIDE, SIDE, 3), 20, np.uint8)
    frame[: picture.shape[0], : picture.shape[1]] = picture[:SIDE, :SIDE]
    return frame


def _with_mask(
    picture: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    scale: float,
    classes: Sequence[str],
    colours: Mapping[str, Colour],
) -> NDArray[np.uint8]:
    size = picture.shape[1], picture.shape[0]
    small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST))
    drawn = picture.copy()
    for class_id in np.unique(small[small > 0]):
        here = (small == class_id).astype(np.uint8)
        colour = colours[classes[class_id]]
        drawn[here > 0] = (0.6 * drawn[here > 0] + 0.4 * np.array(colour)).astype(np.uint8)
        outlines, _ = cv2.findContours(here, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, outlines, -1, colour, 1)
        ys, xs = np.nonzero(here)
        tag(drawn, classes[class_id], (int(xs.min()), int(ys.min())), colour)
    return drawn
