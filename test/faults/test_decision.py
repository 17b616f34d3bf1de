"""Verdicts from probabilities."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from factory_perception.faults.classifier import Opinion
from factory_perception.faults.decision import Decision, evidence_steps
from factory_perception.faults.watches import WATCHES
from test.faults.test_alarm_book import verdict

FRAME_S = 0.04
KINDS = ('collision', 'backlash', 'payload_change')


def _decision(robots=(), **thresholds):
    calibration = SimpleNamespace(joints=('base', 'arm', 'hand'))
    model = SimpleNamespace(kinds=KINDS, whole=('payload_change',), calibration=calibration,
                            thresholds=thresholds)  # fmt: skip
    residual = SimpleNamespace(ratio=np.ones((*robots, 3, len(WATCHES))))
    return Decision(model, residual, FRAME_S, robots)


def _certain(level):
    return _decision(**{f'certain_{kind}': level for kind in KINDS})


def _opinion(p_value=0.5, **faults):
    """Give an opinion: normal but for ``joint=kind``."""
    found = np.tile([0.97, 0.01, 0.01, 0.01], (3, 1))
    for joint, kind in faults.items():
        row = ('base', 'arm', 'hand').index(joint)
        found[row] = 0.02
        found[row, 1 + KINDS.index(kind)] = 0.94
    return Opinion(found, np.full(3, p_value))


def _run(decision, opinions, residual=(), first=0):
    found = []
    for number, opinion in enumerate(opinions, first):
        stamp_ns = round(number * FRAME_S * 1e9)
        decision.update(opinion, stamp_ns)
        found.append(decision.verdicts(list(residual), stamp_ns))
    return found


def test_two_sure_frames_raise_with_name_joint_and_probability():
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


def test_evidence_is_log_odds_within_bounds():
    step = evidence_steps(np.array([0.0, 0.5, 0.9, 1.0]))
    assert step == pytest.approx([-4.0, 0.0, 2.197, 4.0], abs=1e-3)
    hint = evidence_steps(np.array([0.2, 0.2]), np.array([0.0, -3.0]))
    assert hint == pytest.approx([-1.386, 1.614], abs=1e-3)  # each kind has its own odds


def test_doubt_that_lasts_raises_and_doubt_that_goes_does_not():
    weak = Opinion(np.tile([0.35, 0.6, 0.03, 0.02], (3, 1)), np.ones(3))
    assert not any(_run(_decision(), [weak] * 3))
    assert _run(_decision(), [weak] * 12)[-1]
    assert not any(_run(_decision(), [weak, weak, _opinion()] * 8))


def test_a_kind_that_healthy_robots_look_like_needs_more_evidence():
    sure = [_opinion(arm='backlash')] * 6
    assert not any(_run(_decision(evidence_backlash=20.0), sure))
    assert _run(_decision(evidence_collision=20.0), sure)[-1]
    found = _run(_decision(evidence_backlash=20.0), [_opinion(arm='backlash')] * 10)
    assert found[-1][0].fault == 'backlash'


def test_many_robots_are_decided_like_each_alone():
    beside = _decision((2,))
    sick, well = _opinion(arm='backlash'), _opinion()
    for number in range(5):
        both = Opinion(np.stack([well.probabilities, sick.probabilities]), np.full((2, 3), 0.5))
        beside.update(both, round(number * FRAME_S * 1e9))
    assert not beside.verdicts([], 0, (0,))
    assert beside.verdicts([], 0, (1,))[0] == _run(_decision(), [sick] * 5)[-1][0]


def test_a_fault_that_most_joints_show_is_one_of_the_arm():
    faults = dict.fromkeys(('base', 'arm', 'hand'), 'payload_change')
    found = _run(_decision(), [_opinion(**faults)] * 20)[-1]
    assert [(one.part, one.fault) for one in found] == [('arm', 'payload_change')]


def test_a_fault_unlike_all_that_were_learned_is_unknown():
    found = _run(_decision(), [_opinion(p_value=0.001, arm='backlash')] * 60)[-1]
    assert found[0].fault == 'unknown'
    assert found[0].p_unknown < 0.01


def test_a_fault_that_the_model_never_gets_sure_of_is_unknown():
    weak = Opinion(np.tile([0.35, 0.6, 0.03, 0.02], (3, 1)), np.full(3, 0.001))
    found = _run(_certain(0.8), [weak] * 60)
    assert found[-1][0].fault == 'unknown'
    assert _run(_certain(0.6), [weak] * 60)[-1][0].fault == 'collision'
    # Sure once is sure: the end of a fault is no other one.
    fading = [_opinion(arm='backlash')] * 40 + [_opinion(0.5)] * 10
    assert _run(_certain(0.8), fading)[-1][0].fault == 'backlash'


def test_a_fault_that_looks_unlike_its_kind_is_unknown_however_sure_the_model_is():
    levels = {f'certain_{kind}': 0.5 for kind in KINDS}
    odd = [_opinion(p_value=0.1, arm='collision')] * 60
    assert _run(_decision(**levels, strange_collision=0.05), odd)[-1][0].fault == 'collision'
    found = _run(_decision(**levels, strange_collision=0.2), odd)
    names = [one[0].fault for one in found if one]
    assert names == ['collision'] * 10 + ['unknown'] * 49  # a moment to look, then it is told
    assert _run(_decision(**levels, strange_backlash=0.2), odd)[-1][0].fault == 'collision'


@pytest.mark.parametrize('sure', [0.98, 0.6, 0.3])
def test_how_strange_a_fault_looks_is_a_mean_since_its_alarm(sure):
    levels = {f'certain_{kind}': 0.2 for kind in KINDS} | {'odds_backlash': -3.0}
    decision, odd = _decision(**levels), _opinion(p_value=0.1)
    odd.probabilities[1] = [1 - sure, 0.01 * sure, 0.98 * sure, 0.01 * sure]
    _run(decision, [_opinion(p_value=1.0)] * 30)
    _run(decision, [odd] * 30, first=30)
    assert decision.p_values[1] == pytest.approx(0.1)  # nothing of what was before
    _run(decision, [_opinion(p_value=1.0)] * 100, first=60)
    assert decision.p_values[1] > 0.99


def test_a_model_without_certainty_is_asked_for_the_last_moments():
    decision, odd = _decision(), _opinion(p_value=1 / 201)
    odd.probabilities[1] = [0.3, 0.0, 0.7, 0.0]
    found = _run(decision, [odd] * 60)
    names = [one[0].fault for one in found if one]
    assert names[0] == 'backlash' and names[-1] == 'unknown'


def test_what_comes_after_a_fault_does_not_make_it_usual():
    levels = {f'certain_{kind}': 0.5 for kind in KINDS}
    decision = _decision(**levels, strange_collision=0.2)
    pushed, after = _opinion(p_value=0.05, arm='collision'), _opinion(p_value=1.0)
    found = _run(decision, [pushed] * 15 + [after] * 30)
    assert all(one[0].fault == 'unknown' for one in found[15:] if one)
    assert len([one for one in found[15:] if one]) == 30


def test_each_kind_has_its_own_certainty():
    seen = [_opinion(arm='backlash')] * 60
    levels = {'certain_collision': 0.99, 'certain_backlash': 0.9, 'certain_payload_change': 0.99}
    assert _run(_decision(**levels), seen)[-1][0].fault == 'backlash'
    levels['certain_backlash'] = 0.99
    assert _run(_decision(**levels), seen)[-1][0].fault == 'unknown'


@pytest.mark.parametrize(('kind', 'first'), [('collision', 'collision'), ('backlash', 'unknown')])
def test_only_a_sudden_fault_is_named_before_the_model_is_sure(kind, first):
    found = _run(_certain(0.8), [_opinion(arm=kind)] * 60)
    names = [one[0].fault for one in found if one]
    assert names[0] == first and names[-1] == kind
    assert len(names) == 59  # it is told as soon under either name


def test_what_is_over_at_once_is_nothing_that_grows():
    pushed = [_opinion(arm='backlash')] * 10 + [_opinion()] * 60
    names = [one[0].fault for one in _run(_certain(0.8), pushed) if one]
    assert len(names) > 40 and names.count('unknown') > names.count('backlash')


def test_a_fault_of_the_arm_has_longer_to_be_sure_of():
    weak = np.tile([0.35, 0.03, 0.02, 0.6], (3, 1))
    found = _run(_certain(0.8), [Opinion(weak, np.ones(3))] * 60)
    names = [one[0].fault for one in found if one]
    assert names == ['payload_change'] * 39 + ['unknown'] * 10  # 1.6 s


def test_a_fault_that_goes_and_comes_back_keeps_its_name():
    sure, weak = _opinion(arm='backlash'), _opinion()
    weak.probabilities[1] = [0.38, 0.01, 0.6, 0.01]
    decision = _certain(0.8)
    assert _run(decision, [sure] * 40)[-1][0].fault == 'backlash'
    assert not _run(decision, [_opinion()] * 60, first=40)[-1]
    names = [one[0].fault for one in _run(decision, [weak] * 40, first=100) if one]
    assert len(names) > 20 and set(names) == {'backlash'}
    _run(decision, [_opinion()] * 400, first=140)  # 16 s: by now it would be another one
    assert _run(decision, [weak] * 60, first=540)[-1][0].fault == 'unknown'


def test_what_residuals_show_and_the_model_does_not_know_is_unknown_after_a_while():
    decision = _decision()
    _run(decision, [_opinion()] * 310)  # 12.4 s: trends are full
    shown = [replace(verdict('friction_rise', 'hand', onset_ns=12_400_000_000), source='residual')]
    found = _run(decision, [_opinion()] * 15, shown, 310)
    assert not any(found[:3])
    assert [[(one.part, one.fault) for one in told] for told in found[4:]] == [
        [('hand', 'unknown')]
    ] * 11  # while a push of 0.3 s is still there


def test_what_is_left_of_a_fault_with_a_name_is_not_another_one():
    decision = _decision()
    shown = [replace(verdict('friction_rise', 'hand', onset_ns=12_600_000_000), source='residual')]
    _run(decision, [_opinion()] * 310)
    assert _run(decision, [_opinion(arm='backlash')] * 20, shown, 310)[-1][0].fault == 'backlash'
    left = _run(decision, [_opinion()] * 1200, shown, 330)
    assert not any(left[60:1000])  # the alarm has ended; brakes are remembered for half a minute
    assert left[-1][0].fault == 'unknown'


def test_what_begins_when_all_has_settled_is_told_at_once():
    decision = _decision()
    _run(decision, [_opinion()] * 310)
    _run(decision, [_opinion(arm='backlash')] * 20, (), 310)
    _run(decision, [_opinion()] * 400, (), 330)
    onset_ns = round(730 * FRAME_S * 1e9)
    shown = [replace(verdict('friction_rise', 'hand', onset_ns=onset_ns), source='residual')]
    assert _run(decision, [_opinion()] * 10, shown, 730)[-1][0].fault == 'unknown'


def test_what_stood_before_an_alarm_is_told_again_when_all_has_settled():
    decision = _decision()
    _run(decision, [_opinion()] * 310)
    shown = [replace(verdict('friction_rise', 'hand', onset_ns=12_400_000_000), source='residual')]
    assert _run(decision, [_opinion()] * 90, shown, 310)[-1][0].fault == 'unknown'
    assert _run(decision, [_opinion(arm='backlash')] * 20, shown, 400)[-1][0].fault == 'backlash'
    later = _run(decision, [_opinion()] * 400, shown, 420)
    assert not any(later[60:300]) and later[-1][0].fault == 'unknown'
