"""Counts and latencies of the frames of one camera, and the health that follows from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
import time

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.nodes.latency import LatencyWindow
from factory_perception.vision.picture_watch import PictureWatch

#: Stages of a frame, in order; ``total`` is from header stamp to publish.
STAGES = ('transport', 'wait', 'prepare', 'infer', 'decode', 'publish', 'total')
#: A second with more frames dropped than this share is worth a warning.
DROP_SHARE = 0.1
_MIN_INTERVAL_S = 0.5


@dataclass
class CameraCounts:
    """What happened to the frames of one camera since the node was activated."""

    received: int = 0
    published: int = 0
    #: Replaced by a newer frame before the engine was free.
    dropped: int = 0
    #: Broken: unknown encoding, too few bytes, impossible stamp.
    rejected: int = 0
    #: Sent by the publisher and never delivered by the middleware.
    lost: int = 0

    def minus(self, before: CameraCounts) -> CameraCounts:
        """Give the counts of the time between two snapshots."""
        return CameraCounts(
            *(getattr(self, item.name) - getattr(before, item.name) for item in fields(self))
        )


class CameraHealth:
    """Health of one input; counts are written by the threads that count, read once a second."""

    def __init__(self, part: str, topic: str, timeout_s: float) -> None:
        self.part = part
        self.topic = topic
        self.counts = CameraCounts()
        self.latencies = {stage: LatencyWindow() for stage in STAGES}
        self.last_reject = ''
        #: Light and sharpness, for whoever judges them: the fault diagnoser.
        self.pictures = PictureWatch()
        self._timeout_s = timeout_s
        self._started = self._last_received = self._last_look = time.monotonic()
        self._before = CameraCounts()
        self._period, self._period_s = CameraCounts(), 1.0

    def count_received(self, dropped: bool) -> None:
        """Count a frame that arrived, and the older one that it replaced."""
        self._last_received = time.monotonic()
        self.counts.received += 1
        self.counts.dropped += dropped

    def count_rejected(self, reason: str) -> bool:
        """Count a broken frame; give whether its reason is news."""
        self.counts.rejected += 1
        news = reason != self.last_reject
        self.last_reject = reason
        return news

    @property
    def silent_s(self) -> float:
        """Give the seconds since a frame arrived, or since the start."""
        return time.monotonic() - self._last_received

    @property
    def is_silent(self) -> bool:
        """Say whether frames are overdue."""
        return self.silent_s > self._timeout_s

    def status(self, silence: str, profile: str) -> Status:
        """Give the health since the last look.

        Args:
            silence: why nothing arrives; used when frames are overdue.
            profile: path of the Fast DDS profile to recommend when frames are lost.
        """
        self._look()
        level, message = self._judge(silence, profile)
        rate = self._period.received / self._period_s
        values: dict[str, object] = {'topic': self.topic, 'rate_hz': round(rate, 2)}
        values |= {item.name: getattr(self.counts, item.name) for item in fields(self.counts)}
        values['age_ms'] = round(self.silent_s * 1e3)
        if self.last_reject:
            values['last_reject'] = self.last_reject
        pictures = self.pictures.report()
        if pictures is not None:
            values |= asdict(pictures)
        for stage, window in self.latencies.items():
            percentiles = window.percentiles_ms()
            if percentiles:
                values |= {
                    f'{stage}_ms_{name}': round(value, 3)
                    for name, value in zip(('p50', 'p95', 'p99'), percentiles)
                }
        return Status(self.part, level, message, values)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._last_look >= _MIN_INTERVAL_S:
            counts = replace(self.counts)
            self._period, self._period_s = counts.minus(self._before), now - self._last_look
            self._before, self._last_look = counts, now

    def _judge(self, silence: str, profile: str) -> tuple[Level, str]:
        period = self._period
        if self.is_silent:
            return Level.ERROR, f'no image for {self.silent_s:.0f} s: {silence}'
        if period.rejected:
            return (
                Level.WARN,
                f'{period.rejected} broken frames on {self.topic}: {self.last_reject}',
            )
        if period.lost:
            return Level.WARN, (
                f'{period.lost} of {period.lost + period.received} frames of {self.topic} '
                f'were lost on the way. {profile}'
            )
        if period.dropped > DROP_SHARE * max(period.received, 1):
            return Level.WARN, (
                f'{period.dropped} of {period.received} frames dropped: the camera is faster than '
                'the engine'
            )
        return Level.OK, f'{period.received / self._period_s:.1f} frames/s'
