"""What can be set on a sampler."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.nodes.parameter_table import NodeParameters, parameter


@dataclass(frozen=True)
class SamplerParameters(NodeParameters):
    """What can be set on a sampler."""

    folder: str = parameter(
        '',
        'Folder for the folders pictures and joints; empty for one in the data folder.',
    )
    most_samples: int = parameter(
        500, 'With more pictures than this the oldest leave.', low=1, high=100_000
    )
    most_mb: int = parameter(
        500, 'With more megabytes of pictures than this the oldest leave.', low=1, high=1_000_000
    )
    period: float = parameter(
        30.0, 'At most one picture in so many seconds.', low=0.0, high=86_400.0, live=True
    )
    margin: float = parameter(
        0.2,
        'Detections are doubtful up to so much above the threshold of the detector.',
        low=0.0,
        high=1.0,
        live=True,
    )
    least_doubt: float = parameter(
        0.5, 'Pictures with less doubt than this are not kept.', low=0.0, high=1.0, live=True
    )
    people: str = parameter(
        'blur',
        'What happens to people in the picture; keep only where they have agreed to it.',
        choices=('blur', 'keep'),
    )
    people_model: str = parameter(
        '', 'Detection model with the class person; empty takes the finders that OpenCV has.'
    )
    transport: str = parameter(
        'raw',
        'raw listens to image, compressed to image/compressed.',
        choices=('raw', 'compressed'),
    )
    joints: bool = parameter(True, 'Keep windows of joint states around alarms, and quiet ones.')
    before: float = parameter(
        10.0, 'So many seconds before an alarm belong to its window.', low=0.5, high=120.0
    )
    after: float = parameter(
        5.0, 'So many seconds after an alarm belong to its window.', low=0.5, high=120.0
    )
    quiet_period: float = parameter(
        600.0,
        'One window without any alarm in so many seconds, to compare with; 0 for none.',
        low=0.0,
        high=86_400.0,
    )
    most_windows: int = parameter(
        200, 'With more windows than this the oldest leave.', low=1, high=100_000
    )
    most_window_mb: int = parameter(
        500, 'With more megabytes of windows than this the oldest leave.', low=1, high=1_000_000
    )
