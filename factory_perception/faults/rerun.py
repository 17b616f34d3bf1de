"""A diagnoser on recorded joint states, sample by sample, as a node would run it."""

from __future__ import annotations

from collections.abc import Sequence

from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.diagnoser import Diagnoser
from factory_perception.faults.scoring import Alarm, alarms_of
from factory_perception.motion.joint_sample import RecordedSample


def rerun_diagnoser(diagnoser: Diagnoser, samples: Sequence[RecordedSample]) -> list[Alarm]:
    """Give the alarms; times are seconds of the clock of the stamps.

    The rate and the age of the stream are not judged: what a recorder received late may have come
    in time.
    """
    book, changes, now_ns = AlarmBook(), list[Change](), 0
    for one, is_reference in samples:
        if is_reference:
            diagnoser.add_reference(one.stamp_ns, one.names, one.position)
            continue
        now_ns = one.time_ns
        if diagnoser.add(one):
            changes += book.update(diagnoser.verdicts, now_ns)
    return alarms_of(changes, now_ns * 1e-9)
