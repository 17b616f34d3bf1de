"""Parameters of the motion predictor node."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.engines.selection import BACKENDS
from factory_perception.nodes.parameter_table import NodeParameters, parameter


@dataclass(frozen=True)
class MotionPredictorParameters(NodeParameters):
    """What can be set on a motion predictor."""

    model: str = parameter(
        'joint_forecast',
        'Model to forecast with: a name (its champion), name@version, or the path of a model '
        'folder. Empty: no model, constant velocity.',
    )
    model_store: list[str] = parameter(
        [''], 'Folders of models instead of the default ones; empty for the default ones.'
    )
    backend: str = parameter(
        'onnxruntime',
        'What runs the network. It is so small that the processor is the fastest.',
        choices=BACKENDS,
    )
    robots: list[str] = parameter(
        [''],
        'Names of the robots; each has the topics NAME/joint_states and ~/NAME/forecast. '
        'Empty: one robot with the topics joint_states and ~/forecast.',
    )
    joints: list[str] = parameter(
        [''], 'Joints to forecast without a model; empty: those of the first joint state.'
    )
    horizons: list[float] = parameter(
        [0.05, 0.1, 0.25, 0.5],
        'Seconds ahead, without a model; multiples of 0.025. A model has its own.',
        low=0.025,
        high=10.0,
    )
    residual_horizon: float = parameter(
        0.1,
        'Residuals compare with what was forecast so many seconds before; the nearest horizon '
        'is taken.',
        low=0.0,
        high=10.0,
    )
    timeout: float = parameter(
        1.0,
        'Seconds without a joint state after which the node reports an error.',
        low=0.05,
        high=3600.0,
    )
    max_gap: float = parameter(
        0.5, 'A longer time without a sample (seconds) begins a new history.', low=0.05, high=60.0
    )
    max_speed: float = parameter(
        20.0,
        'No joint moves faster (rad/s or m/s); a faster change of position is a jump, left out '
        'unless it stays.',
        low=0.1,
        high=1e6,
    )
    robot_description: str = parameter(
        '',
        'URDF of the robot, for ~/markers. Empty: the one on the topic robot_description.',
    )
    tip: str = parameter('', 'Link whose path is drawn; empty: the end of the arm.')
