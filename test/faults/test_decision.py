"""Verdicts from probabilities."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from factory_perception.faults.decision import Decision, Opinion
from factory_perception.faults.watches import WATCHES
from test.faults.test_alarm_book import verdict

FRAME_S = 0.04
KINDS = ('collision', 'backlash', 'payload_change')


def _decision():
    calibration = SimpleNamespace(joints=('base', 'arm', 'hand'))
    model = SimpleNamespace(kinds=KINDS, whole=('payload_change',), calibration=calibration,
                            thresholds={'fault': 0.6})  # fmt: skip
    residual = SimpleNamespace(ratio=np.ones((3, len(WATCHES))))
    return Decision(model, residual, FRAME_S)


def _opinion(p_value=0.5, **faults):
    """Give an opinion: normal but for ``joint=kind``."""
    found = np.tile([0.97, 0.01, 0.01, 0.01], (3, 1))
    for joint, kind in faults.items():
        row = ('base', 'arm', 'hand').index(joint)
        found[row] = 0.02
        found[row, 1 + KINDS.index(kind)] = 0.94
    return Opinion(found, np.full(3, p_value))


def _run(decision, opinions, residual=()):
    return [
        decision.update(opinion, list(residual), round(number * FRAME_S * 1e9))
        for number, opinion in enumerate(opinions)
    ]


def test_two_of_three_frames_raise_with_name_joint_and_probability():
    found = _run(_decision(), [_opinion(), *[_opinion(arm='backlash')] * 20])
    assert found[0] == found[1] == []
    assert (found[2][0].part, found[2][0].fault) == ('arm', 'backlash')
    assert found[-1][0].probability > 0.8
    assert len(found[-1]) == 1


def test_a_single_frame_is_no_alarm_and_a_pause_does_not_end_one():
    assert not any(_run(_decision(), [_opinion(arm='backlash'), *[_opinion()] * 10]))
    decision = _decision()
    _run(decision, [_opinion(arm='backlash')] * 20)
    assert all(_run(decision, [_opinion()] * 10))
    assert not _run(decision, [_opinion()] * 40)[-1]


def test_a_fault_that_most_joints_show_is_one_of_the_arm():
    faults = dict.fromkeys(('base', 'arm', 'hand'), 'payload_change')
    found = _run(_decision(), [_opinion(**faults)] * 20)[-1]
    assert [(one.part, one.fault) for one in found] == [('arm', 'payload_change')]


def test_a_fault_unlike_all_that_were_learned_is_unknown():
    found = _run(_decision(), [_opinion(p_value=0.001, arm='backlash')] * 60)[-1]
    assert found[0].fault == 'unknown'
    assert found[0].p_unknown < 0.01


def test_what_residuals_show_and_the_model_does_not_know_is_unknown_after_a_while():
    shown = [replace(verdict('friction_rise', 'hand', onset_ns=0), source='residual')]
    found = _run(_decision(), [_opinion()] * 15, shown)
    assert not any(found[:10])
    assert [(one.part, one.fault) for one in found[-1]] == [('hand', 'unknown')]
