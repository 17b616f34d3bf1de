"""Losses of the detector."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from factory_perception.training.assignment import Targets

#: So many cells share a box, roughly; brings the sum over cells to the scale of one box.
CELLS_PER_BOX = 5.0


def detection_loss(
    boxes: Tensor, logits: Tensor, targets: Targets, box_weight: float
) -> dict[str, Tensor]:
    """Give the loss and its parts, each a scalar, by box.

    Scores learn soft targets by plain cross-entropy: a loss that forgives half-sure background
    (focal, varifocal) lets defects be guessed all over the parts that carry them.

    Args:
        boxes: ``(B, A, 4)`` predicted edges in pixels.
        logits: ``(B, A, C)`` predicted scores before the sigmoid.
        targets: what the cells should say.
        box_weight: of the boxes against the scores.
    """
    count = targets.weights.sum().clamp(min=1.0)
    entropy = functional.binary_cross_entropy_with_logits(logits, targets.scores, reduction='sum')
    score = entropy / (CELLS_PER_BOX * count)
    overlap = generalized_box_iou_loss(boxes[targets.positive], targets.boxes[targets.positive])
    box = (overlap * targets.weights[targets.positive]).sum() / count
    return {'loss': score + box_weight * box, 'score': score.detach(), 'box': box.detach()}
