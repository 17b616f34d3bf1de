"""What a model has to beat before it may run at all: answers to its questions without training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.answers import Answers
from factory_perception.training.baselines import colour_mask, detection_rule, usual_mask
from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.data import PictureData
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.run_class_answers import RunClassAnswers
from factory_perception.training.segmentation_metrics import count_pixels
from factory_perception.training.telemetry_answers import TelemetryAnswers
from factory_perception.training.telemetry_judges import RIVALS
from factory_perception.vision.detections import Detections

Array = NDArray[np.float64]
#: The best guess at classes that does not look: no other reaches a higher mean F1.
GUESS = 'a guess by how often each class occurs'
UNTRAINED = 'stream health and residuals without a model'


@dataclass(frozen=True)
class Rival:
    """A rival and the candidate, as far as the two can be compared.

    Attributes:
        name: what it is, in a sentence: ``the candidate is better than …``.
        answers: of the rival.
        candidate: of the candidate to the same questions, such as boxes without their classes.
    """

    name: str
    answers: Answers
    candidate: Answers


@dataclass(frozen=True)
class Known:
    """Answers of which only the figures are known; the questions are those of ``like``."""

    like: Answers
    figures: Callable[[Array], Array]

    @property
    def names(self) -> tuple[str, ...]:
        """Name the figures of the whole set."""
        return self.like.names

    @property
    def classes(self) -> Sequence[str]:
        """Name what figures are given for one by one."""
        return self.like.classes

    @property
    def units(self) -> int:
        """Give the number of pictures or recordings."""
        return self.like.units

    @property
    def unit(self) -> str:
        """Say what the units are."""
        return self.like.unit

    def measure(self, weights: Array) -> Array:
        """Give the figures ``(len(names) + len(classes),)`` for weights ``(units,)``."""
        return self.figures(weights)


def rivals(candidate: Answers, golden: Any) -> tuple[Rival, ...]:
    """Give all that a candidate has to beat on the set that it answered."""
    return _BY_ANSWERS[type(candidate)](candidate, golden)


def _of_classes(candidate: ClassAnswers, golden: PictureData) -> tuple[Rival, ...]:
    return (_guess(candidate, candidate.labels, len(candidate.classes)),)


def _of_runs(candidate: RunClassAnswers, golden: Any) -> tuple[Rival, ...]:
    names, labels = np.unique(candidate.truth, return_inverse=True)
    return (_guess(candidate, labels, len(names)),)


def _guess(
    candidate: ClassAnswers | RunClassAnswers, labels: NDArray[np.int64], size: int
) -> Rival:
    share = np.bincount(labels, minlength=size) / len(labels)
    untold = np.full(len(candidate.names) - 2, np.nan)

    def figures(weights: Array) -> Array:
        true = np.bincount(labels, weights, size).astype(float)
        mean, accuracy, f1 = expected_figures(true, share)
        return np.concatenate([[mean, accuracy], untold, f1])

    return Rival(GUESS, Known(candidate, figures), candidate)


def expected_figures(true: Array, share: Array) -> tuple[float, float, Array]:
    """Give mean F1, accuracy and F1 by class ``(C,)`` to expect of guesses that do not look.

    Args:
        true: ``(C,)`` how often each class is there.
        share: ``(C,)`` how often each is guessed; they sum up to 1.
    """
    hits, said = true * share, true.sum() * share
    f1 = np.full(len(share), np.nan)
    present = true > 0
    f1[present] = 2 * hits[present] / (true + said)[present]
    return float(f1[present].mean()), float(hits.sum() / true.sum()), f1


def _of_boxes(candidate: DetectionAnswers, golden: PictureData) -> tuple[Rival, ...]:
    """Give a rule that knows no classes, and guessed classes on the candidate's own boxes."""
    name, rule = detection_rule(golden)
    boxes = [rule(golden.read(index)) for index in range(len(golden))]
    seen = candidate.classless()
    where = Rival(f'{name}, classes aside', replace(seen, found=boxes), seen)
    if len(candidate.classes) == 1:
        return (where,)
    guessed = replace(candidate, found=_guessed(candidate))
    return where, Rival('its own boxes with guessed classes', guessed, candidate)


def _guessed(candidate: DetectionAnswers) -> list[Detections]:
    rng = np.random.default_rng(0)
    true = np.concatenate([one.class_ids for one in candidate.truths])
    if not len(true):
        return list(candidate.found)
    return [
        replace(one, class_ids=rng.choice(true, len(one)).astype(np.int32))
        for one in candidate.found
    ]


def _of_masks(candidate: MaskAnswers, golden: PictureData) -> tuple[Rival, ...]:
    """Give a rule by colour, and the mask that suits most pictures, whatever they show."""
    usual, size = usual_mask(golden), len(candidate.classes)
    by_colour, by_place = [], []
    for index in range(len(golden)):
        example = golden.read(index)
        assert example.mask is not None
        by_colour.append(count_pixels(example.mask, colour_mask(example.image_bgr), size))
        height, width = example.mask.shape
        by_place.append(count_pixels(example.mask, usual((height, width)), size))
    rules = {
        'marking what has an unusual colour': by_colour,
        'the usual mask, whatever the picture shows': by_place,
    }
    return tuple(
        Rival(name, replace(candidate, counts=np.stack(counts)), candidate)
        for name, counts in rules.items()
    )


def _of_forecasts(candidate: ForecastAnswers, golden: Any) -> tuple[Rival, ...]:
    """Give the best naive forecaster of each horizon: it has no skill over itself."""
    horizons = np.zeros(len(candidate.classes))
    figures = np.concatenate([[0.0, np.nan], horizons])
    rival = Known(candidate, lambda weights: figures)
    return (Rival('the best naive forecasters', rival, candidate),)


def _of_events(candidate: FaultAnswers, golden: Any) -> tuple[Rival, ...]:
    """Give what needs no model, by names and without, and guessed names on its own alarms."""
    without = candidate.without_model
    found = (
        Rival(UNTRAINED, without, candidate),
        Rival(f'{UNTRAINED}, names aside', without.nameless(), candidate.nameless()),
    )
    true = [one.truth for run in candidate.faulty for one in run.outcomes]
    if len({(one.kind, one.joint) for one in true}) < 2:
        return found
    dealt = [true[place] for place in np.random.default_rng(0).permutation(len(true))]
    guessed = candidate.renamed(dealt)
    return (*found, Rival('its own alarms with guessed names and joints', guessed, candidate))


def _of_rows(candidate: TelemetryAnswers, golden: Any) -> tuple[Rival, ...]:
    rival = replace(candidate, ours=candidate.rival)
    return (Rival(f'the {RIVALS[candidate.task.view]}', rival, candidate),)


_BY_ANSWERS: dict[type, Callable[[Any, Any], tuple[Rival, ...]]] = {
    ClassAnswers: _of_classes,
    DetectionAnswers: _of_boxes,
    MaskAnswers: _of_masks,
    ForecastAnswers: _of_forecasts,
    FaultAnswers: _of_events,
    RunClassAnswers: _of_runs,
    TelemetryAnswers: _of_rows,
}
