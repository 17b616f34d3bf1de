"""Mirrored views of a picture, averaged."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from factory_perception.training.exporting import export_onnx
from factory_perception.training.networks.detection import (
    cell_grid,
    DeployedDetector,
    DetectionNetwork,
    Predictions,
)

HEIGHT, WIDTH = 64, 96


class BrightBox(nn.Module):
    """Stands for a network: what it says of a cell is what the picture shows there."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def forward(self, images):
        self.seen += len(images)
        means = [nn.functional.avg_pool2d(images, s).flatten(2) for s in (8, 16, 32)]
        logits = torch.cat(means, 2).transpose(1, 2)  # (B, A, 3)
        # Boxes that reach further to the left and to the top than to the right and below.
        distances = torch.tensor([1.0, 0.5, 0.0, -0.5]).expand(*logits.shape[:2], 4)
        return Predictions(distances, logits)


def test_one_view_leaves_a_network_as_it_is():
    torch.manual_seed(0)
    network, picture = DetectionNetwork(2).eval(), torch.randn(1, 3, HEIGHT, WIDTH)
    assert DeployedDetector(network, HEIGHT, WIDTH).views is None
    with torch.inference_mode():
        boxes, scores = DeployedDetector(network, HEIGHT, WIDTH)(picture)
    assert torch.equal(scores, network(picture).logits.sigmoid())
    assert boxes.shape == (1, scores.shape[1], 4)


@pytest.mark.parametrize('count', [2, 4])
def test_what_is_found_in_mirrored_views_comes_back_to_where_it_is(count):
    network, pictures = BrightBox(), torch.randn(3, 3, HEIGHT, WIDTH)
    alone = DeployedDetector(network, HEIGHT, WIDTH)(pictures)[1]
    network.seen = 0
    boxes, scores = DeployedDetector(network, HEIGHT, WIDTH, count)(pictures)
    assert network.seen == 3 * count
    assert torch.allclose(scores, alone, atol=1e-6)
    centres, _ = cell_grid(HEIGHT, WIDTH)
    middle = (boxes[..., :2] + boxes[..., 2:]) / 2
    # A lopsided box seen from both sides is an even one.
    assert torch.allclose(middle[..., 0], centres[:, 0].expand(3, -1), atol=1e-3)
    even = torch.allclose(middle[..., 1], centres[:, 1].expand(3, -1), atol=1e-3)
    assert even == (count == 4)


def test_a_picture_and_its_mirror_image_are_told_alike():
    torch.manual_seed(1)
    deployed = DeployedDetector(DetectionNetwork(2), HEIGHT, WIDTH, 4).eval()
    picture = torch.randn(1, 3, HEIGHT, WIDTH)
    turned = picture.flip(2, 3)
    with torch.inference_mode():
        boxes, scores = deployed(picture)
        other_boxes, other_scores = deployed(turned)
    centres, strides = cell_grid(HEIGHT, WIDTH)
    opposite = torch.tensor([WIDTH, HEIGHT]) - centres
    same = (centres[None] == opposite[:, None]).all(-1) & (strides == strides[:, 0])
    order = same.long().argmax(1)
    back = torch.tensor([WIDTH, HEIGHT, WIDTH, HEIGHT]) - other_boxes[:, order][..., [2, 3, 0, 1]]
    assert torch.allclose(scores, other_scores[:, order], atol=1e-5)
    assert torch.allclose(boxes, back, atol=1e-2)


@pytest.mark.parametrize('batch', [1, 3])
def test_views_are_exported_with_a_free_batch_and_plain_steps(batch):
    torch.manual_seed(2)
    deployed = DeployedDetector(DetectionNetwork(2, in_channels=6), HEIGHT, WIDTH, 4).eval()
    shape = (3, HEIGHT, WIDTH)
    data = export_onnx(deployed, {'image': shape, 'template': shape}, ['boxes', 'scores'])
    images, templates = torch.randn(2, batch, *shape)
    session = onnxruntime.InferenceSession(data, providers=['CPUExecutionProvider'])
    found = session.run(None, {'image': images.numpy(), 'template': templates.numpy()})
    with torch.inference_mode():
        wanted = deployed(images, templates)
    for got, want in zip(found, wanted):
        np.testing.assert_allclose(got, want.numpy(), atol=1e-2)
