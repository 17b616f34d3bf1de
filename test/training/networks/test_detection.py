"""The detector compares a picture with its template, and can do without."""

from __future__ import annotations

import torch

from factory_perception.training.networks.detection import DeployedDetector, DetectionNetwork


def test_only_the_difference_from_the_template_counts_where_the_picture_is_ignored():
    torch.manual_seed(0)
    network = DetectionNetwork(2, in_channels=6).eval()
    network.trunk.stem[0][0].weight.data[:, :3] = 0  # blind for the picture itself
    first, second, change = (torch.randn(1, 3, 64, 96) for _ in range(3))
    deployed = DeployedDetector(network, 64, 96)
    with torch.inference_mode():
        boxes, scores = deployed(first + change, first)
        same_boxes, same_scores = deployed(second + change, second)
        _, others = deployed(second, second)
    assert torch.allclose(boxes, same_boxes, atol=1e-3)
    assert torch.allclose(scores, same_scores, atol=1e-5)
    assert not torch.allclose(scores, others, atol=1e-5)
