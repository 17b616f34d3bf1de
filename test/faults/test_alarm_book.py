"""Alarms begin, change their name, and end."""

from __future__ import annotations

from factory_perception.faults.alarm_book import AlarmBook, LASTS_NS
from factory_perception.faults.verdict import Verdict

NAN = float('nan')


def verdict(fault='collision', part='arm', onset_ns=5):
    return Verdict(part, fault, NAN, NAN, 'effort', 2.0, 1.0, 'before', onset_ns, 'residual')


def _whats(changes):
    return [(change.what, change.verdict.part, change.verdict.fault) for change in changes]


def test_raised_once_and_cleared_once():
    book = AlarmBook()
    assert _whats(book.update([verdict()], 10)) == [('raised', 'arm', 'collision')]
    assert book.update([verdict(onset_ns=9)], 20) == []
    assert book.open['arm'].onset_ns == 5  # since when it really is there
    assert book.update([], 30) == []
    assert _whats(book.update([], 30 + LASTS_NS)) == [('cleared', 'arm', 'collision')]
    assert book.update([], 40 + LASTS_NS) == []


def test_an_alarm_that_is_gone_for_a_moment_is_still_there():
    book = AlarmBook()
    book.update([verdict()], 10)
    book.update([], 20)
    assert book.update([verdict(onset_ns=9)], 20 + LASTS_NS) == []
    assert book.open['arm'].onset_ns == 5
    assert book.update([], 30 + LASTS_NS) == []  # it counts anew


def test_a_clock_that_jumps_back_does_not_keep_an_alarm():
    book = AlarmBook()
    book.update([verdict()], 100 * LASTS_NS)
    book.update([], 101 * LASTS_NS)
    assert book.update([], 5) == []
    assert _whats(book.update([], 5 + LASTS_NS)) == [('cleared', 'arm', 'collision')]


def test_another_name_counts_when_it_lasts():
    book = AlarmBook()
    book.update([verdict()], 0)
    assert book.update([verdict('backlash')], 10) == []
    assert book.update([verdict()], 20) == []
    assert book.update([verdict('backlash')], 30) == []
    assert book.update([verdict('backlash')], 29 + LASTS_NS) == []
    changes = book.update([verdict('backlash')], 30 + LASTS_NS)
    assert _whats(changes) == [('renamed', 'arm', 'backlash')]


def test_parts_are_told_apart_and_the_first_verdict_of_a_part_counts():
    book = AlarmBook()
    changes = book.update([verdict(), verdict('backlash'), verdict(part='base')], 10)
    assert _whats(changes) == [('raised', 'arm', 'collision'), ('raised', 'base', 'collision')]
