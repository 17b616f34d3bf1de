"""What a detector in training finds in whole pictures: in torch, before anything is exported."""

from __future__ import annotations

import numpy as np
import torch

from factory_perception.training.data import Example, PictureData
from factory_perception.training.network_input import IMAGE_RULE, write_pictures
from factory_perception.training.networks.detection import DeployedDetector, DetectionNetwork
from factory_perception.training.settings import ModelSettings
from factory_perception.vision.decoders import choose, Limits, surest
from factory_perception.vision.detections import Detections
from factory_perception.vision.letterbox import Letterbox

#: The curve needs the unsure detections too.
LIMITS = Limits(score=0.01, iou=0.5, max_detections=100)
BATCH = 8


@torch.inference_mode()
def find_boxes(
    network: DetectionNetwork, data: PictureData, model: ModelSettings, views: int = 1
) -> tuple[list[Detections], list[Detections]]:
    """Run a network over whole pictures; give truth and findings in pixels of the input."""
    width, height = model.input_wh
    device = next(network.parameters()).device
    deployed = DeployedDetector(network, height, width, views, network.strides).eval().to(device)
    truths: list[Detections] = []
    found: list[Detections] = []
    for start in range(0, len(data), BATCH):
        examples = [data.read(index) for index in range(start, min(start + BATCH, len(data)))]
        images = np.stack([write_pictures(example, model) for example in examples])
        boxes, scores = deployed(torch.from_numpy(images).to(device))
        for row, example in enumerate(examples):
            truths.append(_in_input(example, model))
            found.append(_choose(boxes[row].cpu().numpy(), scores[row].cpu().numpy()))
    return truths, found


def _in_input(example: Example, model: ModelSettings) -> Detections:
    """Give the true boxes in pixels of the input."""
    height, width = example.image_bgr.shape[:2]
    fit = Letterbox.fit((width, height), model.input_wh, IMAGE_RULE.resize)
    assert example.boxes is not None
    return example.boxes.with_boxes(fit.to_input(example.boxes.boxes_xyxy))


def _choose(boxes: np.ndarray, scores: np.ndarray) -> Detections:
    best = scores.max(axis=1)
    candidates = surest(best, LIMITS.score)
    return choose(boxes[candidates], best[candidates], scores[candidates].argmax(axis=1), LIMITS)
