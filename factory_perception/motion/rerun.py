"""A forecaster on recorded joint states, sample by sample, as a node would run it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.motion.forecast import Forecast
from factory_perception.motion.hindsight import Told
from factory_perception.motion.history import HistorySettings
from factory_perception.motion.joint_sample import RecordedSample
from factory_perception.motion.predictor import MotionForecaster, Predictor


def rerun_forecaster(forecaster: MotionForecaster, samples: Sequence[RecordedSample]) -> Told:
    """Forecast after every sample that completes a row.

    Raises:
        EngineError: the runtime failed.
        ValueError: nothing could be forecast; the text says what is missing.
    """
    usual = HistorySettings()
    predictor = Predictor(forecaster, 1, 0.0, usual.max_gap_ns, usual.max_speed)
    found: list[Forecast] = []
    for one, is_reference in samples:
        if is_reference:
            predictor.plans[0].add(one.time_ns, one.names, one.position, one.velocity)
        elif predictor.add(0, one):
            found += [outcome.forecast for outcome in predictor.advance()]
    if not found:
        needs = ' and joint_reference' if forecaster.wants_plan else ''
        raise ValueError(
            f'nothing could be forecast: the model needs {forecaster.rows_needed} rows of '
            f'{", ".join(forecaster.joints)}{needs}'
        )
    quantiles = np.stack([one.quantiles for one in found])  # (N, H, 3, J)
    return Told(
        forecaster.joints,
        np.array([one.stamp_ns for one in found], np.int64),
        np.repeat(forecaster.horizons_s[None], len(found), axis=0),
        quantiles[:, :, 1],
        np.stack([quantiles[:, :, 0], quantiles[:, :, 2]]),
    )
