"""Shapes that a brush leaves on a bare circuit board, and what they do to its copper.

Copper is dark in binarised pictures. A shape is named by its effect: a hole in copper, a bite out
of its edge, a cut through it; a speck beside it, a bump on its edge, a bridge between two parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.detections import Detections

Mask = NDArray[np.bool_]
#: Kinds that take copper away, and that add some: enclosed, at an edge, from edge to edge. In a
#: negative each is the other.
TAKEN, ADDED = ('pin-hole', 'mousebite', 'open'), ('copper', 'spur', 'short')
KINDS = TAKEN + ADDED
#: Kinds that touch no edge.
ENCLOSED = ('pin-hole', 'copper')
#: Grey level of what takes copper away and of what adds some.
BARE, COPPER = 255, 0
#: Each shape is tried at so many places.
_TRIES = 8
#: Radii of blobs, lengths of bites and bumps, widths of strokes; the farthest cut or bridge.
_RADIUS, _LENGTH, _WIDTH, _FAR = (3.0, 10.0), (4.0, 22.0), (2, 8), 60
#: Share of shapes that are scribbled with a fine pen; half the length and width of such a scribble,
#: how often the pen turns, and how wide it is.
_SCRIBBLED, _LONG, _BROAD, _TURNS, _PEN = 0.3, (6.0, 35.0), (4.0, 18.0), (5, 25), (2, 4)
#: Smaller crumbs do not count as parts of copper.
_CRUMB = 6
#: A pixel and its neighbours.
_AROUND = np.ones((3, 3), np.uint8)
#: Orders of the derivatives to the right and down.
_BY = ((1, 0), (0, 1))


@dataclass(frozen=True)
class Board:
    """Where copper is, its edges, and how far every pixel is from the nearest edge."""

    copper: Mask
    edges: NDArray[np.int64]
    depth: NDArray[np.float32]
    slope: tuple[NDArray[np.float32], NDArray[np.float32]]


def find_copper(image_bgr: NDArray[np.uint8]) -> Mask:
    """Give where a binarised picture ``(H, W, 3)`` shows copper."""
    return np.asarray(image_bgr[..., 0] < (BARE + COPPER) / 2)


def free_of(boxes: Detections, shape: tuple[int, ...]) -> Mask:
    """Give the pixels of a picture ``(H, W)`` that no box covers."""
    free = np.ones(shape[:2], bool)
    for left, top, right, bottom in boxes.boxes_xyxy.astype(int):
        free[max(top, 0) : bottom, max(left, 0) : right] = False
    return free


def look_at(copper: Mask) -> Board:
    """Find the edges of copper."""
    dark = copper.astype(np.uint8)
    inside, outside = (cv2.distanceTransform(part, cv2.DIST_L2, 3) for part in (dark, 1 - dark))
    depth = np.asarray(inside + outside, np.float32)
    soft = cv2.GaussianBlur(dark.astype(np.float32), (0, 0), 2.0)
    across, down = (np.asarray(cv2.Sobel(soft, cv2.CV_32F, *by), np.float32) for by in _BY)
    edges = np.flatnonzero(depth <= 1.0)
    return Board(copper, edges, depth, (across, down))


def draw_shape(
    board: Board, kind: str, free: Mask, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Give rows and columns of the pixels that a shape of a kind changes.

    Args:
        board: the board as it is.
        kind: one of ``KINDS``.
        free: ``(H, W)``, pixels that may change.
        rng: where and how.

    Returns:
        None where no place was found.
    """
    tries = (_attempt(board, kind, free, rng) for _ in range(_TRIES))
    return next((pixels for pixels in tries if pixels is not None), None)


def _attempt(
    board: Board, kind: str, free: Mask, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Try one place."""
    ground = board.copper if kind in TAKEN else ~board.copper
    shape = _enclosed(board, ground, rng) if kind in ENCLOSED else None
    if kind not in ENCLOSED and len(board.edges):
        shape = _at_edge(board, ground, kind in ('open', 'short'), kind in TAKEN, rng)
    if shape is None:
        return None
    changed = shape & ground
    rows, columns = np.nonzero(changed)
    if len(rows) < _CRUMB or not free[rows, columns].all():
        return None
    if _effect(board.copper, changed, rows, columns, kind in TAKEN) != kind:
        return None
    near = np.asarray(cv2.dilate(changed.astype(np.uint8), _AROUND), np.bool_)
    if kind in ENCLOSED and (near & ~ground).any():
        return None  # a loose part of it is not all of it
    if kind not in ('open', 'short') and rng.random() < 0.3:  # a brush that is nearly dry
        kept = rng.random(len(rows)) < 0.7
        if kept.any():
            rows, columns = rows[kept], columns[kept]
    return rows, columns


def _enclosed(board: Board, ground: Mask, rng: np.random.Generator) -> Mask | None:
    """Draw a blob or a short stroke away from edges, or a scribble, which may reach them."""
    y, x = (int(rng.integers(side)) for side in ground.shape)
    if rng.random() < _SCRIBBLED:
        turn = rng.uniform(0, 2 * np.pi)
        way = np.array([np.cos(turn), np.sin(turn)]) * 2 * rng.uniform(*_LONG)
        return _scribble(ground.shape, np.array([x, y]) - way / 2, way, rng)
    room = float(board.depth[y, x]) - 2.0
    if not ground[y, x] or room < _RADIUS[0]:
        return None
    radius = rng.uniform(_RADIUS[0], min(room, 1.3 * _RADIUS[1]))
    if rng.random() < 0.4:
        angle = rng.uniform(0, 2 * np.pi)
        way = np.array([np.cos(angle), np.sin(angle)]) * radius * 0.8
        return _stroke(ground.shape, np.array([x, y]) - way, 2 * way, rng, most=int(radius) + 1)
    return _blob(ground.shape, np.array([x, y]), radius / 1.3, rng)


def _at_edge(
    board: Board, ground: Mask, across: bool, inward: bool, rng: np.random.Generator
) -> Mask | None:
    """Draw what begins at an edge and goes into the ground, to the other side if asked."""
    y, x = np.divmod(int(rng.choice(board.edges)), ground.shape[1])
    normal = np.array([board.slope[0][y, x], board.slope[1][y, x]], np.float64)
    steep = np.hypot(*normal)
    if steep < 1e-3:
        return None
    normal *= (1 if inward else -1) / steep
    turn = rng.uniform(-0.7, 0.7)
    normal = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ normal
    start = np.array([x, y]) - 2 * normal
    draw = _scribble if rng.random() < _SCRIBBLED else _stroke
    if across:
        way = _way_across(ground, start, normal)
        return None if way is None else draw(ground.shape, start, way, rng)
    if draw is _scribble:
        way = np.array([-normal[1], normal[0]]) * 2 * rng.uniform(*_LONG)
        return draw(ground.shape, start - way / 2, way, rng)
    if rng.random() < 0.5:
        return _stroke(ground.shape, start, rng.uniform(*_LENGTH) * normal, rng)
    return _blob(ground.shape, start, rng.uniform(*_RADIUS), rng)


def _way_across(
    ground: Mask, start: NDArray[np.float64], normal: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Give the way from an edge through the ground to its other edge; None where it is far."""
    steps = np.arange(4, _FAR)
    columns, rows = np.round(start[:, None] + normal[:, None] * steps).astype(int)
    inside = (rows >= 0) & (rows < ground.shape[0]) & (columns >= 0) & (columns < ground.shape[1])
    if not inside.all():
        return None
    ends = np.flatnonzero(~ground[rows, columns])
    return normal * (steps[ends[0]] + 2) if len(ends) else None


def _stroke(
    shape: tuple[int, ...],
    start: NDArray[np.float64],
    way: NDArray[np.float64],
    rng: np.random.Generator,
    most: int = _WIDTH[1],
) -> Mask:
    """Draw a bent brush stroke."""
    bend = np.array([-way[1], way[0]]) * rng.uniform(-0.25, 0.25)
    along = np.linspace(0, 1, 7)[:, None]
    points = start + along * way + 4 * along * (1 - along) * bend
    canvas = np.zeros(shape, np.uint8)
    width = int(rng.integers(_WIDTH[0], max(most, _WIDTH[0] + 1)))
    cv2.polylines(canvas, [np.round(points).astype(np.int32)], False, 1, width)
    return np.asarray(canvas > 0)


def _scribble(
    shape: tuple[int, ...],
    start: NDArray[np.float64],
    way: NDArray[np.float64],
    rng: np.random.Generator,
) -> Mask:
    """Draw a fine line that goes to and fro across a way."""
    turns = int(rng.integers(*_TURNS))
    length = float(np.hypot(*way)) + 1e-9
    aside = np.array([-way[1], way[0]]) / length * rng.uniform(*_BROAD)
    points = start + np.sort(rng.random((turns, 1)), axis=0) * way
    points = points + rng.uniform(-1, 1, (turns, 1)) * aside
    canvas = np.zeros(shape, np.uint8)
    line = [np.round(points).astype(np.int32)]
    cv2.polylines(canvas, line, False, 1, int(rng.integers(*_PEN)))
    return np.asarray(canvas > 0)


def _blob(
    shape: tuple[int, ...],
    centre: NDArray[np.float64],
    radius: float,
    rng: np.random.Generator,
) -> Mask:
    """Draw a blob with a rough rim, longer than wide."""
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    reach = radius * rng.uniform(0.7, 1.3, 12)
    rim = np.stack([np.cos(angles) * reach * rng.uniform(1, 2), np.sin(angles) * reach], 1)
    turn = rng.uniform(0, np.pi)
    rim = rim @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.round(centre + rim).astype(np.int32)], 1)
    return np.asarray(canvas > 0)


def _effect(
    copper: Mask, changed: Mask, rows: NDArray[np.int64], columns: NDArray[np.int64], takes: bool
) -> str:
    """Name what a change does to the parts of copper and of what is bare around it."""
    cut = np.s_[
        max(rows.min() - _CRUMB, 0) : rows.max() + _CRUMB,
        max(columns.min() - _CRUMB, 0) : columns.max() + _CRUMB,
    ]
    before = copper[cut]
    after = before & ~changed[cut] if takes else before | changed[cut]
    copper_more = count_parts(after) - count_parts(before)
    if takes:
        if copper_more > 0:
            return 'open'
        return 'pin-hole' if count_parts(~after) > count_parts(~before) else 'mousebite'
    return 'copper' if copper_more > 0 else 'short' if copper_more < 0 else 'spur'


def count_parts(mask: Mask) -> int:
    """Count connected parts, as current flows: over edges, not over corners."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return int((stats[1:, cv2.CC_STAT_AREA] >= _CRUMB).sum())
