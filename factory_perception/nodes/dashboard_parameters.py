"""Parameters of the dashboard node."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.nodes.parameter_table import NodeParameters, parameter


@dataclass(frozen=True)
class DashboardParameters(NodeParameters):
    """What can be set on a dashboard."""

    address: str = parameter(
        '127.0.0.1',
        'Address to listen on; 127.0.0.1 is this machine only, every other one needs token_file.',
    )
    port: int = parameter(
        8088, 'Port of the page; 0 lets the system choose one.', low=0, high=65535
    )
    next_free_port: bool = parameter(False, 'Take one of the next 20 ports when the port is taken.')
    token_file: str = parameter(
        '',
        'File with the secret that visitors must know: 16 or more letters and digits, readable by '
        'its owner only.',
    )
    title: str = parameter('Factory cell', 'Headline of the page.')
    cameras: list[str] = parameter(
        [''],
        'Names of the cameras, as for the detector: NAME/image and detector/NAME/detections. '
        'Empty: one camera with the topics image and detector/detections.',
    )
    transport: str = parameter(
        'raw',
        'raw listens to image, compressed to image/compressed.',
        choices=('raw', 'compressed'),
    )
    defects: list[str] = parameter(
        [''], 'Classes that are defects; empty: those that the detector reports with its model.'
    )
    forecast_horizon: float = parameter(
        0.25,
        'Which forecast is drawn over what came true, in seconds ahead.',
        low=0.0,
        high=10.0,
    )
    picture_rate: float = parameter(
        10.0, 'At most so many pictures a second for each open page.', low=0.1, high=60.0
    )
    picture_width: int = parameter(
        960, 'Wider pictures are made so many pixels wide.', low=64, high=7680
    )
    jpeg_quality: int = parameter(80, 'Quality of the pictures.', low=1, high=100)
    max_viewers: int = parameter(8, 'At most so many open pages.', low=1, high=100)
