"""Percentiles of the last so many durations."""

from __future__ import annotations

import threading

import numpy as np

PERCENTILES = (50, 95, 99)


class LatencyWindow:
    """A ring of the last durations; written by one thread, read by another."""

    def __init__(self, size: int = 512) -> None:
        self._ring = np.zeros(size)
        self._count = 0
        self._lock = threading.Lock()

    def add(self, nanoseconds: int) -> None:
        """Remember one duration."""
        with self._lock:
            self._ring[self._count % len(self._ring)] = nanoseconds
            self._count += 1

    def percentiles_ms(self) -> tuple[float, float, float] | None:
        """Give p50, p95 and p99 in milliseconds; ``None`` before the first duration."""
        with self._lock:
            values = self._ring[: min(self._count, len(self._ring))].copy()
        if not len(values):
            return None
        p50, p95, p99 = np.percentile(values, PERCENTILES) / 1e6
        return float(p50), float(p95), float(p99)
