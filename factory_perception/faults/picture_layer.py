"""Whether the pictures of a camera are frozen, dark or blurred, from what its detector measures.

Darkness and blur are told against what is usual for this camera, which is learned from its first
reports and followed from then on while nothing is wrong: cameras differ more than faults do.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from factory_perception.faults.latch import Latch
from factory_perception.faults.verdict import Verdict
from factory_perception.vision.picture_watch import PictureReport

#: Darker than this share of the usual light is dark; edges this much wider than usual are blurred.
DARKER, BLURRIER = 0.75, 1.5
#: Pixels; edges wider than this are blurred for every camera, on its first day too.
WIDEST_PX = 12.0
#: The usual is the median of at most so many reports without a fault, and known after so many.
_KEPT, _LEARNED = 600, 10
#: One odd report is none; two good ones in a row end an alarm.
_NEED, _GOOD = 2, 2
#: The same pixels must have come at least so often, whatever the rate of the camera.
_LEAST_SAME = 3
#: Reports closer than this tell nothing new; older ones count no more.
_APART_NS, _STALE_NS = 500_000_000, 5_000_000_000
_NOT = float('nan')


@dataclass(frozen=True)
class PictureLimits:
    """Grey level that is dark for every camera; seconds of the same pixels (0: never frozen)."""

    dark: float = 16.0
    frozen_s: float = 1.0


class PictureLayer:
    """Watches one camera."""

    def __init__(self, part: str, limits: PictureLimits) -> None:
        """Take the name of the camera."""
        self._part, self._limits = part, limits
        self._usual: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self._latch = Latch(_NEED, _NEED, _GOOD)
        self._newest_ns = 0
        self._since_ns = [0, 0]
        self._frozen: Verdict | None = None
        self._found: list[Verdict] = []

    def add(self, report: PictureReport, now_ns: int) -> None:
        """Take a report."""
        if 0 <= now_ns - self._newest_ns < _APART_NS:
            return
        self._newest_ns = now_ns
        self._frozen = self._judge_frozen(report, now_ns)
        if self._frozen is not None:
            return
        light, width = self._usual_values()
        dark_limit = max(self._limits.dark, DARKER * light)
        wide_limit = min(WIDEST_PX, BLURRIER * width)
        bad = np.array([report.brightness < dark_limit, report.edge_width_px > wide_limit])
        for place in np.flatnonzero(~bad):
            self._since_ns[place] = now_ns
        up = self._latch.update(bad)
        if not bad.any() and not up.any():
            self._usual.append((report.brightness, report.edge_width_px))
        dark = self._verdict('camera_dark', 'brightness', report.brightness, dark_limit, light, 0)
        blurred = self._verdict(
            'camera_blurred', 'width of edges in pixels', report.edge_width_px, wide_limit, width, 1
        )
        self._found = [one for one, is_up in zip((dark, blurred), up) if is_up]

    def verdicts(self, now_ns: int) -> list[Verdict]:
        """Say what is wrong, now; nothing when no report came for long."""
        if now_ns - self._newest_ns > _STALE_NS:
            return []
        return [self._frozen] if self._frozen is not None else self._found

    def _usual_values(self) -> tuple[float, float]:
        """Give usual brightness and edge width; what never limits anything until it is known."""
        if len(self._usual) < _LEARNED:
            return 0.0, WIDEST_PX
        light, width = np.array(self._usual).T
        known = width[~np.isnan(width)]
        return float(np.median(light)), float(np.median(known)) if len(known) else WIDEST_PX

    def _judge_frozen(self, report: PictureReport, now_ns: int) -> Verdict | None:
        limit_s = self._limits.frozen_s
        same_s = report.unchanged_s
        if not limit_s or report.unchanged_looks < _LEAST_SAME or same_s < limit_s:
            return None
        return Verdict(
            self._part, 'camera_frozen', _NOT, _NOT, 'seconds without a change', same_s, limit_s,
            'the noise of a camera that works', now_ns - round(same_s * 1e9), 'camera',
        )  # fmt: skip

    def _verdict(
        self, fault: str, channel: str, value: float, limit: float, usual: float, place: int
    ) -> Verdict:
        known = len(self._usual) >= _LEARNED
        compared = f'{usual:.3g} as usual' if known else 'what any camera should show'
        return Verdict(
            self._part, fault, _NOT, _NOT, channel, value, limit, compared,
            self._since_ns[place], 'camera',
        )  # fmt: skip
