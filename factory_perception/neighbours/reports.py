"""What neighbours are told, as plain JSON."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from factory_perception.vision.tally import Counts, PartVerdict


def counts_report(camera: str, counts: Counts, since_s: float) -> dict[str, Any]:
    """Give what has passed a camera since a time (seconds since 1970)."""
    return {
        'camera': camera,
        'since': _iso(since_s),
        'good': sum(counts.good.values()),
        'defective': sum(counts.defective.values()),
        'good_by_class': counts.good,
        'defective_by_class': counts.defective,
        'defects': counts.defects,
    }


def part_report(camera: str, verdict: PartVerdict) -> dict[str, Any]:
    """Give one part that has passed."""
    return {
        'camera': camera,
        'time': _iso(verdict.stamp_ns / 1e9),
        'class': verdict.kind,
        'good': not verdict.defects,
        'defects': list(verdict.defects),
    }


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec='milliseconds').replace('+00:00', 'Z')
