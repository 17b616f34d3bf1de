"""``factory_perception train``: from data to a published model, in one command."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
import shlex
import sys
from typing import Any, TYPE_CHECKING

from factory_perception.cli.errors import CommandError
from factory_perception.cli.interruptible import interruptible
from factory_perception.cli.left_out import left_out
from factory_perception.cli.needs_torch import need_torch
from factory_perception.cli.trainer_errors import trainer_errors
from factory_perception.cli.training_events import tell, TrainingEvents
from factory_perception.cli.training_progress import TrainingProgress
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import REPORT_FOLDER
from factory_perception.model_store.store import default_store, ModelStore
from factory_perception.resources import data_home
from factory_perception.training.settings import PRESETS

if TYPE_CHECKING:
    from factory_perception.training.data import PictureData, TrainingData
    from factory_perception.training.recipe import Recipe
    from factory_perception.training.run_folder import RunFolder

CELL_DEFECTS = ('scratch', 'chip', 'stain', 'missing_hole')
#: Options with a value that say where things go, not what is made.
_PLACES = ('--store', '--run-dir', '--progress')


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``train``."""
    parser = subparsers.add_parser(
        'train', help='train a model and publish it', description=__doc__
    )
    parser.add_argument(
        '--data', required=True, help='folder of a data set, or "cell" for the embedded cell'
    )
    parser.add_argument('--name', help='name of the model; by default that of the data folder')
    parser.add_argument('--task', help='what to learn; recognised by itself where it can be')
    parser.add_argument('--split', help='list of the pictures to learn from')
    parser.add_argument('--validation', help='list of the pictures to measure on')
    parser.add_argument(
        '--golden', metavar='DIR|LIST',
        help='pictures that decide whether the new version takes over; those of --validation by '
        'default',
    )  # fmt: skip
    parser.add_argument('--preset', choices=tuple(PRESETS), default='cpu')
    parser.add_argument('--config', type=Path, metavar='FILE', help='settings as YAML')
    parser.add_argument(
        '--set', action='append', default=[], metavar='KEY=VALUE',
        help='one setting, such as fit.epochs=20; may be repeated',
    )  # fmt: skip
    parser.add_argument('--from', dest='start_from', help='model to start from')
    parser.add_argument('--max-time', help='stop in good order after so long: 90s, 30m, 2h')
    parser.add_argument('--pictures', type=int, help='how many pictures or runs, from the cell')
    parser.add_argument('--run-dir', type=Path, help='folder for checkpoints and metrics')
    parser.add_argument('--resume', action='store_true', help='go on from the last checkpoint')
    parser.add_argument(
        '--export-only', action='store_true',
        help='learn nothing: measure the model of --from on these data and publish it anew',
    )  # fmt: skip
    parser.add_argument(
        '--learning-curve', action='store_true',
        help='also train on a quarter and on half of the data; takes three times as long',
    )  # fmt: skip
    parser.add_argument(
        '--tensorboard', action='store_true', help='write metrics for TensorBoard too'
    )
    parser.add_argument('--skip-bad', action='store_true', help='leave out what cannot be read')
    parser.add_argument('--licence', help='licence of the data; "unknown" where it is not said')
    parser.add_argument('--store', action='append', default=[], metavar='DIR')
    parser.add_argument(
        '--progress', choices=('bar', 'json'), default='bar',
        help='a bar for people, or a JSON object a line for programs',
    )  # fmt: skip
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    need_torch()
    with trainer_errors(), interruptible():
        return _train(options)


def _train(options: argparse.Namespace) -> int:
    from factory_perception.training.datasets.problems import DatasetError
    from factory_perception.training.produce import Order, produce
    from factory_perception.training.run_folder import RunFolder
    from factory_perception.training.settings import load_settings
    from factory_perception.training.tensorboard_files import TensorboardFiles

    _require_sense(options)
    data, validation = _data(options)
    name = options.name or Path(options.data).resolve().name.lower().replace('-', '_')
    store = default_store(options.store)
    board = TensorboardFiles() if options.tensorboard else None
    run = RunFolder(options.run_dir or _new_run(name), board)
    order = Order(
        name=name,
        recipe=_recipe(data),
        data=data,
        validation=validation,
        settings=load_settings(
            options.preset, options.config, _assignments(options), _learned(options, store)
        ),
        store=store,
        run=run,
        command=shlex.join(['factory_perception', *_that_matter(sys.argv[1:])]),
        licence=_licence(options),
        extra={'defects': list(CELL_DEFECTS)}
        if data.task == 'detect' and options.data == 'cell'
        else {},
        resume=options.resume,
        export_only=options.export_only,
        golden=_golden(options, data),
        learning_curve=options.learning_curve,
    )
    noun = 'pictures' if hasattr(data, 'classes') else 'recordings'
    with TrainingEvents() if options.progress == 'json' else TrainingProgress() as progress:
        progress.say(f'{name}: {len(data)} {noun} of {data.origin}; run in {run.path}')
        progress.say(f'measured on {len(validation)} {noun} of {validation.origin}')
        for line in left_out(data, validation):
            progress.say(line)
        try:
            folder = produce(order, progress.show, progress.say)
        except KeyboardInterrupt:
            raise CommandError(f'interrupted{_go_on(run)}') from None
        except OSError as error:
            place = error.filename or run.path
            raise CommandError(f'{place}: {error.strerror or error}{_go_on(run)}') from error
        except DatasetError as error:
            skip = '' if options.skip_bad else '; or leave out what is bad with --skip-bad'
            raise CommandError(f'{error}{skip}{_go_on(run)}') from error
    if folder is not None:
        _announce(folder, order.store, options.progress == 'json')
    return 0


def _go_on(run: RunFolder) -> str:
    """Say how a run that ended early goes on; nothing where no epoch was finished."""
    if not run.holds_checkpoint:
        return ''
    again = f'--run-dir {shlex.quote(str(run.path))} --resume'
    return f'; go on with the same command and {again}'


def _recipe(data: TrainingData) -> Recipe[Any]:
    from factory_perception.training.recipes import RECIPES

    if data.task not in RECIPES:
        raise CommandError(
            f'{data.origin}: nothing is learnt from faultless pictures alone; label the faults '
            'with boxes or masks, or sort all pictures into one folder a class'
        )
    return RECIPES[data.task]()


def _announce(folder: ModelFolder, store: ModelStore, to_program: bool) -> None:
    name, version = folder.manifest.name, folder.manifest.version
    report = folder.path / REPORT_FOLDER / 'index.html'
    promoted = store.champion(name) == version
    text = f'published {folder.label}{"" if promoted else ", not promoted"}: {folder.path}'
    if to_program:
        told = {'model': f'{name}@{version}', 'promoted': promoted, 'report': str(report)}
        tell('published', **told, text=text)
    else:
        print(text)
        if report.is_file():
            print(f'report: {report}')


def _data(options: argparse.Namespace) -> tuple[Any, Any]:
    from factory_perception.training.datasets.series import SERIES_TASKS
    from factory_perception.training.opening import held_runs, open_pictures, open_recordings

    pictures, skip = options.pictures, options.skip_bad
    if options.task in SERIES_TASKS:
        part = options.validation or 'val'
        held = held_runs(options.data, options.task, part, pictures)
        parts = (options.split or 'train', pictures), (part, held)
        data, validation = (
            open_recordings(options.data, options.task, part, runs, skip, by_content=True)
            for part, runs in parts
        )
        return data, validation
    data = open_pictures(options.data, options.task, options.split or 'train', pictures, skip)
    validation = options.validation or 'val'
    return data, open_pictures(options.data, data.task, validation, None, skip)


def _require_sense(options: argparse.Namespace) -> None:
    if not options.export_only:
        return
    if options.resume or options.learning_curve:
        raise CommandError('--export-only learns nothing: leave out --resume and --learning-curve')
    if not options.start_from:
        raise CommandError('--export-only publishes a model anew: say which with --from')
    if options.licence:
        raise CommandError('--export-only keeps the licence of the model: leave out --licence')


def _learned(options: argparse.Namespace, store: ModelStore) -> dict[str, Any]:
    """Give what a model was learned with that is published anew."""
    from factory_perception.training.anew import learned_with

    if not options.export_only:
        return {}
    return learned_with(store.find(options.start_from).manifest.provenance)


def _golden(options: argparse.Namespace, data: PictureData) -> PictureData | None:
    """Open what decides about promotion: a folder, or a list or part of the data themselves."""
    from factory_perception.training.class_order import in_order
    from factory_perception.training.opening import open_pictures

    if options.golden is None:
        return None
    if not hasattr(data, 'classes'):
        raise CommandError('--golden is for pictures; recordings are judged on --validation')
    elsewhere = Path(options.golden).is_dir()
    folder, part = (options.golden, None) if elsewhere else (options.data, options.golden)
    golden = open_pictures(folder, data.task, part, None, options.skip_bad)
    return in_order(golden, data.classes, 'the new model')[0]


def _that_matter(words: list[str]) -> list[str]:
    """Leave out of a command what decides about places and not about the model."""
    kept, skip = [], False
    for word in words:
        if not skip and word not in _PLACES and word != '--resume':
            kept.append(word)
        skip = not skip and word in _PLACES
    return kept


def _licence(options: argparse.Namespace) -> dict[str, str]:
    if options.data == 'cell':
        return {'model': 'Apache-2.0', 'data': 'Apache-2.0, drawn by this package'}
    licence = options.licence or 'unknown'
    return {'model': f'as the data: {licence}', 'data': licence}


def _assignments(options: argparse.Namespace) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in options.set:
        key, equals, value = text.partition('=')
        if not equals:
            raise CommandError(f'--set {text}: write it as KEY=VALUE, such as fit.epochs=20')
        found[key.strip()] = value
    if options.start_from:
        found['model.start_from'] = options.start_from
    if options.max_time:
        found['fit.max_time_s'] = str(_seconds(options.max_time))
    return found


def _seconds(text: str) -> float:
    units = {'s': 1.0, 'm': 60.0, 'h': 3600.0}
    try:
        return float(text[:-1]) * units[text[-1]]
    except (ValueError, KeyError, IndexError):
        raise CommandError(f'--max-time {text}: write it as 90s, 30m or 2h') from None


def _new_run(name: str) -> Path:
    stamp = datetime.now().strftime('%Y%m%d-%H%M%S')
    return data_home() / 'runs' / f'{name}-{stamp}'
