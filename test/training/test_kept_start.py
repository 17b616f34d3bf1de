"""What is kept of the weights that a training began with."""

from __future__ import annotations

import torch
from torch import nn

from factory_perception.training.kept_start import KeptStart


def network(value):
    made = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    for tensor in made.state_dict().values():
        tensor.fill_(value)
    return made


def test_a_network_that_keeps_nothing_is_itself():
    trained = network(3)
    assert KeptStart(network(1), 0.0).result(trained) is trained


def test_weights_and_statistics_are_mixed_and_counts_are_not():
    trained, kept = network(3), KeptStart(network(1), 0.75)
    mixed = kept.result(trained).state_dict()
    counts = [name for name, tensor in mixed.items() if not tensor.is_floating_point()]
    assert counts == ['1.num_batches_tracked'] and mixed[counts[0]] == 3
    assert all((mixed[name] == 1.5).all() for name in mixed if name not in counts)
    assert all((tensor == 3).all() for tensor in trained.state_dict().values())


def test_the_start_stays_what_it_was_while_the_network_learns():
    learning = network(1)
    kept = KeptStart(learning, 0.5)
    with torch.no_grad():
        for tensor in learning.state_dict().values():
            tensor.fill_(5)
    assert (kept.result(learning)[0].weight == 3).all()
