"""From the .msg files of a package to a wheel: ``tools/build_msgs.py`` puts the parts together."""
