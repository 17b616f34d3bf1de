"""Who sees beats what needs no training, in every task; who answers blindly does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.training.baselines import detection_rule, usual_mask
from factory_perception.training.class_answers import ClassAnswers
from factory_perception.training.comparison import compare
from factory_perception.training.mask_answers import MaskAnswers
from factory_perception.training.rivals import expected_figures, rivals
from factory_perception.training.segmentation_metrics import count_pixels
from factory_perception.vision.detections import Detections
from test.training.report.samples import classes, detections, masks, OneShape
from test.training.report.series_samples import events, forecasts, run_classes
from test.training.shapes import Shapes

BOXES = Shapes(40, seed=1)
KINDS, AREAS = (OneShape(40, task, seed=1) for task in ('classify', 'segment'))


def beaten(answers, data=None):
    """Give, by name, whether each rival is surely beaten."""
    found = {}
    for one in rivals(answers, data):
        result = compare((one.name, 'candidate'), one.answers, one.candidate)
        found[one.name] = result.figures[result.metric].difference.low > 0
    return found


def dealt(answers):
    """Give every picture the answer to another one."""
    return replace(answers, probabilities=np.roll(answers.probabilities, 7, axis=0))


def named_by_others(answers):
    """Give every recording the answer to another one."""
    return replace(answers, found=np.roll(answers.found, 1))


def one_for_all(answers, data):
    """Answer every picture with the mask that is usual."""
    usual = usual_mask(data)
    true = [data.read(index).mask for index in range(len(data))]
    counts = np.stack([count_pixels(one, usual(one.shape), len(data.classes)) for one in true])
    return replace(answers, counts=counts)


def with_names_of_others(answers):
    """Call every fault by the name and joint of another one."""
    said = [one.truth for run in answers.faulty for one in run.outcomes]
    return answers.renamed([*said[1:], said[0]])


def with_any_class(answers):
    rng = np.random.default_rng(5)
    found = [
        replace(one, class_ids=rng.integers(0, 2, len(one)).astype(np.int32))
        for one in answers.found
    ]
    return replace(answers, found=found)


def by_the_rule(answers, data):
    """Find exactly what the rule finds, and call it all by the first class."""
    _, rule = detection_rule(data)
    return replace(answers, found=[rule(data.read(index)) for index in range(len(data))])


@pytest.mark.parametrize(
    ('answers', 'data', 'names'),
    [
        (classes(KINDS), KINDS, ['a guess by how often each class occurs']),
        (detections(BOXES), BOXES, ['boxing what has an unusual colour, classes aside',
                                    'its own boxes with guessed classes']),
        (masks(AREAS), AREAS, ['marking what has an unusual colour',
                               'the usual mask, whatever the picture shows']),
        (forecasts(0.005), None, ['the best naive forecasters']),
        (events(missed=(), false=()), None, [
            'stream health and residuals without a model',
            'stream health and residuals without a model, names aside',
            'its own alarms with guessed names and joints']),
        (run_classes(1), None, ['a guess by how often each class occurs']),
    ],
    ids=['classify', 'detect', 'segment', 'forecast', 'fault events', 'fault of recordings'],
)  # fmt: skip
def test_a_decent_candidate_beats_them_all(answers, data, names):
    assert beaten(answers, data) == dict.fromkeys(names, True)


@pytest.mark.parametrize(
    ('answers', 'data', 'stays'),
    [
        (dealt(classes(KINDS)), KINDS, 'a guess by how often each class occurs'),
        (by_the_rule(detections(BOXES), BOXES), BOXES,
         'boxing what has an unusual colour, classes aside'),
        (with_any_class(detections(BOXES)), BOXES, 'its own boxes with guessed classes'),
        (one_for_all(masks(AREAS), AREAS), AREAS, 'the usual mask, whatever the picture shows'),
        (forecasts(0.5), None, 'the best naive forecasters'),
        (events(missed=(0, 1), false=(1.0, 5.0, 9.0)), None,
         'stream health and residuals without a model, names aside'),
        (with_names_of_others(events(missed=(), false=())), None,
         'stream health and residuals without a model'),
        (with_names_of_others(events(missed=(), false=())), None,
         'its own alarms with guessed names and joints'),
        (named_by_others(run_classes(1)), None, 'a guess by how often each class occurs'),
    ],
    ids=['classify', 'rule', 'guessed classes', 'segment', 'forecast', 'events',
         'names of events', 'guessed names of events', 'recordings'],
)  # fmt: skip
def test_a_blind_candidate_does_not(answers, data, stays):
    assert beaten(answers, data)[stays] is False


def test_with_names_aside_only_noticing_counts():
    _, aside, _ = rivals(events(), None)
    assert aside.candidate.names == aside.answers.names
    assert compare(('a', 'b'), aside.answers, aside.candidate).metric == 'event_f1'


def test_one_class_needs_no_guess():
    answers = detections(BOXES).classless()
    assert list(beaten(answers, BOXES)) == ['boxing what has an unusual colour, classes aside']


def test_a_set_without_boxes_shows_nothing():
    nothing = [Detections.empty()] * len(BOXES)
    assert not any(beaten(replace(detections(BOXES), truths=nothing), BOXES).values())


def test_figures_of_guesses_are_those_of_many_guesses():
    rng = np.random.default_rng(0)
    labels, share = np.repeat([0, 1, 2], [60, 30, 10]), np.array([0.5, 0.3, 0.2])
    drawn = []
    for _ in range(3000):
        said = np.eye(3, dtype=np.float32)[rng.choice(3, 100, p=share)]
        drawn.append(ClassAnswers(labels, said, 'abc').measure(np.ones(100)))
    f1, accuracy, by_class = expected_figures(np.bincount(labels).astype(float), share)
    np.testing.assert_allclose(np.mean(drawn, axis=0), [f1, accuracy, *by_class], atol=0.006)


def test_no_other_blind_guess_reaches_a_higher_mean_f1():
    rng = np.random.default_rng(0)
    true = np.array([70.0, 25.0, 5.0])
    best = expected_figures(true, true / true.sum())[0]
    assert best == pytest.approx(1 / 3)
    for share in rng.dirichlet(np.ones(3), 200):
        assert expected_figures(true, share)[0] <= best + 1e-9


def test_the_usual_mask_fits_every_size():
    answers = masks(AREAS)
    assert isinstance(answers, MaskAnswers)
    usual = usual_mask(AREAS)
    assert usual((96, 128)).shape == (96, 128) and usual((30, 70)).shape == (30, 70)
    assert set(np.unique(usual((96, 128)))) <= {0, 1, 2}
