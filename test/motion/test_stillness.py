"""How long a robot stood still, and what is forecast then."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.predictor import Predictor
from factory_perception.motion.stillness import LONG_NS, Stillness
from factory_perception.motion.untrained import UntrainedForecaster

MS = 1_000_000


def test_noise_is_no_motion_but_creeping_is():
    noisy, creeping = Stillness(), Stillness()
    rng = np.random.default_rng(0)
    for stamp in range(0, 8000 * MS, 25 * MS):
        long = noisy.update(stamp, rng.uniform(-1e-3, 1e-3, 2))
        crept = creeping.update(stamp, np.full(2, stamp * 1e-12))
    assert long and noisy.still_ns > LONG_NS and not crept
    noisy.reset()
    assert noisy.still_ns == 0


def test_a_forecaster_that_expects_motion_is_overruled():
    forecaster = UntrainedForecaster(('a',), 25 * MS, [0.1])
    one = Predictor(forecaster, 1, 0.1, 500 * MS, 20.0)
    found = []
    for stamp in range(1000 * MS, 9000 * MS, 25 * MS):  # a wrong velocity, and no motion
        if one.add(0, JointSample(stamp, ('a',), (2.0,), (0.5,), (), stamp)):
            found += one.advance()
    assert found[50].forecast.median[0, 0] == 2.05
    assert found[-1].forecast.median[0, 0] == 2.0 and found[-1].forecast.methods == ('hold',)
    assert found[-1].forecast.lower[0, 0] <= 2.0 <= found[-1].forecast.upper[0, 0]
