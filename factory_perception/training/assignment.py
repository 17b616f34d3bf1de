"""Which cell has to learn which box: task-aligned assignment (TOOD, arXiv:2108.07755)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

#: So many cells learn each box.
TOP_CELLS = 10
#: How much the score and the overlap count when cells compete for a box.
SCORE_POWER, OVERLAP_POWER = 1.0, 6.0
#: Boxes smaller than this are widened to it when cells are chosen; else none would lie inside.
MIN_SIDE_PX = 16.0


class Targets(NamedTuple):
    """What each of A cells should say, for a batch."""

    #: ``(B, A)`` whether a cell has a box to learn.
    positive: Tensor
    #: ``(B, A, 4)`` that box, in pixels.
    boxes: Tensor
    #: ``(B, A, C)`` the score to learn: the quality of the cell's own box for its class, else 0.
    scores: Tensor
    #: ``(B, A)`` how much a cell counts for its box; those of one box add up to 1. A small box,
    #: which few cells hit, and badly at first, counts as much as a large one around it.
    weights: Tensor


def pairwise_iou(first: Tensor, second: Tensor) -> Tensor:
    """Give the overlap of boxes ``(..., G, 4)`` with boxes ``(..., A, 4)`` as ``(..., G, A)``."""
    low = torch.maximum(first[..., :, None, :2], second[..., None, :, :2])
    high = torch.minimum(first[..., :, None, 2:], second[..., None, :, 2:])
    overlap = (high - low).clamp(min=0).prod(-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1) for boxes in (first, second)]
    union = areas[0][..., :, None] + areas[1][..., None, :] - overlap
    return overlap / union.clamp(min=1e-7)


@torch.no_grad()
def assign(
    boxes: Tensor,
    scores: Tensor,
    centres: Tensor,
    true_boxes: Tensor,
    true_classes: Tensor,
    exists: Tensor,
) -> Targets:
    """Let cells and boxes find each other.

    Args:
        boxes: ``(B, A, 4)`` what the cells predict, in pixels.
        scores: ``(B, A, C)`` what they score, 0..1.
        centres: ``(A, 2)`` where they are.
        true_boxes: ``(B, G, 4)`` boxes to learn, padded to the fullest picture.
        true_classes: ``(B, G)`` their classes.
        exists: ``(B, G)`` which of them are no padding.
    """
    cells = scores.shape[1]
    overlap = pairwise_iou(true_boxes, boxes)  # (B, G, A)
    wanted = true_classes[:, None, :].expand(-1, cells, -1)
    class_scores = scores.gather(2, wanted).transpose(1, 2)  # (B, G, A)
    alignment = class_scores**SCORE_POWER * overlap**OVERLAP_POWER
    inside = _inside(centres, true_boxes) & exists[..., None]
    alignment = torch.where(inside, alignment + 1e-9, torch.zeros_like(alignment))
    top = alignment.topk(min(TOP_CELLS, cells), dim=2)
    chosen = torch.zeros_like(inside).scatter_(2, top.indices, top.values > 0)
    # A cell that several boxes chose learns the one it overlaps most.
    best_box = torch.where(chosen, overlap + 1e-9, torch.zeros_like(overlap)).argmax(1)  # (B, A)
    chosen &= (
        best_box[:, None, :]
        == torch.arange(true_boxes.shape[1], device=boxes.device)[None, :, None]
    )
    positive = chosen.any(1)  # (B, A)
    own_boxes = true_boxes.gather(1, best_box[..., None].expand(-1, -1, 4))
    own_classes = true_classes.gather(1, best_box)
    # The best cell of a box is asked for the score that its overlap deserves, the others for less.
    alignment = alignment * chosen
    overlap = overlap * chosen
    relative = alignment / alignment.amax(2, keepdim=True).clamp(min=1e-12)  # (B, G, A)
    quality = (relative * overlap.amax(2, keepdim=True)).amax(1)  # (B, A)
    target = torch.zeros_like(scores)
    target.scatter_(2, own_classes[..., None], (quality * positive)[..., None])
    weights = relative / relative.sum(2, keepdim=True).clamp(min=1e-12)
    return Targets(positive, own_boxes, target, weights.amax(1) * positive)


def _inside(centres: Tensor, true_boxes: Tensor) -> Tensor:
    """Say which cells ``(A, 2)`` lie inside which boxes ``(B, G, 4)``: ``(B, G, A)``."""
    middle = (true_boxes[..., :2] + true_boxes[..., 2:]) / 2
    half = ((true_boxes[..., 2:] - true_boxes[..., :2]) / 2).clamp(min=MIN_SIDE_PX / 2)
    offset = (centres - middle[..., None, :]).abs()  # (B, G, A, 2)
    return (offset < half[..., None, :]).all(-1)
