"""Features of examples as the trained trunk gives them: one vector for each thing with a class."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn

from factory_perception.training.data import Example, PictureData
from factory_perception.training.network_input import IMAGE_RULE, write_pictures
from factory_perception.training.report.features import Features
from factory_perception.training.settings import ModelSettings
from factory_perception.vision.letterbox import Letterbox

#: So many pictures show how a data set is spread.
MOST_PICTURES, MOST_VECTORS = 200, 600
#: Features at stride 16: fine enough for a box, coarse enough to know what it is.
LEVEL = 2


@torch.inference_mode()
def collect_features(
    trunk: nn.Module, data: PictureData, model: ModelSettings, seed: int = 0
) -> Features:
    """Average the features of the trunk over each thing in some pictures of a set.

    Args:
        trunk: gives feature maps, finest first.
        data: the set; pictures are drawn at random where there are many.
        model: how pictures are written for the network.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    vectors, ids = [], []
    for index in rng.permutation(len(data))[:MOST_PICTURES]:
        example = data.read(int(index))
        image = torch.from_numpy(write_pictures(example, model)[None])
        features = trunk(image)[LEVEL][0].numpy()  # (D, h, w)
        for class_id, region in regions(example):
            weights = _fitted(region, model.input_wh, features.shape[1:])
            if weights.sum() > 0:
                vectors.append(np.tensordot(features, weights, 2) / weights.sum())
                ids.append(class_id)
        if len(vectors) >= MOST_VECTORS:
            break
    what = {'detect': 'boxes', 'segment': 'regions'}.get(data.task, 'pictures')
    found = np.stack(vectors) if vectors else np.zeros((0, 0))
    return Features(found.astype(np.float32), np.array(ids, np.int64), what)


def regions(example: Example) -> list[tuple[int, NDArray[np.uint8]]]:
    """Give each thing in a picture with its class: masks ``(H, W)``, 255 where it is."""
    height, width = example.image_bgr.shape[:2]
    if example.boxes is not None:
        found: list[tuple[int, NDArray[np.uint8]]] = []
        for box, class_id in zip(example.boxes.boxes_xyxy, example.boxes.class_ids):
            mask = np.zeros((height, width), np.uint8)
            left, top, right, bottom = (round(float(edge)) for edge in box)
            mask[top : max(bottom, top + 1), left : max(right, left + 1)] = 255
            found.append((int(class_id), mask))
        return found
    if example.mask is not None:
        present = np.unique(example.mask)
        return [(int(one), np.where(example.mask == one, 255, 0).astype(np.uint8))
                for one in present]  # fmt: skip
    assert example.label is not None
    return [(example.label, np.full((height, width), 255, np.uint8))]


def _fitted(
    region: NDArray[np.uint8], input_wh: tuple[int, int], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Give how much of each cell of a feature map a region covers, ``(h, w)`` in 0..1."""
    fit = Letterbox.fit((region.shape[1], region.shape[0]), input_wh, IMAGE_RULE.resize)
    canvas = np.zeros((input_wh[1], input_wh[0]), np.float32)
    (left, top), (width, height) = fit.offset_xy, fit.resized_wh
    window = cv2.resize(region, (width, height), interpolation=cv2.INTER_AREA)
    canvas[top : top + height, left : left + width] = window / 255
    small = cv2.resize(canvas, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
