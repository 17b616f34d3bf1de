"""How many pictures a second our loop learns from, beside a plain loop on the same machine.

Short blocks of both take turns, so that a machine that others use too slows down both alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
import statistics
import tempfile
import time
from typing import Any

import torch

from factory_perception.training.datasets.picture_set import PictureSet
from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.distributed import Team
from factory_perception.training.fit import fit, half_precision_pays
from factory_perception.training.reference_loop import reference_steps, Sample
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import TrainingSettings


def training_throughput(
    data: PictureSet, settings: TrainingSettings, rounds: int, steps: int
) -> dict[str, Any]:
    """Let our loop, the same in fp32 and the plain loop take turns.

    Args:
        data: pictures with boxes, in files.
        settings: of the network, the batch and the changes to the pictures.
        rounds: turns of each loop.
        steps: timed steps of a turn; one more goes before them.

    Raises:
        SettingsError: the pictures are too few for the steps.
    """
    count = (steps + 1) * settings.fit.batch
    if len(data) < count:
        raise SettingsError(f'{count} pictures are needed, {data.origin} has {len(data)}')
    part = replace(data, records=data.records[:count])
    samples = [_sample(part, index) for index in range(count)]
    exact = replace(settings, fit=replace(settings.fit, precision='fp32'))
    loops: dict[str, Callable[[], list[float]]] = {
        'ours': lambda: _ours(part, settings),
        'ours_fp32': lambda: _ours(part, exact),
        'plain': lambda: _plain(part, samples, settings),
    }
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(rounds):
        order = list(loops) if turn % 2 == 0 else list(reversed(loops))
        for name in order:
            moments = loops[name]()
            rates[name].append(steps * settings.fit.batch / (moments[-1] - moments[0]))
    return {
        'input_wh': list(settings.model.input_wh),
        'batch': settings.fit.batch,
        'threads': torch.get_num_threads(),
        'device': str(_device()),
        'half_precision': _device().type == 'cuda' or half_precision_pays(),
        'pictures_per_second': {n: round(statistics.median(r), 2) for n, r in rates.items()},
        'ours_to_plain': _ratio(rates['ours'], rates['plain']),
        'ours_fp32_to_plain': _ratio(rates['ours_fp32'], rates['plain']),
    }


def _ratio(first: Sequence[float], second: Sequence[float]) -> dict[str, Any]:
    ratios = [round(a / b, 3) for a, b in zip(first, second)]
    return {'median': round(statistics.median(ratios), 3), 'rounds': ratios}


def _device() -> torch.device:
    return torch.device('cuda' if torch.cuda.is_available() else 'cpu')


def _ours(data: PictureSet, settings: TrainingSettings) -> list[float]:
    """Run an epoch of the real loop; give the times after its steps."""
    moments: list[float] = []
    recipe = DetectionRecipe()
    network = recipe.network(settings, data)
    first = replace(data, records=data.records[:1])  # validated on, after the last step
    lesson = recipe.lesson(network, data, first, settings, Team(0, 1, _device()))
    how = replace(settings.fit, epochs=1, validate_every=1)
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as folder:
        fit(lesson, how, RunFolder(Path(folder)), lambda step: moments.append(time.perf_counter()))
    return moments


def _plain(data: PictureSet, samples: Sequence[Sample], settings: TrainingSettings) -> list[float]:
    network = DetectionRecipe().network(settings, data)
    return list(reference_steps(network, samples, settings, _device()))  # type: ignore[arg-type]


def _sample(data: PictureSet, index: int) -> Sample:
    boxes = data.read(index).boxes
    assert boxes is not None
    labels = torch.from_numpy(boxes.class_ids.astype('int64'))
    return data.records[index].pixels.path, torch.from_numpy(boxes.boxes_xyxy), labels
