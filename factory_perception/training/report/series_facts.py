"""What is in a set of recordings, counted."""

from __future__ import annotations

from collections import Counter

import numpy as np

from factory_perception.training.datasets.series import SeriesData
from factory_perception.training.fault_data import FaultData
from factory_perception.training.report.data_facts import DataFacts
from factory_perception.training.report.text import listed
from factory_perception.training.telemetry_data import TelemetryData


def forecast_facts(data: SeriesData) -> DataFacts:
    """Count recordings to forecast from."""
    found = [data.read(index) for index in range(len(data))]
    lengths = [one.duration_s for one in found]
    steps = [float(np.median(np.diff(one.joints.time_s))) for one in found]
    about = {
        'length': f'{_time(sum(lengths))} ({_each(lengths)} each)',
        'joints': listed(list(found[0].joints.names), 12),
        'time between samples': f'{1e3 * float(np.median(steps)):.1f} ms',
    }
    return DataFacts(data.origin, data.sha256, len(data), 'recording', about=about)


def fault_facts(data: FaultData) -> DataFacts:
    """Count runs with faults, and the faults in them."""
    faulty, healthy = data.faulty, data.healthy
    kinds = Counter(one.kind for faults in faulty.faults for one in faults)
    about = {
        'length': f'{_time(faulty.seconds)}, and {_time(healthy.seconds)} of {len(healthy)} runs '
        'without a fault',
        'joints': listed(list(faulty.joints), 12),
        'frames': f'{1e3 * faulty.frame_s:.0f} ms of samples every {1e3 * faulty.step_s:.1f} ms',
    }
    counts = {kind: kinds.get(kind, 0) for kind in data.labels}
    return DataFacts(data.origin, data.sha256, len(faulty), 'run', 'faults', counts, about)


def telemetry_facts(data: TelemetryData) -> DataFacts:
    """Count recordings of slow joint data, and the faults in them."""
    kinds = Counter(one.label for run in data.runs for one in run.truths)
    about = {
        'length': _time(float(sum(len(run.time_s) for run in data.runs))),
        'joints': listed(list(data.joints), 12),
    }
    counts = {kind: kinds.get(kind, 0) for kind in data.labels}
    return DataFacts(data.origin, data.sha256, len(data.runs), 'recording', 'faults', counts, about)


def _each(seconds: list[float]) -> str:
    least, most = _time(min(seconds)), _time(max(seconds))
    return least if least == most else f'{least} to {most}'


def _time(seconds: float) -> str:
    if seconds < 120:
        return f'{seconds:.0f} s'
    return f'{seconds / 60:.0f} min' if seconds < 7200 else f'{seconds / 3600:.1f} h'
