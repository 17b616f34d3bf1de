"""How fast training is beside a plain loop, on the same network and pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import tempfile
from typing import Any

from factory_perception.cli.errors import CommandError
from factory_perception.cli.needs_torch import need_torch
from factory_perception.cli.trainer_errors import trainer_errors

#: Timed steps of one turn, and pictures of one step.
STEPS, BATCH = 6, 8


def measure_training(data: Path | None, rounds: int) -> dict[str, Any]:
    """Time both loops on a data set with boxes; on pictures of the cell where none is named."""
    need_torch()
    with trainer_errors(), tempfile.TemporaryDirectory(prefix='factory_perception_') as drawn:
        return _measure(data or _drawn(Path(drawn)), rounds)


def _measure(folder: Path, rounds: int) -> dict[str, Any]:
    from factory_perception.training.datasets.picture_set import PictureSet
    from factory_perception.training.datasets.recognise import open_dataset
    from factory_perception.training.input_size import with_input_size
    from factory_perception.training.settings import load_settings
    from factory_perception.training.throughput import training_throughput

    data = open_dataset(folder, 'detect')
    if not isinstance(data, PictureSet):
        raise CommandError(f'{folder} holds no pictures with boxes')
    settings = with_input_size(load_settings('cpu', None), data, None)
    # Without helpers that load ahead: what a picture costs altogether.
    settings = replace(settings, fit=replace(settings.fit, batch=BATCH, workers=0))
    return {'data': data.origin, **training_throughput(data, settings, rounds, STEPS)}


def _drawn(folder: Path) -> Path:
    """Draw pictures of the cell, as many as a turn takes."""
    from factory_perception.cell.coco import write_coco

    write_coco(folder, range((STEPS + 1) * BATCH))
    return folder
