"""Learned vision and joint-fault diagnosis for factory robots on ROS 2."""

__version__ = '0.1.0'
