"""The files that Gazebo, rviz and the bridge need, made from ``config/cell.yaml``."""
