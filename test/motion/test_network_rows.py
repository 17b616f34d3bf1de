"""What the network is given."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.network_rows import network_rows


def test_channels_by_hand():
    before = np.array([[[1.0], [9.0], [9.0]]])
    rows = np.array([[[1.5], [np.nan], [np.nan]]])
    found = network_rows(rows, before, 0.1, np.array([7.0]), None)
    assert found.dtype == np.float32
    assert found[0, :, 0].tolist() == [1.5, 0.0, 5.0, 7.0]
    plan = np.array([[[2.0], [2.5], [4.0]]])
    found = network_rows(rows, before, 0.1, np.array([7.0]), plan)
    assert found[0, 4:, 0].tolist() == [0.5, 0.5, 2.0]
