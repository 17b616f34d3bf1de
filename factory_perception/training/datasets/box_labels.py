"""The true boxes of one picture as its label file gives them, before the picture is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.problems import DatasetError, Problem
from factory_perception.vision.boxes import clip
from factory_perception.vision.detections import Detections

#: A box may stick out of its picture by this much before it counts as wrong: rounding, and
#: programs that count from 1.
SLACK_PX, SLACK_SHARE = 2.0, 0.01


@dataclass(frozen=True)
class BoxLabels:
    """N boxes.

    Attributes:
        file: name of the label file.
        edges: float64 ``(N, 4)``: left, top, right, bottom, in pixels of the picture, or in shares
            of its width and height.
        class_ids: int32 ``(N,)``.
        where: for each box its line, or what else tells it from the others.
        relative: whether ``edges`` are shares.
    """

    file: str
    edges: NDArray[np.float64]
    class_ids: NDArray[np.int32]
    where: tuple[int | str, ...]
    relative: bool = False

    def __len__(self) -> int:
        return len(self.class_ids)

    def problem(self, index: int, kind: str, text: str, mend: str, severity: str) -> Problem:
        """Make a problem about one of the boxes."""
        place = self.where[index]
        line = place if isinstance(place, int) else None
        named = text if line is not None else f'{place}: {text}'
        return Problem(kind, named, mend, self.file, line, severity)

    def in_pixels(self, size_wh: tuple[int, int]) -> NDArray[np.float64]:
        """Give the edges in pixels, as the file says them."""
        width, height = size_wh
        scale = np.array([width, height, width, height], np.float64) if self.relative else 1.0
        return self.edges * scale

    def outside(self, size_wh: tuple[int, int]) -> list[Problem]:
        """List the boxes that stick out of a picture: warnings, errors beyond the slack."""
        edges = self.in_pixels(size_wh)
        limits = np.array([*size_wh, *size_wh], np.float64)
        over = np.maximum(-edges, edges - limits)
        slack = np.maximum(SLACK_PX, SLACK_SHARE * limits)
        found = []
        for index in np.flatnonzero((over > 1e-3).any(axis=1)):
            box = ', '.join(f'{edge:g}' for edge in np.round(edges[index], 1))
            text = f'the box {box} sticks out of the picture of {size_wh[0]} x {size_wh[1]}'
            if (over[index] > slack).any():
                mend = 'correct it: is it in other units, or of another picture?'
                found.append(self.problem(index, 'box-outside', text, mend, 'error'))
            else:
                mend = 'it is cut at the edge when it is read'
                found.append(self.problem(index, 'box-cut', text, mend, 'note'))
        return found

    def detections(self, size_wh: tuple[int, int]) -> Detections:
        """Give the boxes in pixels of a picture, cut at its edges.

        Raises:
            DatasetError: one lies outside by more than the slack.
        """
        for problem in self.outside(size_wh):
            if problem.severity == 'error':
                raise DatasetError(problem)
        edges = clip(self.in_pixels(size_wh), size_wh).astype(np.float32)
        return Detections(edges, np.ones(len(self), np.float32), self.class_ids)


def box_labels(
    file: str,
    rows: Sequence[tuple[Sequence[float], int, int | str]],
    relative: bool = False,
) -> BoxLabels:
    """Gather boxes from rows of edges, class id and place.

    Raises:
        DatasetError: a box has no width or no height.
    """
    labels = BoxLabels(
        file,
        np.array([row[0] for row in rows], np.float64).reshape(-1, 4),
        np.array([row[1] for row in rows], np.int32),
        tuple(row[2] for row in rows),
        relative,
    )
    flat = (labels.edges[:, 2:] <= labels.edges[:, :2]).any(axis=1)
    for index in np.flatnonzero(flat):
        left, top, right, bottom = labels.edges[index]
        text = f'a box without width or height ({left:g} {top:g} {right:g} {bottom:g})'
        mend = 'correct it or remove it'
        raise DatasetError(labels.problem(int(index), 'box-degenerate', text, mend, 'error'))
    return labels
