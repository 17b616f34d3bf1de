"""What a segmenter's answers look like to the sections of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from factory_perception.training.data import PictureData
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.report.class_view import presence, ranked_answers
from factory_perception.training.report.picture import make_picture, Picture
from factory_perception.training.report.report import Headline
from factory_perception.training.report.sections.confusion import confusion_grid
from factory_perception.training.report.sketch import draw_masks
from factory_perception.training.report.view import Sureness, View
from factory_perception.training.statistics import Interval

MOST_WORST = 8


def mask_view(answers: MaskAnswers, data: PictureData, figures: Mapping[str, Interval]) -> View:
    """Give the answers of a segmenter in the forms that the sections want."""
    labels = answers.labels.ravel().astype(np.int64)
    probabilities = answers.probabilities.reshape(len(labels), -1)
    right = probabilities.argmax(1) == labels
    return View(
        headlines=(
            Headline('Mean overlap over classes (mIoU)', figures['miou'],
                     'Area that true and answered mask share, over the area of both together; 1 '
                     'is faultless.'),
            Headline('Mean Dice over classes', figures['dice'],
                     'As the overlap, but milder with small deviations.'),
        ),
        ranked=ranked_answers(labels, probabilities, 'pixels drawn at random'),
        presence=presence(labels, probabilities, 'pixels'),
        sureness=Sureness(probabilities.max(1), right, 'pixels drawn at random'),
        confusion=confusion_grid(answers.counts.sum(0), answers.classes, 'pixels'),
        worst=tuple(_worst(answers, data)),
        worst_note='Green: right. Orange: missed. Red: marked wrongly.',
    )  # fmt: skip


def _worst(answers: MaskAnswers, data: PictureData) -> Sequence[Picture]:
    """Show the pictures with the lowest mean overlap over their classes."""
    counts = answers.counts
    hits = np.diagonal(counts, axis1=1, axis2=2)  # (P, C)
    true, said = counts.sum(2), counts.sum(1)
    iou = np.where(true > 0, hits / np.maximum(true + said - hits, 1), np.nan)
    overlap = np.nanmean(iou, axis=1)
    order = np.argsort(overlap, kind='stable')[:MOST_WORST]
    return [_shown(answers, data, int(i), float(overlap[i])) for i in order if overlap[i] < 1]


def _shown(answers: MaskAnswers, data: PictureData, index: int, overlap: float) -> Picture:
    example, name = data.read(index), data.name(index)
    assert example.mask is not None
    canvas = draw_masks(example.image_bgr, example.mask, answers.mask(index))
    return make_picture(
        canvas, f'{name}, true and answered mask', f'overlap {overlap:.2f}: {name}', name
    )
