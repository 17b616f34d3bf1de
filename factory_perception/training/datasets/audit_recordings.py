"""What can be wrong with one recording."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from factory_perception.training.datasets.problems import Problem
from factory_perception.training.datasets.series import all_columns, Recording
from factory_perception.training.datasets.series_set import Source

#: A step so much longer than the usual one is a gap.
_GAP = 5.0
#: A share of missing values worth mentioning.
_MUCH_ABSENT = 0.05


def recording_problems(source: Source, recording: Recording) -> Iterator[Problem]:
    """List gaps, times that are there twice, missing values, and labels outside."""

    def problem(kind: str, text: str, mend: str, severity: str) -> Problem:
        return Problem(kind, f'{source.name}: {text}', mend, source.file, severity=severity)

    time_s = recording.joints.time_s
    steps = np.diff(time_s)
    usual = float(np.median(steps))
    gaps = steps[steps > _GAP * max(usual, 1e-9)]
    if len(gaps):
        text = f'{len(gaps)} gaps, the longest of {gaps.max():.3g} s at steps of {usual:.3g} s'
        yield problem('gap', text, 'windows over a gap are wrong: divide it there', 'warning')
    double = int((steps == 0).sum())
    if double:
        mend = 'keep one sample a time'
        yield problem('time-double', f'{double} samples have the time before', mend, 'warning')
    columns = all_columns(recording)
    partly = {name: float(np.isnan(values).mean()) for name, values in columns.items()}
    for name, share in partly.items():
        if _MUCH_ABSENT < share < 1:
            mend = 'leave the recording out if it matters'
            yield problem('absent', f'{share:.0%} of {name} is missing', mend, 'warning')
    yield from _outside(source, recording)


def _outside(source: Source, recording: Recording) -> Iterator[Problem]:
    time_s = recording.joints.time_s
    late = time_s[-1] + float(np.median(np.diff(time_s))) + 1e-6
    for interval in recording.intervals or ():
        if interval.start_s < time_s[0] - 1e-6 or interval.end_s > late:
            text = f'{source.name}: {interval.label} lies outside the recording'
            yield Problem('label-outside', text, 'correct its times', source.file)


def has_rest(recording: Recording) -> bool:
    """Say whether there is time in which nothing is labelled."""
    span = recording.duration_s
    return all(one.end_s - one.start_s < 0.99 * span for one in recording.intervals or ())


def repeats(recording: Recording) -> float:
    """Give the share of samples that repeat the one before, while those around differ."""
    position = recording.joints.position
    known = position[~np.isnan(position)]
    if not len(known) or (known == np.round(known)).all():  # whole ticks repeat when moving slowly
        return 0.0
    still = np.nan_to_num(np.diff(position, axis=0) == 0).all(axis=1)
    alone = still[1:-1] & ~still[:-2] & ~still[2:]
    return float(alone.mean()) if len(alone) else 0.0
