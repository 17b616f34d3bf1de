#!/bin/bash
# Source ROS and the workspace, then become the command.
set -e
. /opt/ros/jazzy/setup.bash
. /ws/install/setup.bash
exec "$@"
