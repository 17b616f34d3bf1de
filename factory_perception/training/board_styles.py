"""Bare circuit boards as others would lay them out: what is odd about them is no defect.

Where lines of copper, or the bare lines between copper, are narrow only in boards with cuts and
bridges, a network takes every narrow line for one. Lines of a layout are long and straight. What a
board and its template both show is meant to be there, whatever it looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.board_shapes import (
    BARE,
    COPPER,
    count_parts,
    draw_shape,
    find_copper,
    free_of,
    KINDS,
    look_at,
    Mask,
    TAKEN,
)
from factory_perception.training.data import Example

#: At most so many places of a picture change; as many shapes are painted where there is a template.
_MOST = 8
#: At most so many lines are added, so long, and so wide, in pixels.
_LINES, _LINE, _LINE_WIDE = 4, (60, 300), (3, 14)
#: A line begins where there is so little depth; it is tried at so many places; so far on it must
#: have left the edge.
_EDGE, _TRIES, _INSIDE = 1.5, 12, 10
#: Half the width of lines that are made narrower, and of what remains of them, in pixels.
_WIDE, _LEFT = (3.0, 14.0), (1.0, 3.0)
#: Half the length of what is narrow, in pixels.
_LONG = (8, 50)
#: Pixels around a place in which no line may end or join another.
_AROUND = 4

Pictures = list[NDArray[np.uint8]]
Window = tuple[slice, slice]


def restyle_board(example: Example, rng: np.random.Generator) -> Example:
    """Narrow lines and add some; beside a template, paint shapes of defects into both pictures.

    Boxes, and what lies in them, stay as they are.
    """
    assert example.boxes is not None
    pictures = [example.image_bgr.copy()]
    if example.template_bgr is not None:
        pictures.append(example.template_bgr.copy())
    free = free_of(example.boxes, example.image_bgr.shape)
    for _ in range(int(rng.integers(_LINES + 1))):
        _add_line(pictures, free, rng)
    for _ in range(int(rng.integers(1, _MOST + 1))):
        _narrow(pictures, free, rng)
    if len(pictures) > 1:
        _paint(pictures, free, rng)
    return replace(
        example,
        image_bgr=pictures[0],
        template_bgr=pictures[1] if len(pictures) > 1 else None,
    )


def _paint(pictures: Pictures, free: Mask, rng: np.random.Generator) -> None:
    """Paint shapes of defects into all pictures alike."""
    board = look_at(find_copper(pictures[0]))
    for kind in rng.choice(KINDS, int(rng.integers(1, _MOST + 1))):
        changed = draw_shape(board, kind, free, rng)
        if changed is not None:
            for picture in pictures:
                picture[changed] = BARE if kind in TAKEN else COPPER


def _add_line(pictures: Pictures, free: Mask, rng: np.random.Generator) -> None:
    """Lead a straight line from an edge to the next one, if there is room for it."""
    of_copper = bool(rng.random() < 0.5)
    ground = find_copper(pictures[0]) != of_copper
    depth = _depth(ground)
    edges = np.flatnonzero(ground & (depth < _EDGE) & free)
    for place in rng.choice(edges, min(_TRIES, len(edges)), replace=False):
        y, x = (int(at) for at in np.divmod(place, ground.shape[1]))
        window = _line_from((y, x), depth, rng)
        if window is not None and free[window].all():
            for picture in pictures:
                picture[window] = COPPER if of_copper else BARE
            return


def _line_from(
    place: tuple[int, int], depth: NDArray[np.float32], rng: np.random.Generator
) -> Window | None:
    """Give the window of a line from an edge through its ground; None where it is short or long."""
    upright, ahead = rng.random(2) < 0.5
    (y, x), forth = place, 1 if ahead else -1
    way = depth[y::forth, x] if upright else depth[y, x::forth]
    ends = np.flatnonzero(way == 0)
    length = int(ends[0]) if len(ends) else len(way)
    if not _LINE[0] <= length < _LINE[1] or way[_INSIDE] < _INSIDE / 2:
        return None
    at, beside = (y, x) if upright else (x, y)
    along = slice(at, at + length) if ahead else slice(at - length + 1, at + 1)
    wide = int(rng.integers(*_LINE_WIDE))
    first = beside - wide // 2
    across = slice(max(first, 0), first + wide)
    return (along, across) if upright else (across, along)


def _narrow(pictures: Pictures, free: Mask, rng: np.random.Generator) -> None:
    """Narrow one line in all pictures alike, if a random place has one."""
    of_copper = bool(rng.random() < 0.5)
    lines = [find_copper(picture) == of_copper for picture in pictures]
    depth = _depth(lines[0])
    middle = cv2.dilate(depth, np.ones((5, 5), np.uint8)) == depth
    places = np.flatnonzero(middle & (depth > _WIDE[0]) & (depth < _WIDE[1]) & free)
    if not len(places):
        return
    y, x = np.divmod(int(rng.choice(places)), depth.shape[1])
    half = float(depth[y, x])
    window = _window(depth.shape, (int(y), int(x)), int(half) + _AROUND, rng)
    if not free[window].all():
        return
    cut = half - rng.uniform(_LEFT[0], min(_LEFT[1], half - 1))
    changed = _cut_off(lines, window, cut)
    if changed is not None:
        for picture, pixels in zip(pictures, changed):
            picture[window][pixels] = BARE if of_copper else COPPER


def _window(
    shape: tuple[int, ...], place: tuple[int, int], across: int, rng: np.random.Generator
) -> Window:
    """Give rows and columns around a place, longer in one direction than in the other."""
    along = int(rng.integers(*_LONG))
    halves = (across, along) if rng.random() < 0.5 else (along, across)
    rows, columns = (
        slice(max(at - half, 0), min(at + half + 1, size))
        for at, half, size in zip(place, halves, shape)
    )
    return rows, columns


def _cut_off(lines: Sequence[Mask], window: Window, cut: float) -> list[Mask] | None:
    """Give the rims of lines in a window; None where a line would end, vanish or meet another."""
    changed = []
    wide = tuple(slice(max(side.start - _AROUND, 0), side.stop + _AROUND) for side in window)
    for line in lines:
        rim = np.zeros(line.shape, bool)
        rim[window] = (line & (_depth(line) <= cut))[window]
        before, after = line[wide], line[wide] & ~rim[wide]
        if any(
            count_parts(was) != count_parts(now)
            for was, now in ((before, after), (~before, ~after))
        ):
            return None
        changed.append(rim[window])
    return changed


def _depth(mask: Mask) -> NDArray[np.float32]:
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3), np.float32)
