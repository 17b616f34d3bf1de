"""How light, how sharp, and how new a picture is, from a few of its rows and columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.image_view import ColourImage

#: So many rows and as many columns are looked at, whatever the size.
LINES = 24
#: Edges are looked at over so many pixels; none is told wider.
SPAN_PX = 16
#: Grey levels; weaker edges say nothing about sharpness.
LEAST_EDGE = 20.0
#: The strongest of so many places is an edge; fewer edges than this are none.
_ONE_OF, _LEAST_EDGES = 200, 10
#: The median of what noise alone does, over its standard deviation.
_NORMAL_MEDIAN = 0.6745
Lines = NDArray[np.float32]


@dataclass(frozen=True)
class PictureMeasures:
    """Measures of one picture.

    Attributes:
        brightness: mean grey level, 0 to 255.
        edge_width_px: pixels over which the strongest edges spread: 1 to 2 is sharp, a Gaussian
            blur of standard deviation s makes it 3.5 s; NaN in a picture without edges.
        sample: uint8, the pixels that were looked at; only the very same picture has them again.
    """

    brightness: float
    edge_width_px: float
    sample: NDArray[np.uint8]


def measure_picture(image: ColourImage) -> PictureMeasures:
    """Measure a picture; of colours the green channel counts."""
    pixels = image.pixels
    grey = pixels if pixels.ndim == 2 else pixels[..., 1]
    rows = grey[:: max(grey.shape[0] // LINES, 1)]
    columns = grey[:, :: max(grey.shape[1] // LINES, 1)].T
    sample = np.concatenate([rows.ravel(), columns.ravel()])
    return PictureMeasures(float(rows.mean()), edge_width_px(rows, columns), sample)


def edge_width_px(*pieces: NDArray[np.uint8]) -> float:
    """Give the width of the strongest edges along lines ``(L, N)`` of pixels, NaN without any.

    An edge of height h over w pixels is w steps of h / w, whose squares add up to h^2 / w. Noise
    adds twice its variance to every square, which is taken off again.
    """
    found = [_edges(piece.astype(np.float32)) for piece in pieces if piece.shape[1] > SPAN_PX]
    if not found:
        return float('nan')
    height = np.concatenate([one[0] for one in found])
    power = np.concatenate([one[1] for one in found])
    count = max(len(height) // _ONE_OF, _LEAST_EDGES)
    if len(height) <= count:
        return float('nan')
    strongest = np.argpartition(height, -count)[-count:]
    strongest = strongest[height[strongest] >= LEAST_EDGE]
    if len(strongest) < _LEAST_EDGES:
        return float('nan')
    width = height[strongest] ** 2 / np.maximum(power[strongest], 1e-3)
    return float(np.clip(np.median(width), 1.0, SPAN_PX))


def _edges(lines: Lines) -> tuple[Lines, Lines]:
    """Give the height over ``SPAN_PX`` at every place, and the sum of squared steps in it."""
    steps = np.diff(lines, axis=1)
    noise = (float(np.median(np.abs(steps))) / _NORMAL_MEDIAN) ** 2
    sums = np.zeros((len(lines), lines.shape[1]), np.float32)
    np.cumsum(steps * steps, axis=1, out=sums[:, 1:])
    power = sums[:, SPAN_PX:] - sums[:, :-SPAN_PX] - SPAN_PX * noise
    height = np.abs(lines[:, SPAN_PX:] - lines[:, :-SPAN_PX])
    return height.ravel(), power.ravel()
