"""Colours of the cell's furniture."""

from __future__ import annotations

_COLOURS = {
    'base_link': (0.20, 0.20, 0.22, 1.0),
    'link_6': (0.25, 0.25, 0.27, 1.0),
    'conveyor_belt': (0.10, 0.11, 0.12, 1.0),
    'arm_stand': (0.35, 0.36, 0.38, 1.0),
    'good_bin': (0.18, 0.45, 0.25, 1.0),
    'reject_bin': (0.55, 0.18, 0.16, 1.0),
}
_ARM = (0.90, 0.50, 0.10, 1.0)


def colour_of(name: str) -> tuple[float, float, float, float]:
    """Give red, green, blue and opacity of a link; whatever has no own colour is orange."""
    return _COLOURS.get(name, _ARM)
