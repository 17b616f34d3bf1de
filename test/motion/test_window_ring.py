"""The ring whose windows lie in one piece."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.window_ring import WindowRing


@pytest.mark.parametrize('pushed', [3, 4, 5, 8, 13])
def test_windows_are_the_newest_rows_without_a_copy(pushed):
    ring = WindowRing(4, (2,))
    for value in range(pushed):
        ring.push(np.full(2, value))
    count = min(pushed, 4)
    window = ring.last(count)
    assert window[:, 0].tolist() == list(range(pushed - count, pushed))
    assert np.shares_memory(window, ring._rows) and len(ring) == count


def test_too_many_rows_and_clearing():
    ring = WindowRing(4, ())
    ring.push(1.0)
    with pytest.raises(ValueError, match='2 rows are wanted, but there are 1'):
        ring.last(2)
    ring.clear()
    assert len(ring) == 0
