"""What was planned, from commands and from a recorded reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from factory_perception.training.datasets.series import Commands
from factory_perception.training.motion_plan import plan_of
from test.training.motion_support import swinging

AHEAD = np.array([0.5, 2.0])


def test_commands_are_followed_evenly():
    recording = replace(swinging('one', 1), channels={})
    table = recording.joints
    still = replace(table, position=np.zeros_like(table.position))
    commands = Commands(
        ('a', 'b'), np.array([1.0, 2.0]), np.array([[4.0, np.nan], [0.0, 1.0]]),
        np.array([[2.0, np.nan], [1.0, np.nan]]),
    )  # fmt: skip
    told = replace(recording, joints=still, commands=commands)
    plan = plan_of(told, ('a', 'b'), np.array([0.5, 1.5, 2.0, 2.5, 5.0]), AHEAD)
    assert plan is not None
    # Nothing was told yet; then to 4 in 2 s, given up halfway at 2 for 0 within 1 s.
    np.testing.assert_allclose(
        plan[:, :, 0], [[0, 0, 0], [1, 2, 4], [2, 1, 0], [1, 0, 0], [0, 0, 0]]
    )
    np.testing.assert_allclose(plan[:, 0, 1], [0, 0, 0, 1, 1])  # at once, from then on


def test_a_reference_goes_on_at_its_speed():
    recording = swinging('one', 1)
    time_s = np.array([1.0, 3.0])
    plan = plan_of(recording, ('a', 'b'), time_s, AHEAD)
    assert plan is not None
    at = np.searchsorted(recording.joints.time_s, time_s)
    speed = recording.joints.velocity[at]
    np.testing.assert_allclose(plan[:, 1] - plan[:, 0], speed * 0.5, atol=0.05)


def test_no_plan():
    recording = replace(swinging('one', 1), channels={'a.target': np.zeros(1200)})
    assert plan_of(recording, ('a', 'b'), np.array([1.0]), AHEAD) is None
