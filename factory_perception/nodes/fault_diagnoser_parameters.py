"""Parameters of the fault diagnoser node."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.nodes.parameter_table import NodeParameters, parameter


@dataclass(frozen=True)
class FaultDiagnoserParameters(NodeParameters):
    """What can be set on a fault diagnoser."""

    joints: list[str] = parameter(
        [''], 'Joints to watch; empty: those of the model, or of the first joint state.'
    )
    model: str = parameter(
        '',
        'Trained model: a name (its champion), name@version, or the path of a model folder. '
        'Empty: no training, limits are learned from the first minutes.',
    )
    telemetry_model: str = parameter(
        '',
        'Model of slow joint data that judges a row a second beside the other layers, such as '
        'ur3_events or armpi_heat: a name, name@version, or a folder. Empty: none.',
    )
    model_store: list[str] = parameter(
        [''], 'Folders of models instead of the default ones; empty for the default ones.'
    )
    hardware_id: str = parameter('', 'Name of the robot in the diagnostics; empty for the topic.')
    calibration_file: str = parameter(
        '',
        'File with the limits of this robot: read at the start, or written once they are learned. '
        'Empty: they are learned at every start.',
    )
    calibration_s: float = parameter(
        600.0, 'Seconds of healthy motion to learn limits from.', low=20.0, high=36000.0
    )
    margin: float = parameter(
        1.5,
        'Limits are this much above the most that ten hours of healthy cycles would show.',
        low=1.0,
        high=10.0,
    )
    timeout: float = parameter(
        1.0, 'Seconds without a joint state after which the stream is stale.', low=0.05, high=3600.0
    )
    camera_timeout: float = parameter(
        2.0, 'Seconds without detections after which the camera is stale.', low=0.1, high=3600.0
    )
    detector: str = parameter(
        'detector', 'Node whose report on its pictures is heard on /diagnostics.'
    )
    camera: str = parameter('', 'Camera of that node; empty for a detector with a single one.')
    dark: float = parameter(
        16.0,
        'Pictures with a mean grey level below this are dark for every camera.',
        low=0.0,
        high=255.0,
    )
    frozen_after: float = parameter(
        1.0,
        'Seconds of exactly the same pixels after which a camera is frozen; 0 for a camera without '
        'noise, which is never called so.',
        low=0.0,
        high=3600.0,
    )
    defects: list[str] = parameter(
        [''],
        'Classes of detections that are defects; empty: those that the detector says on '
        '/diagnostics.',
    )
    gripper_joint: str = parameter(
        '', 'Joint of a gripper that the camera sees, for parts that are lost; empty: none.'
    )
    gripper_holds: list[float] = parameter(
        [0.0, 0.0], 'Least and greatest position of that joint while the gripper is closed.'
    )
    grip_zone: list[float] = parameter(
        [0.0, 0.0, 0.0, 0.0],
        'Where a held part is in the picture: left, top, right, bottom edge in pixels.',
    )
    log_file: str = parameter(
        '', 'File that gets every event as a line of JSON; full files are kept aside. Empty: none.'
    )
    log_bytes: int = parameter(4_000_000, 'Size at which the log is rotated.', low=1000)
