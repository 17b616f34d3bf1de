"""Measure the way to a telemetry model on all of a small set: each part once held out.

    python -m factory_perception.training.telemetry_folds DIR [--json FILE]

Five times over, three parts teach, the fourth sets stack and thresholds, and the fifth is judged.
Parts are whole groups of recordings: days, or blocks of work cycles. Model and rival go the same
way. The shipped model has learned from more; these figures say what to expect of one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
import json
from pathlib import Path
import sys
import tempfile
from typing import Any

import numpy as np
import torch

from factory_perception import __version__
from factory_perception.files import write_atomic
from factory_perception.model_store.publish import publish
from factory_perception.model_store.store import ModelStore
from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.series_set import SeriesSet
from factory_perception.training.distributed import join_team
from factory_perception.training.fit import fit
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.settings import FitSettings, SettingsError, TrainingSettings
from factory_perception.training.telemetry_answers import telemetry_answers, TelemetryAnswers
from factory_perception.training.telemetry_data import TelemetryData
from factory_perception.training.telemetry_evaluation import telemetry_figures
from factory_perception.training.telemetry_judges import Answered
from factory_perception.training.telemetry_recipe import TelemetryRecipe
from factory_perception.training.trial import onnx_facts

FOLDS = 5
SETTINGS = TrainingSettings(fit=FitSettings(epochs=6, validate_every=2))


def parts_of(data: SeriesSet) -> list[TelemetryData]:
    """Deal the groups of a set out to parts, in the order of their names."""
    groups = sorted({source.group for source in data.sources})
    found = []
    for part in range(FOLDS):
        mine = set(groups[part::FOLDS])
        sources = tuple(source for source in data.sources if source.group in mine)
        found.append(TelemetryData(replace(data, sources=sources)))
    return found


def joined(parts: Sequence[TelemetryData]) -> TelemetryData:
    """Put parts together again."""
    sets = [part.recordings for part in parts]
    sources = tuple(source for one in sets for source in one.sources)  # type: ignore[attr-defined]
    return TelemetryData(replace(sets[0], sources=sources))  # type: ignore[type-var]


def answers_of(
    data: TelemetryData, held: TelemetryData, judged: TelemetryData, folder: Path
) -> TelemetryAnswers:
    """Train a model in a folder that is thrown away, and ask it."""
    recipe, team = TelemetryRecipe(), join_team()
    torch.manual_seed(SETTINGS.fit.seed)
    network = recipe.network(SETTINGS, data)
    lesson = recipe.lesson(network, data, held, SETTINGS, team)
    trained = fit(lesson, SETTINGS.fit, RunFolder(folder / 'run'), lambda step: None, False)
    recipe.calibrate(trained, SETTINGS, held)
    files = {
        'fp32.onnx': recipe.export(trained, SETTINGS, half=False),
        'probe.npz': recipe.probe(trained, SETTINGS, held),
        **recipe.files(),
    }
    manifest = {
        'manifest_version': 1,
        'name': 'fold',
        'task': recipe.task,
        **recipe.manifest(trained, SETTINGS, data),
        'provenance': {'command': '', 'created': '', 'code_version': __version__},
        'metrics': {},
        'licence': {'model': 'not published', 'data': 'not published'},
    }
    store = ModelStore((folder / 'models',))
    model = publish(store, manifest, files, onnx_facts(files))
    return telemetry_answers(model, judged, 'onnxruntime', 'fp32')


def measure(data: SeriesSet) -> dict[str, Any]:
    """Judge every part by a model that saw nothing of it."""
    parts, found = parts_of(data), []
    for place, judged in enumerate(parts):
        held = parts[(place + 1) % FOLDS]
        rest = [one for one in parts if one not in (judged, held)]
        with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
            found.append(answers_of(joined(rest), held, judged, Path(scratch)))
        print(f'part {place + 1} of {FOLDS} judged', flush=True)
    return telemetry_figures(pooled(found))


def pooled(found: Sequence[TelemetryAnswers]) -> TelemetryAnswers:
    """Put answers together; scores become shares of the thresholds, which differ by part."""

    def together(judges: Sequence[Answered]) -> Answered:
        scores = [score / one.limits for one in judges for score in one.scores]
        return Answered(scores, np.ones_like(judges[0].limits))

    runs = [run for one in found for run in one.runs]
    return TelemetryAnswers(
        runs,
        found[0].model,
        together([one.ours for one in found]),
        together([one.rival for one in found]),
    )


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
