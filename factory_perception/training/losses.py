"""Losses of the detector."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from factory_perception.training.assignment import Targets

#: How much the many easy background cells are turned down (varifocal loss, arXiv:2008.13367).
BACKGROUND_WEIGHT, FOCUS = 0.75, 2.0


def detection_loss(
    boxes: Tensor, logits: Tensor, targets: Targets, box_weight: float
) -> dict[str, Tensor]:
    """Give the loss and its parts, each a scalar, normalised by the weight of the assigned cells.

    Args:
        boxes: ``(B, A, 4)`` predicted edges in pixels.
        logits: ``(B, A, C)`` predicted scores before the sigmoid.
        targets: what the cells should say.
        box_weight: of the boxes against the scores.
    """
    amount = targets.weights.sum().clamp(min=1.0)
    score = varifocal(logits, targets.scores, targets.weights).sum() / amount
    weight = targets.weights[targets.positive]
    overlap = generalized_box_iou_loss(boxes[targets.positive], targets.boxes[targets.positive])
    box = (overlap * weight).sum() / amount
    return {'loss': score + box_weight * box, 'score': score.detach(), 'box': box.detach()}


def varifocal(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Give cross-entropy towards soft scores; easy background counts less than hard one.

    Args:
        logits: ``(B, A, C)`` predicted scores before the sigmoid.
        targets: ``(B, A, C)`` what they should be after it.
        weights: ``(B, A)`` how much a cell with a box counts.
    """
    probability = logits.detach().sigmoid()
    background = BACKGROUND_WEIGHT * probability**FOCUS
    weight = torch.where(targets > 0, weights[..., None], background)
    loss = functional.binary_cross_entropy_with_logits(logits, targets, reduction='none')
    return loss * weight
