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
        self.grids = [(height // stride, width // stride) for stride in strides]

    def show(self, pictures: Tensor) -> Tensor:
        """Turn pictures ``(B, C, H, W)`` into all their views ``(V * B, C, H, W)``."""
        return torch.cat([_turned(pictures, 2, *sides) for sides in self.mirrored])

    def mean(self, boxes: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Average boxes ``(V * B, A, 4)`` and scores ``(V * B, A, C)`` over the views."""
        (height, width), cells = self.size_hw, []
        found = torch.cat([boxes, scores], -1).unflatten(0, (len(self.mirrored), -1))
        for (left_right, top_bottom), view in zip(self.mirrored, found):
            left, top, right, bottom, marks = view.split([1, 1, 1, 1, scores.shape[-1]], -1)
            if left_right:
                left, right = width - right, width - left
            if top_bottom:
                top, bottom = height - bottom, height - top
            back = torch.cat([left, top, right, bottom, marks], -1)
            cells.append(self._cells_back(back, left_right, top_bottom))
        mean = torch.stack(cells).mean(0)
        return mean[..., :4], mean[..., 4:]

    def _cells_back(self, values: Tensor, left_right: bool, top_bottom: bool) -> Tensor:
        """Put what cells say ``(B, A, N)`` where the cells of the picture itself are."""
        parts = values.split([rows * columns for rows, columns in self.grids], 1)
        turned = [
            _turned(part.unflatten(1, grid), 1, left_right, top_bottom).flatten(1, 2)
            for part, grid in zip(parts, self.grids)
        ]
        return torch.cat(turned, 1)


def _turned(values: Tensor, rows_axis: int, left_right: bool, top_bottom: bool) -> Tensor:
    """Mirror what has rows on one axis and columns on the next."""
    for axis, mirrored in ((rows_axis + 1, left_right), (rows_axis, top_bottom)):
        if mirrored:
            # Gathering is understood by every engine; a slice that steps backwards is not.
            last = values.shape[axis] - 1
            values = values.index_select(axis, last - torch.arange(last + 1, device=values.device))
    return values
