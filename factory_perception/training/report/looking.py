"""Where the network looked: activation times gradient (HiResCAM, arXiv:2011.08891)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from factory_perception.training.data import Example, PictureData
from factory_perception.training.network_input import IMAGE_RULE, write_pictures
from factory_perception.training.report.picture import make_picture, Picture
from factory_perception.training.report.sketch import enlarged
from factory_perception.training.settings import ModelSettings
from factory_perception.vision.letterbox import Letterbox

MOST_PICTURES = 8
#: A picture is looked for among so many from the start of the set.
_LOOKED_THROUGH = 300
#: The score of a class in a picture of boxes or pixels is the mean of its surest ones.
_SUREST = 5


def looking_pictures(
    network: nn.Module, trunk: nn.Module, data: PictureData, model: ModelSettings
) -> list[Picture]:
    """Show where the network looked for each class, in one validation picture a class."""
    pictures = []
    for class_id, index in _chosen(data):
        example = data.read(index)
        heat, score = looked_at(network, trunk, example, class_id, model)
        name = data.classes[class_id]
        caption = f'{name}, score {score:.2f}: {data.name(index)}'
        pictures.append(
            make_picture(overlaid(example.image_bgr, heat), f'where {name} was seen', caption,
                         data.name(index))
        )  # fmt: skip
    return pictures


def _chosen(data: PictureData) -> list[tuple[int, int]]:
    """Give for each class, background aside, the first picture that shows it."""
    found: dict[int, int] = {}
    first = 1 if data.task == 'segment' else 0
    wanted = min(len(data.classes) - first, MOST_PICTURES)
    for index in range(min(len(data), _LOOKED_THROUGH)):
        for class_id in _classes_of(data.read(index)):
            if class_id >= first and class_id not in found and len(found) < wanted:
                found[class_id] = index
        if len(found) == wanted:
            break
    return sorted(found.items())


def _classes_of(example: Example) -> Sequence[int]:
    if example.boxes is not None:
        return [int(one) for one in np.unique(example.boxes.class_ids)]
    if example.mask is not None:
        return [int(one) for one in np.unique(example.mask)]
    assert example.label is not None
    return [example.label]


def looked_at(
    network: nn.Module, trunk: nn.Module, example: Example, class_id: int, model: ModelSettings
) -> tuple[NDArray[np.float32], float]:
    """Give what raised the score of a class, and the score.

    Returns:
        Heat ``(H, W)`` at the size of the picture, 0 to 1, and the probability of the class: of the
        picture (classify), of its surest cell (detect), or of its surest pixels (segment).
    """
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: Any, maps: list[Tensor]) -> None:
        for features in maps:
            features.retain_grad()
        kept.extend(maps)

    handle = trunk.register_forward_hook(keep)
    try:
        image = torch.from_numpy(write_pictures(example, model)[None]).requires_grad_()
        with torch.enable_grad():
            logit, probability = _score(network(image), class_id)
            network.zero_grad(set_to_none=True)
            logit.backward()
    finally:
        handle.remove()
        network.zero_grad(set_to_none=True)
    height, width = example.image_bgr.shape[:2]
    return _heat(kept, (width, height), model.input_wh), probability


def _score(found: Any, class_id: int) -> tuple[Tensor, float]:
    """Give the logit to be explained and its probability, for any of the networks."""
    logits = found.logits if hasattr(found, 'logits') else found
    known = logits.detach()
    if logits.ndim == 2:  # (1, C)
        return logits[0, class_id], float(known.softmax(1)[0, class_id])
    if logits.ndim == 3:  # (1, A, C), boxes: every class for itself
        surest = known[0, :, class_id].topk(min(_SUREST, known.shape[1]))
        return logits[0, surest.indices, class_id].mean(), float(surest.values[0].sigmoid())
    pixels = known.softmax(1)[0, class_id].flatten()  # (H * W,)
    surest = pixels.topk(max(len(pixels) // 100, 1))
    return logits[0, class_id].flatten()[surest.indices].mean(), float(surest.values.mean())


def _heat(
    maps: Sequence[Tensor], size_wh: tuple[int, int], input_wh: tuple[int, int]
) -> NDArray[np.float32]:
    """Add up what each map of the trunk contributed, and bring it to the size of the picture."""
    total = np.zeros((input_wh[1], input_wh[0]), np.float32)
    for features in maps:
        if features.grad is None:
            continue
        heat = (features * features.grad).sum(1).clamp(min=0)[0].detach().numpy()
        if heat.max() > 0:
            total += cv2.resize(heat / heat.max(), input_wh)
    fit = Letterbox.fit(size_wh, input_wh, IMAGE_RULE.resize)
    (left, top), (width, height) = fit.offset_xy, fit.resized_wh
    window = cv2.resize(total[top : top + height, left : left + width], size_wh)
    return np.asarray(window / max(float(window.max()), 1e-12), np.float32)


def overlaid(image_bgr: NDArray[np.uint8], heat: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Lay heat ``(H, W)`` over a grey copy of a picture."""
    picture = enlarged(image_bgr)
    large = cv2.resize(heat, (picture.shape[1], picture.shape[0]))[..., None]
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    warm = cv2.applyColorMap((large * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    share = 0.75 * np.sqrt(large)
    return np.asarray(grey * (1 - share) + warm * share, np.uint8)
