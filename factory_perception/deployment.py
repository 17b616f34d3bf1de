"""Which nodes make up the demonstration cell and how they are wired; for launch and demo alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import sys

from factory_perception.resources import share_folder

#: Fast DDS reads its profiles from either, depending on the distribution.
PROFILE_VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')


def profile_path() -> str:
    """Give the Fast DDS profile that is shipped; its shared memory holds whole frames."""
    return str(share_folder() / 'config' / 'fastdds.xml')


@dataclass(frozen=True)
class NodeSpec:
    """One process: an executable of this package, its node name, its parameters and remappings."""

    executable: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    remappings: Mapping[str, str] = field(default_factory=dict)
    #: Parameters that hold for the arm of the cell alone; another robot is met without them.
    of_cell_arm: tuple[str, ...] = ()

    def command(self, extra: Mapping[str, object] | None = None) -> list[str]:
        """Give the command line that starts it with this Python; ``extra`` parameters win."""
        words = [sys.executable, '-m', f'factory_perception.nodes.{self.executable}', '--ros-args']
        for name, value in {**self.parameters, **(extra or {})}.items():
            words += ['-p', f'{name}:={_yaml(value)}']
        for name, target in self.remappings.items():
            words += ['-r', f'{name}:={target}']
        return words


def _yaml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(map(_yaml, value)) + ']'
    return str(value)


CELL = NodeSpec('cell')
DETECTOR = NodeSpec(
    'detector',
    {'model': 'parts'},
    {'image': 'cell/camera/image_raw', 'camera_info': 'cell/camera/camera_info'},
)
DASHBOARD = NodeSpec('dashboard', remappings={'image': 'cell/camera/image_raw'})
PREDICTOR = NodeSpec(
    'motion_predictor',
    {'model': 'joint_forecast'},
    {'joint_reference': 'cell/joint_reference'},
    of_cell_arm=('model',),
)
DIAGNOSER = NodeSpec(
    'fault_diagnoser',
    # Limits of healthy arms of the cell's kind: it watches from the first second on.
    {
        'calibration_file': str(share_folder() / 'config' / 'cell_limits.npz'),
        'model': 'joint_faults',
    },
    remappings={'joint_reference': 'cell/joint_reference', 'detections': 'detector/detections'},
    of_cell_arm=('calibration_file', 'model'),
)
#: Puts faults on a copy of joint states; for acceptance tests, not part of the demonstration.
INJECTOR = NodeSpec('fault_injector')
#: The whole demonstration, in starting order.
DEMO = (CELL, DETECTOR, PREDICTOR, DIAGNOSER, DASHBOARD)
