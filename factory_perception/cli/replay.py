"""``factory_perception replay``: real material into the topics of a live camera or robot."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``replay``."""
    parser = subparsers.add_parser(
        'replay',
        help='publish pictures, a video, joints or a bag as if they were live',
        description=__doc__,
    )
    parser.add_argument('source', help='folder of pictures, video file, .csv of joints, or rosbag2')
    parser.add_argument('--rate', type=float, default=1.0, help='times faster than recorded')
    parser.add_argument('--loop', action='store_true', help='begin again at the end')
    parser.add_argument('--fps', type=float, default=0.0, help='frame rate of pictures')
    parser.add_argument('--frame-id', default='camera')
    parser.add_argument(
        '--original-stamps', action='store_true', help='keep the recorded header stamps'
    )
    parser.add_argument('--clock', action='store_true', help='publish the recorded time on /clock')
    parser.epilog = 'Remappings and the like go behind --: -- --ros-args -r image:=/camera/image'
    parser.set_defaults(run=_run, ros_arguments=())


def _run(options: argparse.Namespace) -> int:
    from factory_perception.nodes.replay import replay  # ROS is imported only where it is used

    values = {
        'source': str(Path(options.source).expanduser().resolve()),
        'rate': options.rate,
        'loop': options.loop,
        'fps': options.fps,
        'frame_id': options.frame_id,
        'stamps': 'original' if options.original_stamps else 'now',
        'clock': options.clock,
    }
    return replay(values, options.ros_arguments)
