"""Publishers of the benchmarks wait for those that they are measured with."""

from __future__ import annotations

from collections.abc import Sequence
import time

from rclpy.publisher import Publisher


def are_heard(publishers: Sequence[Publisher], listeners: int, patience_s: float) -> bool:
    """Wait until every publisher has so many subscribers; give whether it came to that."""
    end = time.monotonic() + patience_s
    while any(publisher.get_subscription_count() < listeners for publisher in publishers):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
