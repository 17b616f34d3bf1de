"""Negatives of bare circuit boards: bare lines in copper where lines of copper were.

In a negative every defect is its counterpart: what cut a line of copper joins two areas of it, a
hole in copper is a speck of copper. Boards poured full of copper can so be learned from others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from factory_perception.training.board_shapes import ADDED, BARE, COPPER, TAKEN
from factory_perception.training.data import Example


def negative_of_board(example: Example, classes: Sequence[str]) -> Example:
    """Swap copper and what is bare, in picture and template, and the kinds of defects with it.

    Args:
        example: a binarised picture with its boxes.
        classes: class names, among them all kinds of ``board_shapes``.
    """
    assert example.boxes is not None
    counterpart = dict(zip(TAKEN + ADDED, ADDED + TAKEN))
    swapped = np.array([classes.index(counterpart.get(name, name)) for name in classes], np.int32)
    template = example.template_bgr
    return replace(
        example,
        image_bgr=BARE + COPPER - example.image_bgr,
        template_bgr=None if template is None else BARE + COPPER - template,
        boxes=replace(example.boxes, class_ids=swapped[example.boxes.class_ids]),
    )
