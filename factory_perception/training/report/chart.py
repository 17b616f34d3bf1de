"""A chart as data: axes and layers. What is drawn is what stands in the file of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Axis:
    """One direction of a chart.

    Attributes:
        label: what is along it, with its unit.
        low: where it begins; from the data when absent.
        high: where it ends; from the data when absent.
        log: whether equal steps are equal ratios.
        whole: whether only whole numbers are written along it.
    """

    label: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Line:
    """A line through points; ``step`` holds each value until the next.

    ``faint`` lines are there to compare with: thin, grey and dashed.
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    step: bool = False
    dots: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Band:
    """What lies between two lines, such as an interval of forecasts.

    It has the colour of the line or the points that follow it.
    """

    name: str
    x: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Points without a line; ``faint`` ones are small and pale."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    faint: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars from zero between ``edges`` ``(N + 1,)``; ``heights`` ``(N,)``."""

    name: str
    edges: NDArray[np.float64]
    heights: NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """A place worth knowing: a vertical line (``x``), a horizontal one (``y``) or a point."""

    name: str
    x: float | None = None
    y: float | None = None


Layer = Line | Band | Points | Bars | Mark


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        key: name among the numbers of the report.
        title: what it is.
        alt: what it shows, for those who cannot see it.
        x: the axis to the right.
        y: the axis up.
        layers: from back to front.
        note: how to read it.
    """

    key: str
    title: str
    alt: str
    x: Axis
    y: Axis
    layers: tuple[Layer, ...]
    note: str = ''

    def numbers(self) -> dict[str, Any]:
        """Give everything that is drawn."""
        layers = [{'kind': type(layer).__name__.lower(), **vars(layer)} for layer in self.layers]
        return {'title': self.title, 'x': self.x.label, 'y': self.y.label, 'layers': layers}


def array(values: ArrayLike) -> NDArray[np.float64]:
    """Give values as a layer wants them."""
    return np.asarray(values, np.float64)


def thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int = 160
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keep the points of a long curve that are needed to see it: evenly along its length."""
    if len(x) <= most:
        return x, y
    spans = [max(float(np.ptp(values)), 1e-12) for values in (x, y)]
    steps = np.hypot(np.diff(x) / spans[0], np.diff(y) / spans[1])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    kept = np.searchsorted(along, np.linspace(0, along[-1], most))
    kept = np.unique(np.concatenate([[0], kept.clip(0, len(x) - 1), [len(x) - 1]]))
    return x[kept], y[kept]


def histogram(values: ArrayLike, edges: Sequence[float], name: str) -> Bars:
    """Count values between edges."""
    heights, _ = np.histogram(array(values), edges)
    return Bars(name, array(edges), heights.astype(np.float64))
