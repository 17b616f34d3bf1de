"""Counts and latencies of the joint states of one robot, and the health that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
import time
from typing import Protocol

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.motion.oddities import Oddities, Oddity
from factory_perception.nodes.latency import LatencyWindow

_MIN_INTERVAL_S = 0.5
#: Names of joints that are remembered, of a topic whose joints nobody asked for.
_MOST_NAMES = 64


class Taker(Protocol):
    """Whoever takes the samples: a joint history, a diagnoser."""

    oddities: Oddities
    #: How often it began anew.
    resets: int

    @property
    def joints(self) -> tuple[str, ...]:
        """Give the joints that it wants; none while it takes what comes."""


class JointHealth:
    """Health of one robot's stream; used by the thread of ROS alone."""

    def __init__(self, part: str, topic: str, timeout_s: float, taker: Taker) -> None:
        self.part, self.topic = part, topic
        self.received = self.published = self.lost = 0
        #: From the stamp of the sample, and from its arrival, to the published forecast.
        self.latency, self.work = LatencyWindow(), LatencyWindow()
        self.last_reject = ''
        self.rejected = 0
        self.names: set[str] = set()
        self._last_names: Sequence[str] = []
        self.taker, self._timeout_s = taker, timeout_s
        self._last_received = self._last_look = time.monotonic()
        self._before = (0, 0)
        self._odd_before: dict[Oddity, int] = {}
        self._odd: dict[Oddity, int] = {}
        self._rates = (0.0, 0.0)

    def count_received(self, names: Sequence[str]) -> None:
        """Count a sample that arrived."""
        self._last_received = time.monotonic()
        self.received += 1
        if names != self._last_names:
            self._last_names = names
            if len(self.names) < _MOST_NAMES:
                self.names.update(names)

    def count_rejected(self, reason: str) -> bool:
        """Count a sample that is none; give whether its reason is news."""
        self.rejected += 1
        news = reason != self.last_reject
        self.last_reject = reason
        return news

    @property
    def is_silent(self) -> bool:
        """Say whether samples are overdue."""
        return time.monotonic() - self._last_received > self._timeout_s

    @property
    def missing(self) -> list[str]:
        """Give the joints that never came, once something came."""
        if not self.received:
            return []
        return [joint for joint in self.taker.joints if joint not in self.names]

    def status(
        self, silence: str, publishers: list[str], owner: str, trouble: str, note: str
    ) -> Status:
        """Give the health since the last look.

        Args:
            silence: why nothing arrives; used when samples are overdue.
            publishers: who publishes on the topic.
            owner: what the joints are wanted for: a model, or a parameter.
            trouble: why nothing can be forecast, or ''.
            note: what else is worth knowing, or ''.
        """
        level, words = self.judge(silence, publishers, owner, trouble)
        rate, forecasts = self._rates
        said = [*words, note] if note else words
        if level != Level.ERROR:
            said = [f'{rate:.0f} samples/s', *said]
        values = {'forecasts_hz': round(forecasts, 1), 'published': self.published}
        return Status(self.part, level, '; '.join(said), self.facts(publishers) | values)

    def facts(self, publishers: list[str]) -> dict[str, object]:
        """Give counts and latencies for whoever looks."""
        values: dict[str, object] = {
            'topic': self.topic,
            'rate_hz': round(self._rates[0], 1),
            'received': self.received,
            'rejected': self.rejected,
            'lost': self.lost,
            'resets': self.taker.resets,
            'publishers': len(publishers),
        }
        values |= {kind.value: count for kind, count in self.taker.oddities.since({}).items()}
        for stage, window in (('latency', self.latency), ('work', self.work)):
            found = window.percentiles_ms()
            if found:
                names = ('p50', 'p95', 'p99')
                values |= {f'{stage}_ms_{n}': round(v, 3) for n, v in zip(names, found)}
        return values

    def _look(self) -> None:
        now = time.monotonic()
        past = now - self._last_look
        if past < _MIN_INTERVAL_S:
            return
        self._rates = (
            (self.received - self._before[0]) / past,
            (self.published - self._before[1]) / past,
        )
        self._before, self._last_look = (self.received, self.published), now
        oddities = self.taker.oddities
        self._odd = oddities.since(self._odd_before)
        self._odd_before = dict(oddities.counts)

    def judge(
        self, silence: str, publishers: list[str], owner: str, trouble: str
    ) -> tuple[Level, list[str]]:
        """Say what is wrong or worth knowing since the last look; see ``status``."""
        self._look()
        if self.is_silent:
            past = time.monotonic() - self._last_received
            return Level.ERROR, [f'no joint state for {past:.0f} s: {silence}']
        if self.missing:
            return Level.ERROR, [
                f'{owner} is for the joints {", ".join(self.taker.joints)}; {self.topic} has '
                f'{", ".join(sorted(self.names)) or "none"}: choose another model, or train one'
            ]
        if self.rejected and not self._rates[1]:
            return Level.ERROR, [f'broken joint states on {self.topic}: {self.last_reject}']
        if trouble:
            return Level.ERROR, [trouble]
        return self._judge_oddities(publishers)

    def _judge_oddities(self, publishers: list[str]) -> tuple[Level, list[str]]:
        faults = [kind for kind in self._odd if kind.is_fault]
        facts = [kind for kind in self._odd if not kind.is_fault]
        sentences = [self.taker.oddities.sentence(kind) for kind in (*faults, *facts)]
        if len(publishers) > 1:
            sentences.insert(0, f'{len(publishers)} publishers: {", ".join(publishers)}')
        return (Level.WARN if faults else Level.OK), sentences
