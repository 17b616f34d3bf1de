"""Measure the way to a telemetry model on all of a small set: each part once held out.

    python -m factory_perception.training.telemetry_folds DIR [--json FILE]

Every fifth is judged by what was learned from the other four. The network's share and the
thresholds come from these four alone: each of them judged by what was learned from the other three.
Parts are whole groups of recordings: days, or blocks of work cycles. Model and rival go the same
way. These figures say what to expect of a model.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
import functools
import itertools
import json
import operator
from pathlib import Path
import sys
from typing import Any

import numpy as np

from factory_perception.files import write_atomic
from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.series_set import SeriesSet
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import FitSettings
from factory_perception.training.telemetry_answers import TelemetryAnswers
from factory_perception.training.telemetry_crossing import strangers
from factory_perception.training.telemetry_data import TelemetryData, TelemetryRun
from factory_perception.training.telemetry_evaluation import telemetry_figures
from factory_perception.training.telemetry_judges import Answered
from factory_perception.training.telemetry_learned import Opinions
from factory_perception.training.telemetry_share import fit_share, mixed_scores
from factory_perception.training.telemetry_task import Task
from factory_perception.training.telemetry_thresholds import fit_thresholds

FOLDS = 5
HOW = FitSettings(epochs=6, validate_every=2)


def parts_of(data: SeriesSet) -> list[list[TelemetryRun]]:
    """Deal the groups of a set out to parts, in the order of their names."""
    runs = TelemetryData(data).runs
    groups = sorted({run.group for run in runs})
    return [[run for run in runs if run.group in groups[part::FOLDS]] for part in range(FOLDS)]


def measure(data: SeriesSet) -> dict[str, Any]:
    """Judge every part by what was learned without it."""
    whole, parts = TelemetryData(data), parts_of(data)
    task = Task(tuple(whole.labels), whole.view)
    said: dict[tuple[int, ...], Opinions] = {}
    singles, pairs = (itertools.combinations(range(FOLDS), count) for count in (1, 2))
    for left in (*singles, *pairs):
        said |= judged_without(parts, left, task)
        print(f'learned without {left}', flush=True)
    return telemetry_figures(pooled([answers_of(part, said, task) for part in range(FOLDS)], task))


def judged_without(
    parts: Sequence[Sequence[TelemetryRun]], left: tuple[int, ...], task: Task
) -> dict[tuple[int, ...], Opinions]:
    """Learn from all parts but those that are left out; give what is said of each of these.

    The key is the part that was judged, and then the other one that was left out, if any.
    """
    others = [run for place, part in enumerate(parts) if place not in left for run in part]
    judged = [run for place in left for run in parts[place]]
    said = strangers(others, judged, task, HOW)
    count = len(parts[left[0]])
    if len(left) == 1:
        return {left: said}
    return {left: said[:count], left[::-1]: said[count:]}


def answers_of(
    judged: int, said: Mapping[tuple[int, ...], Opinions], task: Task
) -> tuple[Opinions, Answered, Answered]:
    """Give what is said of a part, by model and rival; what sets them comes from the others."""
    others = [said[part, judged] for part in range(FOLDS) if part != judged]
    known = functools.reduce(operator.add, others)
    share = fit_share(known, task)
    limits = fit_thresholds(known.runs, mixed_scores(known, share), task.kinds, task.view)
    rival = fit_thresholds(known.runs, known.rival, task.kinds, task.view)
    own = said[judged,]
    print(f'part {judged + 1}: share of the network {dict(zip(task.kinds, share.tolist()))}')
    return own, Answered(mixed_scores(own, share), limits), Answered(own.rival, rival)


def pooled(found: Sequence[tuple[Opinions, Answered, Answered]], task: Task) -> TelemetryAnswers:
    """Put answers together; scores become shares of the thresholds, which differ by part."""

    def together(judges: Sequence[Answered]) -> Answered:
        scores = [score / one.limits for one in judges for score in one.scores]
        return Answered(scores, np.ones_like(judges[0].limits))

    own, ours, rivals = zip(*found)
    runs = [run for one in own for run in one.runs]
    return TelemetryAnswers(runs, task, together(ours), together(rivals))


def main(arguments: list[str] | None = None) -> int:
    """Train, judge, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder', type=Path, metavar='DIR')
    parser.add_argument('--json', type=Path, metavar='FILE')
    options = parser.parse_args(arguments)
    try:
        data = open_dataset(options.folder, 'fault')
        assert isinstance(data, SeriesSet)
        report = {'data': data.origin, 'data_sha256': data.sha256, **measure(data)}
    except (DatasetError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    text = json.dumps(report, indent=2)
    print(text)
    if options.json is not None:
        write_atomic(options.json, text.encode() + b'\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
