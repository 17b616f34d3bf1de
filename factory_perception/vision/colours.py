"""A colour for every class: the same one in pictures, in rviz and on the page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
import colorsys

Colour = tuple[int, int, int]


def class_palette(classes: Sequence[str], defects: Collection[str] = ()) -> list[Colour]:
    """Give each class its colour as blue, green, red in 0..255.

    Defects run from red to amber, everything else from green to violet, so that trouble can be told
    from afar.
    """
    bad = [name for name in classes if name in defects]
    good = [name for name in classes if name not in defects]
    hues = {name: 0.0 + 0.14 * index / max(len(bad), 1) for index, name in enumerate(bad)}
    hues |= {name: 0.30 + 0.48 * index / max(len(good), 1) for index, name in enumerate(good)}
    return [_bgr(hues[name]) for name in classes]


def _bgr(hue: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.85, 1.0)
    return round(blue * 255), round(green * 255), round(red * 255)
