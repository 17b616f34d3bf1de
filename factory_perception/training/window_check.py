"""How well short windows are told apart, on sets that are too small or too alike for a model.

    python -m factory_perception.training.window_check DIR [--json FILE]

Vibration of bearings: with whole bearings held out, and beside it with windows held out at random.
The second looks like a triumph and means nothing: windows of one bearing are in both halves, and
the forest knows the bearing again, not the fault (Hendriks et al., 2022). Force and torque after a
failed motion: recordings held out, problem by problem. All by a random forest.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
import itertools
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.files import write_atomic
from factory_perception.training.datasets.bearing import CHANNEL, LABELS
from factory_perception.training.datasets.force_windows import CHANNELS
from factory_perception.training.datasets.problems import DatasetError, Problem
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.series import Recording
from factory_perception.training.datasets.series_set import SeriesSet
from factory_perception.training.fault_forest import fit_forest
from factory_perception.training.statistics import bootstrap_all, flat
from factory_perception.training.telemetry_rows import macro_f1_of

#: A window of vibration lasts so long; so many are taken from a recording, evenly.
WINDOW_S, WINDOWS = 0.17, 20
#: Its spectrum up to this frequency, in so many bands.
TOP_HZ, BANDS = 6000.0, 64
_FOLDS = 5


@dataclass(frozen=True)
class Windows:
    """``rows`` ``(N, F)``, the place of each one's class in ``names``, and what it belongs to.

    ``groups`` ``(N,)`` are bearings or recordings; ``folds`` ``(N,)`` say what is held out
    together, -1 for what is only learned from.
    """

    rows: NDArray[np.float32]
    classes: NDArray[np.int64]
    names: tuple[str, ...]
    groups: NDArray[np.str_]
    folds: NDArray[np.int64]


def bearing_windows(data: SeriesSet) -> Windows:
    """Cut vibration into windows; bearings of one size are held out together.

    The healthy bearing is one: it can only be learned from.
    """
    names = ('normal', *LABELS.values())
    rows, classes, groups, sizes = [], [], [], []
    for recording in (data.read(index) for index in range(len(data))):
        found = spectra(recording)
        label = recording.intervals[0].label if recording.intervals else 'normal'
        size = recording.facts.get('diameter_mil', '') if label != 'normal' else ''
        rows.append(found)
        classes += [names.index(label)] * len(found)
        groups += [f'{label} {size}'.strip()] * len(found)
        sizes += [size] * len(found)
    kept = sorted(set(sizes) - {''})
    folds = [kept.index(size) if size else -1 for size in sizes]
    return Windows(
        np.concatenate(rows), np.array(classes), names, np.array(groups), np.array(folds)
    )


def spectra(recording: Recording) -> NDArray[np.float32]:
    """Give logarithms of power in bands ``(WINDOWS, BANDS)``, whatever the sampling rate."""
    values = recording.channels[CHANNEL]
    rate_hz = 1.0 / float(np.median(np.diff(recording.joints.time_s)))
    length = min(round(WINDOW_S * rate_hz), len(values))
    starts = np.linspace(0, len(values) - length, WINDOWS).astype(int)
    windows = np.stack([values[at : at + length] for at in starts]) * np.hanning(length)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2 / length / rate_hz
    edges = np.linspace(0, TOP_HZ * length / rate_hz, BANDS + 1).astype(int)
    bands = [power[:, low : max(high, low + 1)].mean(axis=1)
             for low, high in itertools.pairwise(edges)]  # fmt: skip
    return np.log(np.stack(bands, axis=1) + 1e-12).astype(np.float32)


def force_problems(data: SeriesSet) -> Iterator[tuple[str, Windows]]:
    """Give every problem with its windows: each recording is one window."""
    recordings = [data.read(index) for index in range(len(data))]
    problems = sorted({key for one in recordings for key in one.facts if key.startswith('LP')})
    for problem in problems:
        # Of a recording with two outcomes nobody knows which is right.
        mine = [one for one in recordings
                if one.facts.get(problem) and '|' not in one.facts[problem]]  # fmt: skip
        outcomes = [one.facts[problem] for one in mine]
        names = tuple(sorted(set(outcomes)))
        classes = np.array([names.index(one) for one in outcomes])
        rows = [_course(np.stack([one.channels[name] for name in CHANNELS])) for one in mine]
        groups = np.array([one.name for one in mine])
        yield (
            problem,
            Windows(np.stack(rows).astype(np.float32), classes, names, groups, spread(classes)),
        )


def _course(forces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give values ``(6, T)`` and what sums up their course, in one row."""
    steps = np.diff(forces, axis=1)
    sums = (forces.mean(1), forces.std(1), np.ptp(forces, axis=1), forces[:, -1] - forces[:, 0],
            np.abs(steps).mean(1), np.abs(forces).max(1))  # fmt: skip
    return np.concatenate([forces.ravel(), *sums])


def spread(classes: NDArray[np.int64], seed: int = 0) -> NDArray[np.int64]:
    """Deal windows out to folds at random, every class evenly."""
    order = np.random.default_rng(seed).permutation(len(classes))
    folds = np.zeros(len(classes), np.int64)
    for kind in np.unique(classes):
        mine = order[classes[order] == kind]
        folds[mine] = np.arange(len(mine)) % _FOLDS
    return folds


def figures(windows: Windows, folds: NDArray[np.int64]) -> dict[str, Any]:
    """Hold out fold after fold; give accuracy and mean F1 with intervals over groups."""
    said = np.full(len(folds), -1)
    for fold in range(folds.max() + 1):
        held, known = folds == fold, folds != fold
        forest = fit_forest(windows.rows[known], windows.classes[known], len(windows.names))
        said[held] = forest.probabilities(windows.rows[held]).argmax(axis=1)
    judged = said >= 0
    names, unit = np.unique(windows.groups[judged], return_inverse=True)
    size = len(windows.names)
    table = np.zeros((len(names), size, size))
    np.add.at(table, (unit, windows.classes[judged], said[judged]), 1.0)

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        summed = np.einsum('u,uij->ij', weights, table)
        return np.array([np.trace(summed) / summed.sum(), macro_f1_of(summed)])

    found = bootstrap_all(measure, len(names))
    confusion = {
        windows.names[true]: {
            windows.names[answer]: int(count) for answer, count in enumerate(row) if count
        }
        for true, row in enumerate(table.sum(axis=0)) if row.any()
    }  # fmt: skip
    return {
        'windows': int(judged.sum()),
        'groups': len(names),
        **flat(dict(zip(('accuracy', 'macro_f1'), found))),
        'confusion': confusion,
    }


def check(folder: Path) -> dict[str, Any]:
    """Make the report on a folder.

    Raises:
        DatasetError: it holds neither bearings nor forces.
    """
    data = open_dataset(folder, 'fault')
    assert isinstance(data, SeriesSet)
    about = {'data': data.origin, 'data_sha256': data.sha256}
    channels = data.read(0).channels
    if CHANNEL in channels:
        windows = bearing_windows(data)
        random = spread(windows.classes)
        return {
            **about,
            'by_bearing': figures(windows, windows.folds),
            'by_window_at_random': {
                'warning': 'leaks: windows of every bearing are on both sides',
                **figures(windows, random),
            },
        }
    if not set(CHANNELS) <= set(channels):
        text = f'{data.origin} holds neither vibration of bearings nor forces'
        raise DatasetError(Problem('task', text, 'learn from it with train --task fault'))
    return {**about, 'problems': {
        name: {'majority': Counter(windows.classes.tolist()).most_common(1)[0][1]
               / len(windows.classes), **figures(windows, windows.folds)}
        for name, windows in force_problems(data)
    }}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print the report and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder', type=Path, metavar='DIR')
    parser.add_argument('--json', type=Path, metavar='FILE')
    options = parser.parse_args(arguments)
    try:
        report = check(options.folder)
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 1
    text = json.dumps(report, indent=2)
    print(text)
    if options.json is not None:
        write_atomic(options.json, text.encode() + b'\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
