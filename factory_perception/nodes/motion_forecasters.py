"""Who forecasts for the motion predictor: a model of the store, or constant velocity."""

from __future__ import annotations

from collections.abc import Sequence

from rclpy.node import Node

from factory_perception.engines.selection import serve
from factory_perception.engines.slot import EngineSlot
from factory_perception.model_store.store import default_store
from factory_perception.motion.forecast_spec import read_spec
from factory_perception.motion.forecaster import Forecaster
from factory_perception.motion.untrained import UntrainedForecaster
from factory_perception.nodes.motion_predictor_parameters import MotionPredictorParameters
from factory_perception.nodes.motion_words import method_words

#: Time between two rows without a model.
_UNTRAINED_STEP_NS = 25_000_000


def load_forecaster(node: Node, values: MotionPredictorParameters) -> tuple[EngineSlot, Forecaster]:
    """Load the model and warm it up.

    Raises:
        ModelError: there is no such model, or it is for another task.
        EngineError: nothing here can run it.
    """
    folder = default_store(values.model_store).find(values.model)
    spec = read_spec(folder.manifest)
    robots = len(values.robots)
    engine = serve(folder, values.backend, 'fp32', 1, robots)
    seconds = engine.current.warm_up()
    forecaster = Forecaster(spec, engine.current, robots)
    node.get_logger().info(
        f'{folder.label}: {engine.status}; {seconds * 1e3:.2f} ms a step; '
        f'{method_words(forecaster, has_model=True)}'
    )
    return engine, forecaster


def untrained_forecaster(
    node: Node, joints: Sequence[str], values: MotionPredictorParameters
) -> UntrainedForecaster:
    """Forecast without a model, and say so.

    Raises:
        ValueError: horizons that cannot be.
    """
    node.get_logger().warning(
        f'no model: constant velocity forecasts the joints {", ".join(joints)}'
    )
    return UntrainedForecaster(joints, _UNTRAINED_STEP_NS, values.horizons, len(values.robots))
