"""Events are counted, not windows."""

from __future__ import annotations

import pytest

from factory_perception.faults.alarm_book import Change
from factory_perception.faults.scoring import Alarm, alarms_of, match, summarise, TrueFault
from test.faults.test_alarm_book import verdict

TRUTHS = [TrueFault('collision', 'arm', 10.0, 10.3), TrueFault('backlash', 'base', 20.0, 30.0)]


def _alarm(part, name, raised, cleared):
    return Alarm(part, ((name, raised),), raised, cleared)


def test_what_is_found_missed_and_false():
    alarms = [
        _alarm('arm', 'collision', 10.1, 12.0),
        _alarm('arm', 'unknown', 15.0, 16.0),
        _alarm('base', 'friction_rise', 31.0, 33.0),
    ]
    outcomes, false = match(TRUTHS, alarms)
    assert [one.detected for one in outcomes] == [True, False]
    assert false == [alarms[1]]  # the last one belongs to the end of the second fault
    figures = summarise(outcomes, len(false), 2.0, ['collision'])
    assert figures['event_recall'] == 0.5
    assert figures['false_alarms_per_hour'] == 0.5
    assert figures['delay_ms']['p50'] == pytest.approx(100.0)
    assert figures['joint_right'] == 1.0
    assert figures['per_kind']['backlash']['detected'] == 0


def test_the_alarm_that_stays_gives_name_and_joint_the_first_the_delay():
    alarms = [_alarm('arm', 'collision', 20.1, 20.4), _alarm('base', 'backlash', 20.5, 32.0)]
    (outcome,), _ = match(TRUTHS[1:], alarms)
    assert (outcome.fault, outcome.part) == ('backlash', 'base')
    assert outcome.delay_s == pytest.approx(0.1)


def test_an_alarm_from_before_is_no_detection():
    (outcome,), false = match(TRUTHS[1:], [_alarm('base', 'backlash', 19.0, 40.0)])
    assert not outcome.detected
    assert len(false) == 1


@pytest.mark.parametrize(
    ('part', 'name', 'renamed_s', 'found'),
    [
        ('base', 'backlash', 21.0, True),
        ('arm', 'backlash', 21.0, False),
        ('base', 'friction_rise', 21.0, False),
        ('base', 'backlash', 19.5, False),
        ('base', 'backlash', 30.5, False),
    ],
)
def test_an_alarm_from_before_tells_of_a_fault_when_it_takes_its_name(part, name, renamed_s, found):
    early = _alarm(part, 'unknown', 19.0, 40.0).renamed(name, renamed_s)
    (outcome,), false = match(TRUTHS[1:], [early])
    assert outcome.detected == found
    assert not found or outcome.delay_s == pytest.approx(1.0)
    assert false == [early]  # there was no reason to raise it


def test_alarms_are_made_of_changes_with_the_name_they_had_longest():
    changes = [
        Change('raised', verdict('unknown'), 20_000_000_000),
        Change('renamed', verdict('backlash'), 21_000_000_000),
        Change('renamed', verdict('collision'), 29_500_000_000),
        Change('cleared', verdict('collision'), 33_000_000_000),
        Change('raised', verdict(part='base'), 50_000_000_000),
    ]
    alarms = alarms_of(changes, 60.0)
    assert [(one.raised_s, one.cleared_s) for one in alarms] == [(20.0, 33.0), (50.0, 60.0)]
    assert alarms[0].name_during(20.0, 30.0) == 'backlash'


def test_a_fault_that_the_end_cuts_off_counts_in_one_recall_and_not_in_the_other():
    truths = [
        TrueFault('backlash', 'arm', 1.0, 5.0),
        TrueFault('overheating', 'base', 8.0, 10.0, False),
    ]
    outcomes, false = match(truths, [Alarm('arm', (('backlash', 1.5),), 1.5, 6.0)])
    figures = summarise(outcomes, len(false), 1.0)
    assert (figures['event_recall'], figures['shown_recall'], figures['shown_events']) == (
        0.5,
        1.0,
        1,
    )


def test_nothing_to_find_gives_no_recall():
    assert summarise([], 0, 1.0)['event_recall'] is None
