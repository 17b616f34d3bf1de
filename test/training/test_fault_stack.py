"""Probabilities that are those of the data."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from factory_perception.faults.trees import softmax
from factory_perception.training.fault_stack import fit_stack, temper


def rows(count=6000):
    """Give one feature, and classes of which 5 % are faulty and half of those look normal."""
    rng = np.random.default_rng(0)
    classes = (rng.random(count) < 0.05).astype(np.int64)
    feature = np.where(classes == 1, rng.random(count) < 0.5, rng.random(count) < 0.01)
    return feature.astype(np.float32)[:, None], classes


def test_a_network_that_learned_from_as_many_faults_as_not_is_tempered():
    feature, classes = rows()
    head = nn.Linear(1, 2)
    with torch.no_grad():  # what balanced training gives: odds of 1 / 2 and of 50
        head.weight.copy_(torch.tensor([[0.0], [4.6]]))
        head.bias.copy_(torch.tensor([0.7, 0.0]))

    def answers():
        return softmax(head(torch.from_numpy(feature)).detach().numpy().astype(np.float64))

    assert answers()[:, 1].mean() > 0.3
    temper(head, answers(), classes)
    tempered = answers()[:, 1]
    assert tempered.mean() == pytest.approx(classes.mean(), abs=0.005)
    seen = feature[:, 0] > 0
    assert tempered[seen].mean() == pytest.approx(classes[seen].mean(), abs=0.05)


def test_the_stack_trusts_who_is_right():
    feature, classes = rows()
    seen = np.where(feature[:, 0] > 0, 0.9, 0.02)
    blind = np.random.default_rng(1).uniform(0.02, 0.9, len(seen))
    right, wrong = (np.stack([1 - part, part], axis=1) for part in (seen, blind))
    stack = fit_stack(wrong, right, classes)
    assert stack.weights[1] > 5 * stack.weights[0]
    assert stack.probabilities(wrong, right)[:, 1].mean() == pytest.approx(0.05, abs=0.01)
