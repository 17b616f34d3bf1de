"""Parts are followed through gaps, crossings and clocks that jump."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision.part_tracks import PartTracks

MS = 1_000_000


def box(left: float, top: float = 0.0, side: float = 50.0) -> list[float]:
    return [left, top, left + side, top + side]


def boxes(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_a_moving_part_is_one_track_and_leaves_once():
    tracks = PartTracks()
    first, _ = tracks.update(boxes(box(0)), 0)
    for step in range(1, 10):
        (track,), gone = tracks.update(boxes(box(10 * step)), step * 66 * MS)
        assert track is first[0] and not gone
    assert tracks.update(boxes(), 10 * 66 * MS) == ([], [])
    (left,) = tracks.update(boxes(), 2000 * MS)[1]
    assert left is first[0] and left.pictures == 10
    assert tracks.update(boxes(), 3000 * MS) == ([], [])


def test_a_fast_part_is_found_again_where_its_speed_takes_it():
    tracks = PartTracks()
    (track,), _ = tracks.update(boxes(box(0)), 0)
    tracks.update(boxes(box(30)), 100 * MS)
    # Not seen for 300 ms it has moved by 90: without the speed the boxes would not even touch.
    assert tracks.update(boxes(box(120)), 400 * MS)[0][0] is track
    assert tracks.update(boxes(box(30)), 410 * MS)[0][0] is not track


def test_neighbours_keep_their_tracks():
    tracks = PartTracks()
    (low, high), _ = tracks.update(boxes(box(0), box(60)), 0)
    found, _ = tracks.update(boxes(box(70), box(10)), 66 * MS)
    assert found[0] is high and found[1] is low


def test_two_boxes_on_one_part_do_not_share_its_track():
    tracks = PartTracks()
    (track,), _ = tracks.update(boxes(box(0)), 0)
    found, _ = tracks.update(boxes(box(2), box(20)), 66 * MS)
    assert found[0] is track and found[1] is not track


@pytest.mark.parametrize('stamp_ns', [0, 1])
def test_a_clock_that_jumps_back_begins_anew(stamp_ns):
    tracks = PartTracks()
    (old,), _ = tracks.update(boxes(box(0)), 5000 * MS)
    (new,), gone = tracks.update(boxes(box(0)), stamp_ns)
    assert new is not old and not gone
