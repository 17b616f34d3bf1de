"""The detector compares a picture with its template, and can do without."""

from __future__ import annotations

import torch

from factory_perception.training.networks.detection import DetectionNetwork


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
