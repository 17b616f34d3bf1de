"""Defects of bare circuit boards, painted into binarised pictures of them.

What is painted is named by what it does to the copper (``board_shapes``). Boards of few styles,
whose defects were drawn by few hands, teach little else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.board_shapes import (
    BARE,
    COPPER,
    draw_shape,
    find_copper,
    free_of,
    KINDS,
    look_at,
    TAKEN,
)
from factory_perception.training.data import Example
from factory_perception.training.mixing import join
from factory_perception.vision.detections import Detections

#: At most so many in a picture.
_MOST = 6
#: Boxes are drawn so much wider than what they hold.
_MARGIN = (6, 13)


def paint_board_defects(
    example: Example, classes: Sequence[str], rng: np.random.Generator
) -> Example:
    """Paint one to six defects beside those that are there; the template stays as it is."""
    assert example.boxes is not None
    copper = find_copper(example.image_bgr)
    free = free_of(example.boxes, copper.shape)
    image, parts = example.image_bgr.copy(), [example.boxes]
    board = look_at(copper)
    for kind in rng.choice(KINDS, int(rng.integers(1, _MOST + 1))):
        changed = draw_shape(board, kind, free, rng)
        if changed is None:
            continue
        rows, columns = changed
        image[rows, columns] = BARE if kind in TAKEN else COPPER
        box = _box(rows, columns, copper.shape, rng)
        left, top, right, bottom = box.astype(int)
        free[top:bottom, left:right] = False
        one = np.array([classes.index(kind)], np.int32)
        parts.append(Detections(box[None], np.ones(1, np.float32), one))
    return replace(example, image_bgr=image, boxes=join(parts))


def _box(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, ...],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    margin = rng.integers(_MARGIN[0], _MARGIN[1], 4)
    edges = [columns.min() - margin[0], rows.min() - margin[1],
             columns.max() + 1 + margin[2], rows.max() + 1 + margin[3]]  # fmt: skip
    return np.clip(edges, 0, [shape[1], shape[0]] * 2).astype(np.float32)
