"""What a classifier's answers look like to the sections of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.data import PictureData
from factory_perception.training.report.parts import Grid
from factory_perception.training.report.picture import make_picture, Picture
from factory_perception.training.report.report import Headline
from factory_perception.training.report.sections.confusion import confusion_grid
from factory_perception.training.report.sketch import enlarged
from factory_perception.training.report.view import Presence, Ranked, Sureness, View
from factory_perception.training.statistics import Interval, wilson

MOST_WORST = 12


def class_view(answers: ClassAnswers, data: PictureData, figures: Mapping[str, Interval]) -> View:
    """Give the answers of a classifier in the forms that the sections want."""
    right = answers.probabilities.argmax(1) == answers.labels
    return View(
        headlines=(
            Headline('Mean F1 over classes', figures['macro_f1'],
                     'Every class counts alike, rare ones too; 1 is faultless.'),
            Headline('Right', wilson(int(right.sum()), answers.units),
                     f'{int(right.sum())} of {answers.units} pictures are named rightly.',
                     share=True),
        ),
        ranked=ranked_answers(answers.labels, answers.probabilities, 'pictures'),
        presence=presence(answers.labels, answers.probabilities, 'pictures'),
        sureness=Sureness(answers.probabilities.max(1), right, 'answers'),
        confusion=_confusion(answers),
        worst=tuple(_worst(answers, data)),
        worst_note='The surest of the wrong answers.',
    )  # fmt: skip


def ranked_answers(
    labels: NDArray[np.integer], probabilities: NDArray[np.float32], what: str
) -> Ranked:
    """Take the probability of every class as an answer of its own: labels ``(N,)``, ``(N, C)``."""
    count, classes = probabilities.shape
    ids = np.tile(np.arange(classes), count)
    right = np.repeat(labels, classes) == ids
    totals = np.bincount(labels, minlength=classes)
    return Ranked(probabilities.ravel(), right, ids, totals, what)


def presence(
    labels: NDArray[np.integer], probabilities: NDArray[np.float32], what: str
) -> Presence:
    """Ask of each class for itself whether it is there."""
    return Presence(probabilities, labels[:, None] == np.arange(probabilities.shape[1]), what)


def _confusion(answers: ClassAnswers) -> Grid:
    size = len(answers.classes)
    pairs = answers.labels * size + answers.probabilities.argmax(1)
    counts = np.bincount(pairs, minlength=size * size).reshape(size, size)
    return confusion_grid(counts, answers.classes, 'pictures')


def _worst(answers: ClassAnswers, data: PictureData) -> Sequence[Picture]:
    said = answers.probabilities.argmax(1)
    sure = np.where(said == answers.labels, -1.0, answers.probabilities.max(1))
    order = [int(i) for i in np.argsort(-sure, kind='stable')[:MOST_WORST] if sure[i] >= 0]
    return [_shown(answers, data, index, int(said[index]), float(sure[index])) for index in order]


def _shown(answers: ClassAnswers, data: PictureData, index: int, said: int, sure: float) -> Picture:
    true, name = answers.classes[answers.labels[index]], data.name(index)
    caption = f'is {true}, was called {answers.classes[said]} ({sure:.2f}): {name}'
    return make_picture(enlarged(data.read(index).image_bgr), name, caption, name)
