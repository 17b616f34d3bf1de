"""``factory_perception train``: from data to a published model."""

from __future__ import annotations

import argparse
from dataclasses import replace
import importlib.util
import shlex
import sys
from typing import TYPE_CHECKING

from factory_perception.cli.errors import CommandError
from factory_perception.model_store.store import default_store

#: Without a terminal there is no bar, but a line every so many steps.
QUIET_STEPS = 50

if TYPE_CHECKING:
    from rich.progress import Progress

    from factory_perception.training.train_detector import Step


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``train``."""
    parser = subparsers.add_parser(
        'train', help='train a model and publish it', description=__doc__
    )
    parser.add_argument('--data', default='cell', help='"cell": pictures of the embedded cell')
    parser.add_argument('--name', required=True, help='name of the model')
    parser.add_argument('--pictures', type=int, default=4000, help='pictures to draw')
    parser.add_argument('--epochs', type=int, default=None)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, default=1, help='processes that load pictures')
    parser.add_argument('--store', action='append', default=[], metavar='DIR')
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if importlib.util.find_spec('torch') is None:
        raise CommandError(
            'the trainer needs PyTorch: python3 tools/bootstrap.py train '
            '(about 5 GB), or pip install torch torchvision onnx onnxscript'
        )
    from factory_perception.training.produce_detector import produce_detector
    from factory_perception.training.renderer_data import RendererData
    from factory_perception.training.train_detector import DetectorTraining

    if options.data != 'cell':
        raise CommandError(f'there is no data set "{options.data}", only cell')
    how = DetectorTraining(seed=options.seed, workers=options.workers)
    how = replace(how, epochs=options.epochs) if options.epochs else how
    data = RendererData(options.pictures)
    validation = RendererData(500, first_seed=1_000_000)
    facts = {
        'command': shlex.join(['factory_perception', *sys.argv[1:]]),
        'licence': {'model': 'Apache-2.0', 'data': 'Apache-2.0 (drawn by this package)'},
        'settings': {'defects': ['scratch', 'chip', 'stain', 'missing_hole']},
    }
    with _progress() as progress:
        task = progress.add_task('training', total=None)
        folder = produce_detector(
            options.name, data, validation, how, default_store(options.store), facts,
            lambda step: _show(progress, task, step),
        )  # fmt: skip
    print(f'{folder.label}: mAP50 {folder.manifest.metrics["fp32"]["map50"]:.3f}, {folder.path}')
    return 0


def _progress() -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn('{task.description}'),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )


def _show(progress: Progress, task: object, step: Step) -> None:
    text = (
        f'epoch {step.epoch + 1}, loss {step.loss:.3f} (score {step.score_loss:.3f}, box '
        f'{step.box_loss:.3f}), {step.images_per_second:.0f} pictures/s'
    )
    progress.update(task, total=step.steps, completed=step.step, description=text)  # type: ignore[arg-type]
    if not progress.console.is_terminal and step.step % QUIET_STEPS == 0:
        print(f'step {step.step} of {step.steps}: {text}', flush=True)
