"""Build a ROS 2 message package into a Python wheel with the rosidl wheels and a C++ compiler.

Neither CMake nor an apt ROS is needed: the code generators come with the rclpy wheels, and the
generated sources are compiled into one extension module. Field definitions alone are enough:
comments are no part of a ROS type hash, so such a build talks to every other build of the type.

Run with the Python of the environment that the wheel is for::

    .venv/bin/python tools/build_msgs.py vision_msgs tools/interfaces/vision_msgs .cache/wheels
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
import sys
import tempfile

from message_wheel.compiler import check_compilers, compile_module
from message_wheel.generators import generate
from message_wheel.package import Package
from message_wheel.wheel import write_wheel


def main() -> None:
    """Build the package that the command line names and print the wheel's path."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('package')
    parser.add_argument('source', type=Path, help='folder with package.xml and msg/*.msg')
    parser.add_argument('output', type=Path, help='folder that receives the wheel')
    parser.add_argument('--version', default='4.1.1')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    check_compilers(options.package)
    os.environ.setdefault('AMENT_PREFIX_PATH', sys.prefix)
    with tempfile.TemporaryDirectory(prefix='build_msgs_') as scratch:
        package = Package(options.package, options.source, Path(scratch), options.version)
        generate(package)
        compile_module(package, options.jobs)
        print(write_wheel(package, options.output.resolve()))


if __name__ == '__main__':
    main()
