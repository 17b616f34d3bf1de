"""The costs are measured and said; how large they are is not asserted."""

from __future__ import annotations

import re

from factory_perception.cell.costs import frame_costs, joint_costs, timed


def test_costs_are_said(config):
    assert re.match(r'frame: mean [\d.]+ ms, median .* with [\d.]+ parts in view', frame_costs(1))
    assert re.match(r'joint states: one arm \d+ times', joint_costs(config, seconds=1.0, arms=2))


def test_time_is_that_of_the_work():
    assert 0 <= timed(lambda: None) < timed(lambda: sum(range(2_000_000)))
