"""Nested phases as one fraction."""

from __future__ import annotations

import threading

import pytest

from factory_perception.engines.tensorrt.monitor import PhaseTree


def replay(events, cancel=None):
    told = []
    tree = PhaseTree(told.append, cancel)
    answers = [getattr(tree, name)(*arguments) for name, *arguments in events]
    return [round(progress.fraction, 4) for progress in told], answers


@pytest.mark.parametrize(
    'events, fractions',
    [
        ([('start', 'a', None, 4), ('step', 'a', 0), ('step', 'a', 3)], [0, 0.25, 1]),
        # A phase within a step counts as a part of that step.
        (
            [
                ('start', 'a', None, 2),
                ('start', 'b', 'a', 4),
                ('step', 'b', 0),
                ('step', 'b', 1),
                ('finish', 'b'),
                ('step', 'a', 0),
                ('start', 'c', 'a', 2),
                ('step', 'c', 1),
                ('finish', 'c'),
                ('step', 'a', 1),
            ],
            [0, 0, 0.125, 0.25, 0.5, 0.5, 1, 1],
        ),
        # Two phases at a time within one step are never more than the step.
        (
            [
                ('start', 'a', None, 2),
                ('start', 'b', 'a', 1),
                ('start', 'c', 'a', 1),
                ('step', 'b', 0),
                ('step', 'c', 0),
            ],
            [0, 0, 0, 0.5, 0.5],
        ),
        # A second outermost phase does not send the bar back to the start.
        (
            [('start', 'a', None, 2), ('step', 'a', 0), ('finish', 'a'), ('start', 'b', None, 9)],
            [0, 0.5, 0.5],
        ),
        # Odd things that later versions may do.
        ([('step', 'x', 0), ('finish', 'x'), ('start', 'a', 'gone', 0)], [0, 0]),
    ],
)
def test_fraction(events, fractions):
    assert replay(events)[0] == fractions


def test_steps_go_on_until_cancelled():
    cancel = threading.Event()
    tree = PhaseTree(None, cancel)
    tree.start('a', None, 3)
    assert tree.step('a', 0)
    cancel.set()
    assert not tree.step('a', 1)


def test_a_listener_that_fails_stops_the_build_but_nothing_else():
    def fail(progress):
        raise ValueError('of the listener')

    tree = PhaseTree(fail, None)
    tree.start('a', None, 3)
    assert not tree.step('a', 0)
    assert str(tree.failure) == 'of the listener'
