"""A window of joint states as a CSV file that ``train --task fault|forecast`` reads."""

from __future__ import annotations

from collections.abc import Sequence
import csv
import io

import numpy as np

from factory_perception.motion.joint_reader import JointReader
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.oddities import Oddities
from factory_perception.motion.window_keeper import Label

_QUANTITIES = ('position', 'velocity', 'effort')


def window_csv(samples: Sequence[JointSample], labels: Sequence[Label]) -> bytes:
    """Give a table: ``t_s``, position, velocity and effort of each joint, and the labels.

    The column ``fault`` names what the whole arm had, ``<joint>.fault`` what one joint had; it is
    empty where nothing was wrong. Empty cells are unknown values.

    Raises:
        ValueError: no sample names a joint.
    """
    joints = tuple(dict.fromkeys(name for sample in samples for name in sample.names))
    reader = JointReader(joints, Oddities())
    blamed = sorted({one.part for one in labels if one.part in joints})
    columns = [
        [one for one in labels if one.part not in joints],
        *([one for one in labels if one.part == joint] for joint in blamed),
    ]
    header = ['t_s', *(f'{joint}.{what}' for joint in joints for what in _QUANTITIES)]
    header += ['fault', *(f'{joint}.fault' for joint in blamed)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(header)
    first_ns = last_ns = 0
    for sample in samples:
        stamp_ns = sample.time_ns
        row = reader.read(sample.names, sample.position, sample.velocity, sample.effort)
        if row is None or stamp_ns <= last_ns:
            continue
        first_ns, last_ns = first_ns or stamp_ns, stamp_ns
        values = ['' if np.isnan(value) else f'{value:.9g}' for value in row.T.ravel().tolist()]
        faults = [_fault(column, stamp_ns) for column in columns]
        writer.writerow([f'{(stamp_ns - first_ns) * 1e-9:.6f}', *values, *faults])
    return text.getvalue().encode()


def _fault(labels: Sequence[Label], stamp_ns: int) -> str:
    """Give the first fault that was there at a time."""
    return next((one.fault for one in labels if one.begin_ns <= stamp_ns < one.end_ns), '')
