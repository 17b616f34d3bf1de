"""Answers and evidence made up by rule, for every task; nothing is trained for them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.comparison import compare
from factory_perception.training.data import Example
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.gate import Verdict
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.promotion import Decision
from factory_perception.training.report.data_facts import picture_facts
from factory_perception.training.report.evidence import PictureEvidence
from factory_perception.training.report.features import Features
from factory_perception.vision.detections import Detections
from test.training.shapes import Shapes


class OneShape(Shapes):
    """Classify: what the first shape is. Segment: where the shapes are."""

    def __init__(self, count, task, seed=0):
        super().__init__(count, seed)
        self.task = task
        self.classes = ('box', 'disc') if task == 'classify' else ('background', 'box', 'disc')

    def read(self, index):
        example = super().read(index)
        if self.task == 'classify':
            return Example(example.image_bgr, label=int(example.boxes.class_ids[0]))
        mask = np.zeros(example.image_bgr.shape[:2], np.uint8)
        for (left, top, right, bottom), kind in zip(
            example.boxes.boxes_xyxy.astype(int), example.boxes.class_ids
        ):
            mask[top:bottom, left:right] = kind + 1
        return Example(example.image_bgr, mask=mask)


def detections(data, seed=0, drop=0.1):
    """Find nearly everything, a little beside it; sometimes nothing or too much."""
    rng = np.random.default_rng(seed)
    truths, found = [], []
    for index in range(len(data)):
        true = data.read(index).boxes
        keep = rng.random(len(true)) > drop
        boxes = true.boxes_xyxy[keep] + rng.normal(0, 1, (keep.sum(), 4)).astype(np.float32)
        ids = np.where(
            rng.random(keep.sum()) < 0.05, 1 - true.class_ids[keep], true.class_ids[keep]
        )
        scores = rng.uniform(0.5, 1, keep.sum())
        junk = rng.uniform(0, 60, (2, 4)).astype(np.float32)
        junk[:, 2:] = junk[:, :2] + 20
        truths.append(true)
        found.append(
            Detections(
                np.concatenate([boxes, junk]).astype(np.float32),
                np.append(scores, rng.uniform(0, 0.6, 2)).astype(np.float32),
                np.append(ids, [0, 1]).astype(np.int32),
            )
        )
    return DetectionAnswers(truths, found, data.classes, 0.4)


def classes(data, seed=0, wrong=0.15):
    rng = np.random.default_rng(seed)
    labels = np.array([data.read(index).label for index in range(len(data))])
    said = np.where(rng.random(len(labels)) < wrong, 1 - labels, labels)
    sure = rng.uniform(0.5, 1, len(labels))
    probabilities = np.stack([1 - sure, sure], 1).astype(np.float32)
    probabilities[said == 0] = probabilities[said == 0, ::-1]
    return ClassAnswers(labels, probabilities, data.classes)


def masks(data, seed=0):
    rng = np.random.default_rng(seed)
    counts, pngs, labels, probabilities = [], [], [], []
    for index in range(len(data)):
        true = data.read(index).mask
        answer = np.roll(true, int(rng.integers(0, 6)), 1)
        counts.append(np.bincount(true.ravel() * 3 + answer.ravel(), minlength=9).reshape(3, 3))
        pngs.append(cv2.imencode('.png', answer)[1].tobytes())
        places = rng.integers(0, true.size, 50)
        labels.append(true.ravel()[places])
        probabilities.append(np.eye(3, dtype=np.float32)[answer.ravel()[places]] * 0.8 + 0.0667)
    return MaskAnswers(
        np.stack(counts), pngs, data.classes, np.stack(labels), np.stack(probabilities)
    )


def sample(task):
    """Give the answers and the validation set of a task."""
    if task == 'detect':
        data = Shapes(40, seed=1)
        return detections(data), data
    data = OneShape(40, task, seed=1)
    return (classes if task == 'classify' else masks)(data), data


_BASELINES = {
    'detect': {
        'name': 'unusual_colour', 'classes': 'none',
        **{key: {'precision': 0.5, 'recall': 0.4, 'f1': 0.44} for key in ('iou33', 'iou50')},
    },
    'classify': {'name': 'majority', 'macro_f1': 0.36, 'accuracy': 0.55},
    'segment': {'name': 'colour_threshold', 'miou': 0.4, 'dice': 0.5},
}  # fmt: skip


def evidence(task='detect', **changes):
    """Give everything that a report is made of."""
    answers, data = sample(task)
    names = answers.names
    values = dict(zip(names, answers.measure(np.ones(answers.units))))
    figures = {**values, 'per_class': dict.fromkeys(data.classes, 0.8)}
    rng = np.random.default_rng(0)
    ids = np.arange(60) % len(data.classes)
    features = Features(
        rng.normal(0, 1, (60, 8)).astype(np.float32) + ids[:, None] * 2, ids, 'boxes'
    )
    found = compare(('shapes@1', 'the candidate'), answers, answers)
    made = PictureEvidence(
        manifest={
            'name': 'shapes', 'task': task,
            'provenance': {
                'created': '2026-01-02T03:04:05+00:00', 'parameters': 1_000_000, 'seed': 0,
                'command': 'factory_perception train --data shapes', 'notes': [],
                'settings': {
                    'fit': {'epochs': 5, 'min_delta': 0.001}, 'model': {'input_wh': (128, 96)},
                },
            },
        },
        answers=answers,
        validation=data,
        rows=[
            {'epoch': e, 'seconds': 6.0 * e, 'losses': {'loss': 2 / (e + 1), 'box': 1 / (e + 1)},
             'validation': {names[0]: 0.1 * e, 'score': 0.1 * e}}
            for e in range(5)
        ],
        learning=[(0.25, 0.3), (0.5, 0.5), (1.0, 0.6)],
        measured={'fp32': figures, 'fp16': figures, 'int8': figures},
        verdicts=[Verdict('fp16', True, 'fp16 loses nothing'),
                  Verdict('int8', False, 'int8 loses too much')],
        sizes={'fp32': 4_000_000, 'fp16': 2_000_000, 'int8': 1_000_000},
        decision=Decision(True, 'it is not worse', 'golden pictures', '0' * 64, 1, found),
        baseline=_BASELINES[task],
        train_facts=picture_facts(data),
        validation_facts=picture_facts(data),
        problems=(),
        unchecked='',
        train_features=features,
        validation_features=features,
        looking=(),
        versions={'python': '3'},
    )  # fmt: skip
    return replace(made, **changes)
