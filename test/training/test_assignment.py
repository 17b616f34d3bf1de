"""Which cell learns which box, and how much each counts."""

from __future__ import annotations

import pytest
import torch

from factory_perception.training.assignment import assign, pairwise_iou
from factory_perception.training.losses import detection_loss
from factory_perception.training.networks.detection import cell_grid

CENTRES, STRIDES = cell_grid(64, 64)  # 64 + 16 + 4 cells


def assigned(true_boxes, predicted_side=8.0, classes=None, scores=0.1):
    """Assign boxes where every cell predicts a square around itself."""
    predicted = torch.cat([CENTRES - predicted_side / 2, CENTRES + predicted_side / 2], 1)[None]
    true = torch.tensor([true_boxes], dtype=torch.float32)
    kinds = torch.tensor([classes or [0] * len(true_boxes)])
    exists = torch.ones_like(kinds, dtype=torch.bool)
    return assign(predicted, torch.full((1, len(CENTRES), 2), scores), CENTRES, true, kinds, exists)


def test_overlap_of_pairs():
    first = torch.tensor([[[0.0, 0.0, 2.0, 2.0]]])
    second = torch.tensor([[[1.0, 0.0, 3.0, 2.0], [0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0]]])
    assert pairwise_iou(first, second)[0, 0].tolist() == pytest.approx([1 / 3, 1.0, 0.0])


def test_only_cells_inside_learn_and_share_their_box():
    targets = assigned([[8, 8, 40, 40]], predicted_side=30.0)
    inside = ((CENTRES > 8) & (CENTRES < 40)).all(1)
    assert targets.positive[0].sum() == 10
    assert (inside | ~targets.positive[0]).all()
    assert targets.weights.sum() == pytest.approx(1.0)
    assert targets.scores.max() == pytest.approx(30 * 30 / 32 / 32, abs=0.05)
    assert (targets.weights[~targets.positive] == 0).all()


def test_a_small_box_that_is_hit_badly_counts_as_much_as_a_large_one():
    targets = assigned([[4, 4, 8, 8], [16, 16, 48, 48]], predicted_side=24.0, classes=[0, 1])
    weights = [
        targets.weights[0][(targets.boxes[0] == box).all(1) & targets.positive[0]].sum()
        for box in torch.tensor([[4.0, 4, 8, 8], [16, 16, 48, 48]])
    ]
    assert weights == pytest.approx([1.0, 1.0])
    assert targets.scores[..., 0].max() < 0.1 < targets.scores[..., 1].max()


def test_padding_is_learned_by_nobody():
    nothing = torch.zeros(1, 1, dtype=torch.bool)
    boxes = torch.cat([CENTRES - 4, CENTRES + 4], 1)[None]
    targets = assign(
        boxes, torch.full((1, len(CENTRES), 2), 0.1), CENTRES,
        torch.zeros(1, 1, 4), torch.zeros(1, 1, dtype=torch.int64), nothing,
    )  # fmt: skip
    assert not targets.positive.any() and targets.scores.sum() == 0
    loss = detection_loss(boxes, torch.full((1, len(CENTRES), 2), -4.0), targets, 2.0)
    assert loss['box'] == 0 and torch.isfinite(loss['loss'])


def test_loss_is_small_only_where_score_and_box_are_right():
    targets = assigned([[8, 8, 40, 40]], predicted_side=30.0)
    logits = torch.special.logit(targets.scores.clamp(1e-4, 1 - 1e-4))
    right = detection_loss(targets.boxes, logits, targets, 2.0)
    assert right['box'] == pytest.approx(0.0, abs=1e-5)
    wrong = detection_loss(targets.boxes + 10, logits, targets, 2.0)
    assert wrong['box'] > 0.3 and wrong['score'] == right['score']
    unsure = detection_loss(targets.boxes, torch.zeros_like(logits), targets, 2.0)
    assert unsure['score'] > right['score']
