"""The detector compares a picture with its template, and can do without."""

from __future__ import annotations

import pytest
import torch

from factory_perception.training.networks.detection import (
    cell_grid,
    DeployedDetector,
    DetectionNetwork,
)
from factory_perception.training.networks.trunk import strides_to


@pytest.mark.parametrize('coarsest, cells', [(32, 96 + 24 + 6), (16, 96 + 24)])
def test_a_network_has_cells_down_to_its_coarsest_stride(coarsest, cells):
    strides = strides_to(coarsest)
    network = DetectionNetwork(2, strides=strides).eval()
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 64, 96)).logits.shape == (1, cells, 2)
    centres, sizes = cell_grid(64, 96, strides)
    assert len(centres) == cells and sizes.max() == coarsest
    with torch.inference_mode():
        boxes, _ = DeployedDetector(network, 64, 96, 4, strides)(torch.zeros(1, 3, 64, 96))
    assert boxes.shape == (1, cells, 4)


def test_only_the_difference_from_the_template_counts_where_the_picture_is_ignored():
    torch.manual_seed(0)
    network = DetectionNetwork(2, in_channels=6).eval()
    network.trunk.stem[0][0].weight.data[:, :3] = 0  # blind for the picture itself
    first, second, change = (torch.randn(1, 3, 64, 96) for _ in range(3))

    def logits(picture, template):
        with torch.inference_mode():
            return network(torch.cat([picture, template], 1)).logits

    changed = logits(first + change, first)
    assert torch.allclose(changed, logits(second + change, second), rtol=0, atol=1e-5)
    assert not torch.allclose(changed, logits(second, second), rtol=0, atol=1e-4)
