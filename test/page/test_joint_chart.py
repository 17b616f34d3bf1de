"""Curves: thinned, bounded, told once to each viewer, begun anew when time or robot change."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.page.facts import Forecast, Joints
from factory_perception.page.joint_chart import Cursor, JointChart

MS = 1_000_000
NAMES = ('a', 'b')


def joints(time_ms: float, *position: float, names=NAMES) -> Joints:
    return Joints(round(time_ms * MS), names, np.array(position))


def forecast(time_ms: float, rows, names=NAMES, ahead_s=(0.1, 0.25, 0.5)) -> Forecast:
    return Forecast(round(time_ms * MS), names, np.array(ahead_s), np.array(rows, float))


def test_thinned_to_the_step():
    chart = JointChart(0.25)
    for time_ms in range(0, 1000, 4):
        chart.measure(joints(time_ms, time_ms, 0))
    rows = chart.news(Cursor())['measured']
    assert [round(time * 1e3) for time, _ in rows] == list(range(0, 1000, 40))


def test_bounded():
    chart = JointChart(0.25)
    for index in range(2000):
        chart.measure(joints(50 * index, 0, 0))
    assert len(chart.news(Cursor())['measured']) == 250


def test_the_forecast_stands_at_the_time_it_is_about():
    chart = JointChart(0.2)
    chart.measure(joints(1000, 0, 0))
    chart.forecast(forecast(1000, [[1, 2], [3, 4], [5, 6]]))
    chart.forecast(forecast(1000, [[1, 2], [2, 3], [5, 6]]), 'low')
    news = chart.news(Cursor())
    assert news['ahead_s'] == 0.25  # the horizon that is nearest
    assert news['forecast'] == [[1.25, [3, 4]]] and news['low'] == [[1.25, [2, 3]]]


def test_forecast_of_other_joints_in_another_order():
    chart = JointChart(0.25)
    chart.measure(joints(0, 0, 0))
    chart.forecast(forecast(0, [[7.0, 8.0]] * 3, names=('b', 'x')))
    assert chart.news(Cursor())['forecast'] == [[0.25, [None, 7.0]]]


def test_every_viewer_is_told_once():
    chart, one, other = JointChart(0.25), Cursor(), Cursor()
    chart.measure(joints(0, 1, 2))
    assert chart.news(one)['fresh'] and not chart.news(one)['fresh']
    chart.measure(joints(100, 3, 4))
    assert chart.news(one)['measured'] == [[0.1, [3, 4]]]
    assert chart.news(one)['measured'] == []
    assert len(chart.news(other)['measured']) == 2


@pytest.mark.parametrize('after', [
    joints(10, 1, 2), joints(2000, 1, names=('a',)), joints(2000, 1, 2, names=('b', 'a')),
])  # fmt: skip
def test_another_robot_or_time_begins_anew(after):
    chart, cursor = JointChart(0.25), Cursor()
    chart.measure(joints(1000, 1, 2))
    chart.news(cursor)
    chart.measure(after)
    news = chart.news(cursor)
    assert news['fresh'] and len(news['measured']) == 1 and news['names'] == list(after.names)


def test_unknown_values_are_null():
    chart = JointChart(0.25)
    chart.measure(joints(0, float('nan'), float('inf')))
    assert chart.news(Cursor())['measured'] == [[0.0, [None, None]]]


def test_an_empty_forecast_is_left_out():
    chart = JointChart(0.25)
    chart.forecast(forecast(0, [[1, 2]] * 3))  # nobody knows the joints yet
    chart.measure(joints(0, 1, 2))
    chart.forecast(forecast(0, np.zeros((0, 2)), ahead_s=()))
    assert chart.news(Cursor())['forecast'] == []


def test_no_more_joints_than_can_be_drawn():
    chart = JointChart(0.25)
    names = tuple(f'j{index}' for index in range(100))
    chart.measure(joints(0, *range(100), names=names))
    chart.measure(joints(100, *range(100), names=names))
    news = chart.news(Cursor())
    assert len(news['names']) == len(news['measured'][0][1]) == 64 and len(news['measured']) == 2
