"""Recordings become rows as the nodes would see them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.training.motion_segments import (
    ahead_of,
    joints_of,
    read_segments,
    segments_of,
    windows_of,
)
from factory_perception.training.setting_tree import SettingsError
from test.training.motion_support import swinging, Swings

HORIZONS = np.array([0.05, 0.5])


def test_rows_are_what_was_recorded():
    recording = swinging('one', 1)
    (segment,) = segments_of(recording, ('b', 'a'), 0.025, HORIZONS)
    time_s = 0.025 * np.arange(1, len(segment) + 1)
    for place, joint in ((0, 1), (1, 0)):
        expected = np.interp(time_s, recording.joints.time_s, recording.joints.position[:, joint])
        np.testing.assert_allclose(segment.rows[:, 0, place], expected, atol=1e-9)
    assert segment.plan is not None and segment.plan.shape == (len(segment), 3, 2)
    np.testing.assert_allclose(segment.plan[:, 0], segment.rows[:, 0], atol=1e-9)
    assert windows_of(segment, 4).shape == (len(segment) - 3, 4, 3, 2)
    np.testing.assert_array_equal(windows_of(segment, 4)[5, -1], segment.rows[8])
    np.testing.assert_array_equal(ahead_of(segment, (2, 20))[7, 1], segment.rows[27, 0])


def test_gaps_divide_and_unknown_positions_too():
    recording = swinging('one', 1)
    table = recording.joints
    keep = (table.time_s < 4) | (table.time_s > 6)
    position = table.position.copy()
    position[(table.time_s > 8) & (table.time_s < 10), 0] = np.nan
    cut = replace(
        table, time_s=table.time_s[keep], position=position[keep],
        velocity=table.velocity[keep], effort=table.effort[keep],
    )  # fmt: skip
    parts = segments_of(replace(recording, joints=cut, channels={}), ('a', 'b'), 0.025, HORIZONS)
    assert len(parts) == 3 and all(part.plan is None for part in parts)
    assert all(np.isfinite(part.rows[:, 0]).all() for part in parts)


def test_what_cannot_be_used():
    with pytest.raises(SettingsError, match='has no joint c, only a, b'):
        segments_of(swinging('one', 1), ('a', 'c'), 0.025, HORIZONS)
    with pytest.raises(SettingsError, match='swings has the joints a, b, not x'):
        joints_of(Swings([1]), 'a, x')
    with pytest.raises(SettingsError, match='without a gap'):
        read_segments(Swings([1], 1.0), ('a', 'b'), 0.025, HORIZONS, 1000)
    assert joints_of(Swings([1]), ' b ') == ('b',)
