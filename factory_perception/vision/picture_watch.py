"""Look at a stream of pictures now and then: its light, its sharpness, whether it still changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.picture_measures import measure_picture

#: A picture is measured at most so often: a millisecond a second of a camera of any rate.
PERIOD_NS = 250_000_000


@dataclass(frozen=True)
class PictureReport:
    """What the pictures of one camera are like.

    Attributes:
        brightness: grey level, 0 to 255.
        edge_width_px: how wide the strongest edges are; NaN where there are none.
        unchanged_s: for how long exactly the same pixels have come; a camera that works has noise.
        unchanged_looks: how often in a row they were found the same.
    """

    brightness: float
    edge_width_px: float
    unchanged_s: float = 0.0
    unchanged_looks: int = 0


class PictureWatch:
    """Watches one camera; written by the thread that has the pictures, read by any."""

    def __init__(self) -> None:
        self._due_ns = 0
        self._recent: list[tuple[float, float]] = []
        self._sample: NDArray[np.uint8] | None = None
        self._since_ns = self._newest_ns = self._same = 0

    def look(self, image: ColourImage, now_ns: int) -> None:
        """Measure a picture when it is time; costs nothing otherwise."""
        if 0 < self._due_ns - now_ns <= PERIOD_NS:  # a clock that was set back waits for nothing
            return
        self._due_ns = now_ns + PERIOD_NS
        measures = measure_picture(image)
        same = self._sample is not None and np.array_equal(measures.sample, self._sample)
        if not same:
            self._same, self._since_ns = 0, now_ns
        self._same += same
        self._sample, self._newest_ns = measures.sample, now_ns
        self._recent = [*self._recent[-7:], (measures.brightness, measures.edge_width_px)]

    def report(self) -> PictureReport | None:
        """Give the middle of what was measured since the last report; ``None`` without a picture.

        Where nothing new was measured the last picture counts.
        """
        recent = self._recent
        if not recent:
            return None
        self._recent = recent[-1:]
        values = np.array(recent[1:] or recent)
        widths = values[:, 1][~np.isnan(values[:, 1])]
        return PictureReport(
            float(np.median(values[:, 0])),
            float(np.median(widths)) if len(widths) else float('nan'),
            (self._newest_ns - self._since_ns) * 1e-9,
            self._same,
        )
