"""What a detector's answers look like to the sections of a report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.data import PictureData
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.detection_pairs import detection_confusion, pair_boxes
from factory_perception.training.report.parts import Grid
from factory_perception.training.report.picture import make_picture, Picture
from factory_perception.training.report.report import Headline
from factory_perception.training.report.sections.confusion import confusion_grid
from factory_perception.training.report.sketch import draw_box, enlarged, MISSED, RIGHT, WRONG
from factory_perception.training.report.view import Presence, Ranked, Sureness, View
from factory_perception.training.statistics import Interval, wilson
from factory_perception.vision.detections import Detections
from factory_perception.vision.matching import match, operating_point

MOST_WORST = 8


def detection_view(
    answers: DetectionAnswers, data: PictureData, figures: Mapping[str, Interval]
) -> View:
    """Give the answers of a detector in the forms that the sections want."""
    matches = answers.matches
    return View(
        headlines=_headlines(answers, figures),
        ranked=Ranked(
            matches.scores, matches.right, matches.class_ids, matches.truths.sum(0), 'boxes'
        ),
        presence=_presence(answers),
        sureness=Sureness(
            matches.scores, matches.right, 'boxes of any score', answers.threshold
        ),
        confusion=_confusion(answers),
        worst=tuple(_worst(answers, data)),
        worst_note='Green: found. Orange: a true box that was missed. Red: reported, but nothing '
        'there, or another class.',
    )  # fmt: skip


def _headlines(answers: DetectionAnswers, figures: Mapping[str, Interval]) -> tuple[Headline, ...]:
    point = operating_point(answers.matches, answers.threshold)
    recall = wilson(point.right, point.right + point.missed)
    precision = wilson(point.right, point.right + point.wrong)
    return (
        Headline(
            'Mean average precision at IoU 0.5 (map50)', figures['map50'],
            'Over all thresholds and classes; 1 is faultless.',
        ),
        Headline(
            'Found', recall,
            f'Of 100 true boxes {round(100 * recall.value)} are found, '
            f'at the threshold {answers.threshold:g}.', share=True,
        ),
        Headline(
            'Right', precision,
            'No box is reported at the threshold.' if np.isnan(precision.value) else
            f'Of 100 reported boxes {round(100 * precision.value)} are right; '
            f'{point.wrong / max(answers.units, 1):.2f} wrong ones in a picture.', share=True,
        ),
    )  # fmt: skip


def _presence(answers: DetectionAnswers) -> Presence:
    """Ask of whole pictures which classes are there: the surest box of each class answers."""
    scores = np.zeros((answers.units, len(answers.classes)))
    for row, seen in zip(scores, answers.found):
        np.maximum.at(row, seen.class_ids, seen.scores)
    return Presence(scores, answers.matches.truths > 0, 'pictures')


def reported(answers: DetectionAnswers, index: int) -> Detections:
    """Give what a node would report about a picture."""
    seen = answers.found[index]
    return seen.select(seen.scores >= answers.threshold)


def _confusion(answers: DetectionAnswers) -> Grid:
    found = [reported(answers, index) for index in range(answers.units)]
    counts = detection_confusion(answers.truths, found, len(answers.classes))
    return confusion_grid(counts, [*answers.classes, 'nothing'], 'boxes')


def _mistakes(true: Detections, seen: Detections) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Give which reported boxes are right and which true boxes were found."""
    pairs = pair_boxes(true, seen)
    right = np.zeros(len(seen), bool)
    paired = pairs >= 0
    right[paired] = true.class_ids[pairs[paired]] == seen.class_ids[paired]
    hit = np.zeros(len(true), bool)
    hit[pairs[paired]] = True
    return right, hit


def _worst(answers: DetectionAnswers, data: PictureData) -> list[Picture]:
    costs = []
    for index, true in enumerate(answers.truths):
        seen = reported(answers, index)
        right, hit = _mistakes(true, seen)
        costs.append(float((~right).sum() + (~hit).sum() + 0.01 * seen.scores[~right].sum()))
    order = np.argsort(-np.array(costs), kind='stable')[:MOST_WORST]
    return [_drawn(answers, data, int(index)) for index in order if costs[index] > 0]


def _drawn(answers: DetectionAnswers, data: PictureData, index: int) -> Picture:
    true, seen = answers.truths[index], reported(answers, index)
    right, hit = _mistakes(true, seen)
    image = data.read(index).image_bgr
    canvas = enlarged(image)
    scale = canvas.shape[1] / image.shape[1]
    for box in seen.boxes_xyxy[right]:
        draw_box(canvas, box, scale, RIGHT)
    for box, class_id in zip(true.boxes_xyxy[~hit], true.class_ids[~hit]):
        draw_box(canvas, box, scale, MISSED, answers.classes[class_id])
    wrong = seen.select(~right)
    for box, class_id, score in zip(wrong.boxes_xyxy, wrong.class_ids, wrong.scores):
        draw_box(canvas, box, scale, WRONG, f'{answers.classes[class_id]} {score:.2f}')
    name = data.name(index)
    said = f'{int((~hit).sum())} missed, {len(wrong)} wrong: {name}'
    return make_picture(canvas, f'{name} with its mistakes', said, name)


def class_free(answers: DetectionAnswers) -> dict[str, dict[str, float]]:
    """Give the operating point without regard to classes, beside which a simple rule can stand."""
    seen, result = answers.classless(), {}
    for name, iou in (('iou33', 0.33), ('iou50', 0.5)):
        point = operating_point(match(seen.truths, seen.found, 1, iou), answers.threshold)
        result[name] = {'precision': point.precision, 'recall': point.recall, 'f1': point.f1}
    return result
