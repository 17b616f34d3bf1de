"""True faults and alarms, gathered from the messages that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from factory_perception.bridge.diagnostic_msgs import read_values
from factory_perception.bridge.fault_events import read_news
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.cell.faults import JOINTLESS
from factory_perception.faults.scoring import Alarm, match, summarise, TrueFault
from factory_perception.faults.stream_layer import STREAM

#: Faults that are there at once.
STEP_KINDS = ('collision', 'payload_change', 'sensor_stuck', 'sensor_dropout')
_NO_END = float('inf')


class FaultRecord:
    """Takes messages in the order of their times; all times are seconds of one clock."""

    def __init__(self) -> None:
        self.truths: dict[tuple[str, str, float], TrueFault] = {}
        #: When the truth was first and last told; 0 before.
        self.first_s = self.last_s = 0.0
        self._closed: list[Alarm] = []
        self._open: dict[str, Alarm] = {}

    @property
    def alarms(self) -> list[Alarm]:
        """Give all alarms; those that stand have no end."""
        return [*self._closed, *self._open.values()]

    def add_truth(self, message: Any) -> None:
        """Take a ``DiagnosticArray`` of the faults that are there at its stamp."""
        stamp_s = stamp_ns(message.header.stamp) * 1e-9
        self.first_s = self.first_s or stamp_s
        self.last_s = stamp_s
        for status in message.status:
            values = read_values(status)
            onset = stamp_s - float(values['age_s'])
            end = stamp_s + float(values['remaining_s'])
            joint = '' if values['fault'] in JOINTLESS else values['joint']
            key = (values['fault'], joint, round(onset, 1))
            self.truths.setdefault(key, TrueFault(values['fault'], joint, onset, end))

    def add_event(self, text: str, now_s: float) -> None:
        """Take an event in the JSON of the fault diagnoser, told at a time."""
        news = read_news(text, round(now_s * 1e9))
        before = self._open.pop(news.part, None)
        if news.change == 'raised':
            self._open[news.part] = Alarm(news.part, ((news.fault, now_s),), now_s, _NO_END)
        elif before is not None and news.change == 'renamed':
            self._open[news.part] = before.renamed(news.fault, now_s)
        elif before is not None:
            self._closed.append(replace(before, cleared_s=now_s))

    def figures(self, alarms: Sequence[Alarm], end_s: float, watched_s: float) -> dict[str, Any]:
        """Hold alarms against the truth; give recall, false alarms and delays, ready for JSON.

        Args:
            alarms: whose; those about the stream itself are counted beside the rest, because a
                machine too slow for the stream is no fault of a joint.
            end_s: faults that began in the last second before were not there for long enough.
            watched_s: for how long somebody watched.
        """
        truths = [one for one in self.truths.values() if one.onset_s < end_s - 1.0]
        about_joints = [one for one in alarms if one.part != STREAM]
        outcomes, false = match(truths, about_joints)
        return {
            **summarise(outcomes, len(false), watched_s / 3600.0, STEP_KINDS),
            'seconds': round(watched_s, 1),
            'stream_alarms': len(alarms) - len(about_joints),
            'false': [
                {'part': one.part, 'faults': [name for name, _ in one.names]} for one in false
            ],
        }
