"""``factory_perception compare``: which of two models is better, or that the data cannot tell."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from factory_perception.cli.needs_torch import need_torch
from factory_perception.cli.trainer_errors import trainer_errors
from factory_perception.files import write_atomic
from factory_perception.model_store.store import default_store

if TYPE_CHECKING:
    from factory_perception.training.comparison import Comparison


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``compare``."""
    parser = subparsers.add_parser(
        'compare', help='say which of two models is better', description=__doc__
    )
    parser.add_argument('first', metavar='A', help='name, name@version or a model folder')
    parser.add_argument('second', metavar='B', help='the model to compare with it')
    parser.add_argument('--data', required=True, help='folder of a data set, or "cell"')
    parser.add_argument('--split', help='train, val, test, or a list of names; all by default')
    parser.add_argument('--pictures', type=int, help='how many pictures or runs, from the cell')
    parser.add_argument('--backend', default='auto')
    parser.add_argument('--precision', default='auto')
    parser.add_argument('--skip-bad', action='store_true', help='leave out what cannot be read')
    parser.add_argument('--json', type=Path, metavar='FILE')
    parser.add_argument('--store', action='append', default=[], metavar='DIR')
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    need_torch()
    with trainer_errors():
        return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    from factory_perception.training.answers import collect_answers
    from factory_perception.training.class_order import in_order
    from factory_perception.training.comparison import compare
    from factory_perception.training.data import PICTURE_TASKS
    from factory_perception.training.opening import open_for
    from factory_perception.training.report.report import plain

    store = default_store(options.store)
    models = [store.find(options.first), store.find(options.second)]
    labels = models[0].label, models[1].label
    if labels[0] == labels[1]:
        labels = str(models[0].path), str(models[1].path)
    task = models[0].manifest.task
    data = open_for(task, options.data, options.split, options.pictures, options.skip_bad)
    if task in PICTURE_TASKS:
        data, mapping = in_order(data, models[0].manifest.classes, models[0].label)
        if mapping:
            print(mapping)
    first, second = (
        collect_answers(model, data, options.backend, options.precision) for model in models
    )
    found = compare(labels, first, second)
    if options.json is not None:
        content = {'data': data.origin, 'data_sha256': data.sha256, **found.as_json()}
        text = json.dumps(plain(content), indent=2, allow_nan=False)
        write_atomic(options.json.absolute(), text.encode() + b'\n')
    _show(found, data.origin)
    return 0


def _show(found: Comparison, origin: str) -> None:
    from factory_perception.training.comparison import signed

    said = found.sentence
    named = said.startswith((found.first, found.second))  # names are written as they are
    print(f'{said if named else said[0].upper() + said[1:]}.')
    print(f'\n{origin}; 95 % intervals from resampled {found.unit}, paired')
    width = max(map(len, (*found.figures, *found.per_class)))
    first, second = (max(len(one), 24) for one in (found.first, found.second))
    print(f'  {"":{width}}  {found.first:{first}}  {found.second:{second}}  difference')
    for name, pair in {**found.figures, **found.per_class}.items():
        gap = signed(pair.difference)
        print(f'  {name:{width}}  {pair.first!s:{first}}  {pair.second!s:{second}}  {gap}')
