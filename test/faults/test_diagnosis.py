"""The layers put together: many robots beside each other are judged like each alone."""

from __future__ import annotations

import numpy as np

from factory_perception.faults.diagnosis import Diagnosis
from test.faults.robot import beside_each_other, FRAME_S, frames, healthy, Samples


def _sick(seed, from_s):
    samples = Samples(12.0, seed)
    rows = samples.rows(from_s, 11.0)
    samples.position[rows, 1] += 0.02
    samples.effort[rows, 0] = np.nan
    samples.position[samples.rows(from_s + 2.0, from_s + 3.0), 0] = np.nan
    return frames(samples)


def test_many_robots_are_judged_like_each_alone():
    calibration = healthy(30.0)
    runs = [_sick(1, 4.0), frames(Samples(12.0, 2)), _sick(3, 7.0)]
    alone = [Diagnosis(calibration, FRAME_S) for _ in runs]
    beside = Diagnosis(calibration, FRAME_S, robots=(3,))
    said = [0, 0, 0]
    for number, row in enumerate(zip(*runs), 1):
        stamp_ns = round(number * FRAME_S * 1e9)
        both = beside_each_other(row)
        beside.update(both, stamp_ns)
        for run, (diagnosis, frame) in enumerate(zip(alone, row)):
            diagnosis.update(frame, stamp_ns)
            # As text: a NaN is not equal to itself.
            assert str(beside.verdicts((run,))) == str(diagnosis.verdicts())
            assert bool(beside.wrong[run]) == bool(diagnosis.wrong) == bool(diagnosis.verdicts())
            said[run] += bool(diagnosis.verdicts())
    assert said[1] == 0 and said[0] > said[2] > 50
