"""What the motion predictor says about who forecasts."""

from __future__ import annotations

import pytest

from factory_perception.bridge.diagnostic_msgs import Level
from factory_perception.motion.untrained import UntrainedForecaster
from factory_perception.nodes.motion_words import forecaster_status, method_words, still_words

FORECASTER = UntrainedForecaster(('a', 'b'), 25_000_000, [0.05, 0.1])


@pytest.mark.parametrize('still_ns, text', [
    (0, ''),
    (4_000_000_000, ''),
    (3_600_000_000_000, 'the robot has stood still for 3600 s: its position is the forecast'),
])  # fmt: skip
def test_only_a_long_rest_is_worth_a_word(still_ns, text):
    assert still_words(still_ns) == text


def test_who_forecasts():
    each = 'constant_velocity at 50 ms, constant_velocity at 100 ms'
    assert method_words(FORECASTER, has_model=False) == f'{each}, no model'
    better = method_words(FORECASTER, has_model=True)
    assert better == f'{each}, which was better than the network on validation data'


@pytest.mark.parametrize('forecaster, trouble, level, text', [
    (None, '', Level.WARN, 'no joint state yet'),
    (None, 'horizons must rise', Level.WARN, 'horizons must rise'),
    (FORECASTER, '', Level.OK, 'constant_velocity at 50 ms'),
    (FORECASTER, 'EngineError: gone', Level.ERROR, 'EngineError: gone'),
])  # fmt: skip
def test_levels(forecaster, trouble, level, text):
    status = forecaster_status(forecaster, None, trouble, {'memory_mb': 70.0})
    assert status.level == level and text in status.message
    if forecaster is not None:
        assert status.values['joints'] == 'a, b' and status.values['memory_mb'] == 70.0
