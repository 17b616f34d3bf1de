"""Which stretches of joint states are kept."""

from __future__ import annotations

import pytest

from factory_perception.motion.window_keeper import Label, WindowKeeper

STEP_NS = 10_000_000
ZERO_NS = 1_700_000_000_000_000_000


def at(second):
    return ZERO_NS + round(second * 1e9)


def run(keeper, seconds, news=(), first=0.0):
    """Feed samples at 100 Hz and news ``(second, change, part, fault)``; give the windows."""
    left, found = sorted(news), []
    for number in range(round(seconds * 100)):
        now = at(first) + number * STEP_NS
        while left and at(left[0][0]) <= now:
            second, change, part, fault = left.pop(0)
            keeper.news(change, part, fault, at(second), at(second - 0.5))
        window = keeper.add(now, b'%d' % number)
        if window:
            found.append(window)
    return found


def span(window):
    return [(window.samples[place][0] - ZERO_NS) / 1e9 for place in (0, -1)]


def test_a_window_lies_around_its_alarm():
    [window] = run(WindowKeeper(2, 1, 0), 20, [(8, 'raised', 'a', 'x'), (8.6, 'cleared', 'a', 'x')])
    assert span(window) == pytest.approx([6, 9])
    assert window.labels == (Label('a', 'x', at(7.5), at(8.6)),)


def test_an_alarm_that_stands_lasts_to_the_end():
    [window] = run(WindowKeeper(2, 1, 0), 20, [(8, 'raised', 'a', 'x'), (8.5, 'renamed', 'a', 'y')])
    [label] = window.labels
    assert (label.fault, label.begin_ns) == ('y', at(7.5)) and label.end_ns > window.samples[-1][0]


def test_alarms_in_one_window_are_kept_together():
    news = [(8, 'raised', 'a', 'x'), (8.5, 'raised', 'b', 'y')]
    [window] = run(WindowKeeper(2, 1, 0), 20, news)
    assert {label.part for label in window.labels} == {'a', 'b'}


def test_later_alarms_have_their_own_window():
    news = [(8, 'raised', 'a', 'x'), (8.5, 'cleared', 'a', 'x'), (15, 'raised', 'a', 'x')]
    windows = run(WindowKeeper(2, 1, 0), 20, news)
    assert [span(window) for window in windows] == [[6, 9], [13, 16]]


def test_news_from_before_the_start_make_no_window_and_no_quiet_one():
    keeper = WindowKeeper(2, 1, 5)
    keeper.news('raised', 'a', 'x', at(-60), at(-61))
    assert run(keeper, 20) == []


@pytest.mark.parametrize('period, starts', [(0, []), (5, [2, 7, 12, 17]), (10, [7, 17])])
def test_quiet_windows(period, starts):
    windows = run(WindowKeeper(2, 1, period), 21)
    assert [round(span(window)[0]) for window in windows] == starts
    assert all(not window.labels for window in windows)


def test_no_quiet_window_reaches_into_an_alarm():
    news = [(3, 'raised', 'a', 'x'), (6, 'cleared', 'a', 'x')]
    quiet = [window for window in run(WindowKeeper(2, 1, 4), 30, news) if not window.labels]
    assert quiet and all(span(window)[0] > 6 for window in quiet)


def test_few_samples_are_no_window():
    keeper = WindowKeeper(2, 1, 0)
    run(keeper, 0.2)
    keeper.news('raised', 'a', 'x', at(0.1), at(0.1))
    assert keeper.add(at(1.2), b'') is None


def test_a_clock_that_goes_back_begins_anew():
    keeper = WindowKeeper(2, 1, 0)
    run(keeper, 5, [(4.9, 'raised', 'a', 'x')], first=100)
    assert run(keeper, 5) == []
