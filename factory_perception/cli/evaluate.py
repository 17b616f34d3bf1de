"""``factory_perception evaluate``: measure a published model the way it is shipped."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from factory_perception.cli.errors import CommandError
from factory_perception.cli.left_out import left_out
from factory_perception.cli.needs_torch import need_torch
from factory_perception.cli.trainer_errors import trainer_errors
from factory_perception.files import write_atomic
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.store import default_store


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``evaluate``."""
    parser = subparsers.add_parser(
        'evaluate', help='measure a model on a data set', description=__doc__
    )
    parser.add_argument('--model', help='name, name@version or a model folder')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--data', help='folder of a data set, or "cell"')
    source.add_argument(
        '--bag', type=Path, help='recording with the truth in it; without --model as recorded'
    )
    parser.add_argument('--joint-states', default='', metavar='TOPIC', help='which robot of a bag')
    parser.add_argument('--split', help='train, val, test, or a list of names; all by default')
    parser.add_argument('--pictures', type=int, help='how many, from the cell')
    parser.add_argument('--backend', default='auto')
    parser.add_argument('--precision', default='auto')
    parser.add_argument('--robustness', action='store_true', help='also measure spoilt pictures')
    parser.add_argument('--baseline', action='store_true', help='also measure a simple rival')
    parser.add_argument('--skip-bad', action='store_true', help='leave out what cannot be read')
    parser.add_argument('--json', type=Path, metavar='FILE')
    parser.add_argument('--store', action='append', default=[], metavar='DIR')
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.bag is not None:
        return _evaluate_bag(options)
    if options.model is None:
        raise CommandError('--data needs --model')
    need_torch()
    with trainer_errors():
        return _evaluate(options)


def _evaluate_bag(options: argparse.Namespace) -> int:
    from factory_perception.cli.evaluate_bag import evaluate_bag  # needs messages and OpenCV

    folder = default_store(options.store).find(options.model) if options.model else None
    label = folder.label if folder else 'as recorded'
    metrics = evaluate_bag(
        options.bag, folder, options.backend, options.precision, options.joint_states
    )
    report = {'model': label, 'bag': str(options.bag), 'metrics': metrics}
    _write(options.json, report)
    print(f'{label}, {options.bag}')
    _show(metrics)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from factory_perception.training.assess import assess

    folder = default_store(options.store).find(options.model)
    data, mapping, skipped = _open(options, folder)
    metrics = assess(
        folder, data, options.backend, options.precision, options.robustness, options.baseline
    )
    report = {
        'model': folder.label,
        'model_sha256': folder.manifest.files['fp32.onnx'].sha256,
        'data': data.origin,
        'data_sha256': data.sha256,
        **({'classes': mapping} if mapping else {}),
        **({'left_out': skipped} if skipped else {}),
        'metrics': metrics,
    }
    _write(options.json, report)
    noun = 'pictures' if hasattr(data, 'classes') else 'recordings'
    print(f'{folder.label} on {len(data)} {noun} of {data.origin}')
    for line in [*skipped, *([mapping] if mapping else [])]:
        print(line)
    _show(metrics)
    return 0


def _open(options: argparse.Namespace, folder: ModelFolder) -> tuple[Any, str, list[str]]:
    """Open the data in the classes of the model; say what was done for that and left out."""
    from factory_perception.training.class_order import in_order
    from factory_perception.training.datasets.series import SERIES_TASKS
    from factory_perception.training.opening import open_for

    task = folder.manifest.task
    if task in SERIES_TASKS and (options.robustness or options.baseline):
        raise CommandError(f'--robustness and --baseline are for pictures, not for {task}')
    data = open_for(task, options.data, options.split, options.pictures, options.skip_bad)
    if task in SERIES_TASKS:
        return data, '', left_out(data)
    return *in_order(data, folder.manifest.classes, folder.label), left_out(data)


def _write(path: Path | None, report: dict[str, Any]) -> None:
    """Write a report where one is wanted; what is no number is null there."""
    from factory_perception.training.report.report import plain

    if path is not None:
        text = json.dumps(plain(report), indent=2, allow_nan=False)
        write_atomic(path.absolute(), text.encode() + b'\n')


def _show(metrics: dict[str, Any]) -> None:
    print('\n'.join(_lines(metrics, '  ')))


def _lines(metrics: dict[str, Any], indent: str) -> list[str]:
    """Give the figures one by one; tables are for the JSON."""
    lines = []
    for name, value in metrics.items():
        if isinstance(value, dict):
            inner = _lines(value, indent + '  ')
            lines += [f'{indent}{name}', *inner] if inner else []
        elif isinstance(value, float):
            lines.append(f'{indent}{name} {value:.4f}')
        elif value is not None and not isinstance(value, list):
            lines.append(f'{indent}{name} {value}')
    return lines
