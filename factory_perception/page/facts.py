"""What the page knows, as plain values; the bridge makes these from messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.detections import Detections


@dataclass(frozen=True)
class Health:
    """One status of ``/diagnostics``; ``level`` is 0 for fine, 1 warning, 2 error, 3 stale."""

    name: str
    level: int
    message: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """Something that happened; ``level`` as in ``Health``."""

    time_ns: int
    level: int
    kind: str
    text: str
    hint: str = ''
    about: str = ''


@dataclass(frozen=True)
class Joints:
    """Position of each named joint (radians or metres); NaN where it is unknown."""

    stamp_ns: int
    names: tuple[str, ...]
    position: NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """Joint positions ``(H, J)`` that are expected ``ahead_s`` ``(H,)`` seconds after the stamp."""

    stamp_ns: int
    names: tuple[str, ...]
    ahead_s: NDArray[np.float64]
    position: NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """What the detector saw in one picture."""

    stamp_ns: int
    classes: tuple[str, ...]
    found: Detections
