"""Names for what the watches see."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.rules import name_signs
from factory_perception.faults.watches import WATCHES

JOINTS = ('a', 'b', 'c', 'd')
PLACES = {watch.name: place for place, watch in enumerate(WATCHES)}


def _named(age_s=0.2, ratio=None, loaded=False, **alarms):
    table = np.zeros((len(JOINTS), len(WATCHES)), bool)
    for joint, names in alarms.items():
        for name in names.split():
            table[JOINTS.index(joint), PLACES[name]] = True
    ratio = np.where(table, 2.0, 0.1) if ratio is None else ratio
    signs = name_signs(JOINTS, table, ratio, np.full(len(JOINTS), age_s), loaded)
    return sorted((sign.part, sign.fault) for sign in signs)


@pytest.mark.parametrize(
    ('watch', 'fault'),
    [
        ('missing', 'sensor_dropout'),
        ('frozen', 'sensor_stuck'),
        ('slip', 'encoder_bias'),
        ('ripple', 'backlash'),
        ('jolt', 'collision'),
        ('knock', 'collision'),
        ('friction', 'friction_rise'),
        ('gain', 'torque_loss'),
        ('tracking', 'unknown'),
    ],
)
def test_each_watch_has_its_fault(watch, fault):
    assert _named(b=watch) == [('b', fault)]


def test_the_clearest_sign_wins():
    assert _named(b='load friction slip missing') == [('b', 'sensor_dropout')]


def test_a_long_collision_is_something_else():
    assert _named(age_s=3.0, b='knock friction') == [('b', 'friction_rise')]
    assert _named(age_s=3.0, b='knock') == [('b', 'unknown')]


def test_what_all_joints_show_is_a_fault_of_the_arm():
    found = _named(a='unloaded', b='unloaded load', c='unloaded')
    assert found == [('arm', 'protective_stop')]


def test_effort_that_is_off_at_several_joints_is_a_load():
    assert _named(a='friction load', c='gain') == [('arm', 'payload_change')]
    assert _named(c='gain') == [('c', 'torque_loss')]
    assert _named(loaded=True, c='gain') == [('arm', 'payload_change')]  # it fades at last
    assert _named(a='friction', c='friction') == [('a', 'friction_rise'), ('c', 'friction_rise')]


def test_a_joint_that_stands_still_and_leaves_its_reference_is_stuck():
    ratio = np.full((len(JOINTS), len(WATCHES)), 0.1)
    ratio[1, PLACES['tracking']], ratio[1, PLACES['frozen']] = 3.0, 0.8
    assert _named(ratio=ratio, b='tracking') == [('b', 'sensor_stuck')]
