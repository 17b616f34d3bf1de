"""Average precision as COCO defines it (Lin et al., arXiv:1405.0312), computed by pycocotools."""

from __future__ import annotations

from collections.abc import Sequence
import contextlib
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.boxes import area
from factory_perception.vision.detections import Detections

#: COCO counts the 100 surest boxes of a picture.
MAX_DETECTIONS = 100


def average_precision(
    truths: Sequence[Detections], found: Sequence[Detections], classes: Sequence[str]
) -> dict[str, Any]:
    """Compare what was found in some pictures with what is there.

    Args:
        truths: the true boxes of each picture; scores are ignored.
        found: the detections of the same pictures, with boxes in the same pixels. Keep low scores:
            a threshold cuts the curve short.
        classes: class names.

    Returns:
        ``map`` (mean over IoU 0.50:0.95), ``map50``, ``map75``, ``map_small|medium|large`` (areas
        under 32², under 96², above), ``ap50_per_class`` and ``ap_per_class`` by name. A class that
        is in no picture is left out of the means; a figure without any such box is ``None``.
    """
    if len(truths) != len(found):
        raise ValueError(f'{len(truths)} pictures with truth, {len(found)} with detections')
    evaluation = _evaluate(truths, found, classes)
    precision = evaluation.eval['precision']  # (T, R, K, A, M)
    return {
        'map': _mean(precision[:, :, :, 0, -1]),
        'map50': _mean(precision[0, :, :, 0, -1]),
        'map75': _mean(precision[5, :, :, 0, -1]),
        'map_small': _mean(precision[:, :, :, 1, -1]),
        'map_medium': _mean(precision[:, :, :, 2, -1]),
        'map_large': _mean(precision[:, :, :, 3, -1]),
        'ap50_per_class': _per_class(precision[0, :, :, 0, -1], classes),
        'ap_per_class': _per_class(precision[:, :, :, 0, -1], classes),
    }


def _evaluate(
    truths: Sequence[Detections], found: Sequence[Detections], classes: Sequence[str]
) -> Any:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    images = [{'id': index + 1} for index in range(len(truths))]
    categories = [{'id': index + 1, 'name': name} for index, name in enumerate(classes)]
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools talks
        truth = _index(COCO(), images, categories, _annotations(truths))
        results = _index(COCO(), images, categories, _annotations(found))
        evaluation = COCOeval(truth, results, 'bbox')
        evaluation.params.maxDets = [1, 10, MAX_DETECTIONS]
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation


def _index(coco: Any, images: list[Any], categories: list[Any], annotations: list[Any]) -> Any:
    coco.dataset = {'images': images, 'categories': categories, 'annotations': annotations}
    coco.createIndex()
    return coco


def _annotations(pictures: Sequence[Detections]) -> list[dict[str, Any]]:
    annotations: list[dict[str, Any]] = []
    for index, picture in enumerate(pictures):
        areas = area(picture.boxes_xyxy)
        for box, score, class_id, size in zip(
            picture.boxes_xyxy.astype(float), picture.scores, picture.class_ids, areas
        ):
            left, top, right, bottom = box.tolist()
            annotations.append(
                {
                    'id': len(annotations) + 1,
                    'image_id': index + 1,
                    'category_id': int(class_id) + 1,
                    'bbox': [left, top, right - left, bottom - top],
                    'area': float(size),
                    'score': float(score),
                    'iscrowd': 0,
                }
            )
    return annotations


def _mean(precision: NDArray) -> float | None:
    known = precision[precision > -1]  # COCOeval writes -1 where there is nothing to find
    return float(np.mean(known)) if known.size else None


def _per_class(precision: NDArray, classes: Sequence[str]) -> dict[str, float | None]:
    return {name: _mean(precision[..., index]) for index, name in enumerate(classes)}
