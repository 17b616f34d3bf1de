"""How good alarms are against the truth, counted by events, never by windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from factory_perception.faults.alarm_book import Change

#: An alarm so long after a fault is over still belongs to it: a position that jumps back.
GRACE_S = 3.0


@dataclass(frozen=True)
class TrueFault:
    """What was really wrong; ``joint`` is empty for faults of the whole arm.

    One that was not ``shown`` goes on for longer than what was recorded of it.
    """

    kind: str
    joint: str
    onset_s: float
    end_s: float
    shown: bool = True


@dataclass(frozen=True)
class Alarm:
    """One alarm: ``names`` are its names in time, each with the moment it was given."""

    part: str
    names: tuple[tuple[str, float], ...]
    raised_s: float
    cleared_s: float

    def renamed(self, name: str, now_s: float) -> Alarm:
        """Give the same alarm under another name from now on."""
        return Alarm(self.part, (*self.names, (name, now_s)), self.raised_s, self.cleared_s)

    def name_during(self, begin_s: float, end_s: float) -> str:
        """Give the name that it had longest in an interval."""
        ends = [since for _, since in self.names[1:]] + [self.cleared_s]
        spans = [
            max(min(end, end_s) - max(since, begin_s), 0.0)
            for (_, since), end in zip(self.names, ends)
        ]
        return self.names[int(np.argmax(spans))][0]

    def tells_s(self, truth: TrueFault) -> float | None:
        """Say since when it tells of a fault: it was raised then, or took its name and joint."""
        if truth.onset_s <= self.raised_s <= truth.end_s:
            return self.raised_s
        if truth.joint not in ('', self.part):
            return None
        given = [since for name, since in self.names[1:] if name == truth.kind]
        return next((since for since in given if truth.onset_s <= since <= truth.end_s), None)

    def overlap_s(self, begin_s: float, end_s: float) -> float:
        """Give for how long it was up in an interval."""
        return max(min(self.cleared_s, end_s) - max(self.raised_s, begin_s), 0.0)


def alarms_of(changes: Sequence[Change], end_s: float, origin_ns: int = 0) -> list[Alarm]:
    """Make alarms of changes; those that are never cleared last until ``end_s``."""
    done: list[Alarm] = []
    there: dict[str, Alarm] = {}
    for change in changes:
        part, fault = change.verdict.part, change.verdict.fault
        now_s = (change.stamp_ns - origin_ns) * 1e-9
        if change.what == 'raised':
            there[part] = Alarm(part, ((fault, now_s),), now_s, end_s)
        elif part in there and change.what == 'renamed':
            there[part] = there[part].renamed(fault, now_s)
        elif part in there:
            old = there.pop(part)
            done.append(replace(old, cleared_s=now_s))
    return sorted([*done, *there.values()], key=lambda alarm: alarm.raised_s)


@dataclass(frozen=True)
class Outcome:
    """What became of one true fault: delay NaN when nobody noticed."""

    truth: TrueFault
    delay_s: float
    fault: str
    part: str

    @property
    def detected(self) -> bool:
        """Say whether an alarm was raised, or took its name, while it was there."""
        return bool(np.isfinite(self.delay_s))


def match(
    truths: Sequence[TrueFault], alarms: Sequence[Alarm]
) -> tuple[list[Outcome], list[Alarm]]:
    """Give what became of each true fault, and the alarms for which there was no reason.

    The alarm that was up longest during a fault gives it its name and joint; the first gives the
    delay. An alarm belongs to a fault when it was raised from its onset to ``GRACE_S`` after it.
    One that was up before tells of a fault when it takes its name; it still had no reason.
    """
    outcomes, used = [], set()
    for truth in truths:
        mine = [
            place
            for place, alarm in enumerate(alarms)
            if truth.onset_s <= alarm.raised_s <= truth.end_s + GRACE_S
        ]
        used.update(mine)
        told = [(alarm, alarm.tells_s(truth)) for alarm in alarms]
        during = [(alarm, since) for alarm, since in told if since is not None]
        if not during:
            outcomes.append(Outcome(truth, float('nan'), '', ''))
            continue
        main = max(
            (alarm for alarm, _ in during),
            key=lambda alarm: alarm.overlap_s(truth.onset_s, truth.end_s + 1.0),
        )
        delay = min(since for _, since in during) - truth.onset_s
        name = main.name_during(truth.onset_s, truth.end_s + 1.0)
        outcomes.append(Outcome(truth, delay, name, main.part))
    return outcomes, [alarm for place, alarm in enumerate(alarms) if place not in used]


def summarise(
    outcomes: Sequence[Outcome], false_alarms: int, hours: float, step_kinds: Sequence[str] = ()
) -> dict[str, Any]:
    """Give the figures, ready for JSON.

    Args:
        outcomes: of all true faults.
        false_alarms: how many alarms had no reason.
        hours: how long was watched.
        step_kinds: faults that are there at once, for their own delays.
    """
    found = [one for one in outcomes if one.detected]
    jointed = [one for one in found if one.truth.joint]
    steps = [one for one in found if one.truth.kind in step_kinds]
    shown = [one.detected for one in outcomes if one.truth.shown]
    kinds = sorted({one.truth.kind for one in outcomes})
    return {
        'events': len(outcomes),
        'detected': len(found),
        'event_recall': _share(len(found), len(outcomes)),
        'shown_events': len(shown),
        'shown_recall': _share(sum(shown), len(shown)),
        'named_right': _share(sum(one.fault == one.truth.kind for one in found), len(found)),
        'joint_right': _share(sum(one.part == one.truth.joint for one in jointed), len(jointed)),
        'false_alarms': false_alarms,
        'false_alarms_per_hour': false_alarms / hours if hours else None,
        'hours': hours,
        'delay_ms': _delays(found),
        'delay_ms_step_faults': _delays(steps),
        'per_kind': {kind: _kind([one for one in outcomes if one.truth.kind == kind])
                     for kind in kinds},
    }  # fmt: skip


def _kind(outcomes: list[Outcome]) -> dict[str, Any]:
    found = [one for one in outcomes if one.detected]
    names = [one.fault for one in found]
    return {
        'events': len(outcomes),
        'detected': len(found),
        'named_right': names.count(outcomes[0].truth.kind),
        'named': {name: names.count(name) for name in sorted(set(names))},
        'delay_ms': _delays(found),
    }


def _delays(found: Sequence[Outcome]) -> dict[str, float]:
    if not found:
        return {}
    values = np.percentile([one.delay_s * 1e3 for one in found], (50, 95))
    return {'p50': round(float(values[0]), 1), 'p95': round(float(values[1]), 1)}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
