"""What the motion predictor says about its forecaster on ``/diagnostics``."""

from __future__ import annotations

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.engines.slot import EngineSlot
from factory_perception.motion.forecast_spec import NETWORK
from factory_perception.motion.predictor import MotionForecaster
from factory_perception.motion.stillness import LONG_NS


def still_words(still_ns: int) -> str:
    """Say that a robot has stood still for long, or nothing."""
    if still_ns <= LONG_NS:
        return ''
    return f'the robot has stood still for {still_ns * 1e-9:.0f} s: its position is the forecast'


def method_words(forecaster: MotionForecaster, has_model: bool) -> str:
    """Say who forecasts each horizon."""
    pairs = zip(forecaster.horizons_s.tolist(), forecaster.methods)
    naive = [f'{name} at {horizon * 1e3:g} ms' for horizon, name in pairs if name != NETWORK]
    if not naive:
        return 'the network forecasts every horizon'
    why = 'which was better than the network on validation data' if has_model else 'no model'
    return f'{", ".join(naive)}, {why}'


def forecaster_status(
    forecaster: MotionForecaster | None,
    engine: EngineSlot | None,
    trouble: str,
    values: dict[str, object],
) -> Status:
    """Say who forecasts, how, and what is wrong with that.

    Args:
        forecaster: ``None`` while nobody knows the joints.
        engine: of its model; ``None`` without one.
        trouble: why nothing is forecast, or ''.
        values: more for whoever looks.
    """
    if forecaster is None:
        text = trouble or 'no model, and no joint state yet to learn the joints from'
        return Status('forecaster', Level.WARN, text)
    values = {
        'joints': ', '.join(forecaster.joints),
        'step_ms': forecaster.step_ns * 1e-6,
        'horizons_s': ', '.join(f'{one:g}' for one in forecaster.horizons_s.tolist()),
        'methods': ', '.join(forecaster.methods),
        **values,
    }
    message = method_words(forecaster, engine is not None)
    if engine is not None:
        info = engine.current.info
        message = f'{info.model} on {info.backend}: {message}'
        values |= {
            'model': info.model,
            'model_sha256': info.model_sha256,
            'backend': info.backend,
            'device': info.device,
            'precision': info.precision,
            'status': engine.status,
        }
    if trouble:
        return Status('forecaster', Level.ERROR, trouble, values)
    return Status('forecaster', Level.OK, message, values)
