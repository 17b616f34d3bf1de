"""Look at a picture as it is and mirrored, and average what is found: slower, and surer.

A network that learned from mirrored pictures too errs a little differently in each (test-time
augmentation: Krizhevsky et al., *ImageNet classification with deep convolutional neural networks*,
2012, did so with classes).
"""

from __future__ import annotations

import torch
from torch import nn, Tensor

#: Mirrored left to right, top to bottom; of n views the first n count.
MIRRORED = ((False, False), (True, False), (False, True), (True, True))


class Views(nn.Module):
    """Shows pictures of one size from several sides and brings the answers of cells together."""

    def __init__(self, count: int, height: int, width: int, strides: tuple[int, ...]) -> None:
        """Look from ``count`` sides, at most four; strides are those of the cells' grids."""
        super().__init__()
        self.mirrored, self.size_hw = MIRRORED[:count], (height, width)
        cells = [_mirrored_cells(height, width, strides, *sides) for sides in self.mirrored]
        # Plain gathering is understood by every engine; steps backwards are not.
        self.cells: Tensor
        self.columns: Tensor
        self.rows: Tensor
        self.register_buffer('cells', torch.stack(cells))
        self.register_buffer('columns', torch.arange(width - 1, -1, -1))
        self.register_buffer('rows', torch.arange(height - 1, -1, -1))

    def show(self, pictures: Tensor) -> Tensor:
        """Turn pictures ``(B, C, H, W)`` into all their views ``(V * B, C, H, W)``."""
        views = []
        for left_right, top_bottom in self.mirrored:
            view = pictures.index_select(3, self.columns) if left_right else pictures
            views.append(view.index_select(2, self.rows) if top_bottom else view)
        return torch.cat(views)

    def mean(self, boxes: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Average boxes ``(V * B, A, 4)`` and scores ``(V * B, A, C)`` over the views."""
        count, (height, width) = len(self.mirrored), self.size_hw
        boxes, scores = boxes.unflatten(0, (count, -1)), scores.unflatten(0, (count, -1))
        edges, marks = [], []
        for index, (left_right, top_bottom) in enumerate(self.mirrored):
            left, top, right, bottom = boxes[index].unbind(-1)
            if left_right:
                left, right = width - right, width - left
            if top_bottom:
                top, bottom = height - bottom, height - top
            back = torch.stack([left, top, right, bottom], -1)
            edges.append(back.index_select(1, self.cells[index]))
            marks.append(scores[index].index_select(1, self.cells[index]))
        return torch.stack(edges).mean(0), torch.stack(marks).mean(0)


def _mirrored_cells(
    height: int, width: int, strides: tuple[int, ...], left_right: bool, top_bottom: bool
) -> Tensor:
    """Say for each cell of a picture (A,) which cell of its mirrored view looks there."""
    sides = [side for side, turned in ((1, left_right), (0, top_bottom)) if turned]
    orders, before = [], 0
    for stride in strides:
        rows, columns = height // stride, width // stride
        grid = torch.arange(rows * columns).reshape(rows, columns)
        orders.append(before + grid.flip(sides).flatten())
        before += rows * columns
    return torch.cat(orders)
