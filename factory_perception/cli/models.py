"""``factory_perception models``: look at the models of this machine and choose which one runs."""

from __future__ import annotations

import argparse
import json

from factory_perception.cli import import_model
from factory_perception.cli.errors import CommandError
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.store import default_store, ModelStore


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``models`` and its actions."""
    parser = subparsers.add_parser(
        'models',
        help='list, show, verify, promote, roll back and import models',
        description=__doc__,
    )
    _add_store(parser, [])
    actions = parser.add_subparsers(title='actions', metavar='ACTION', required=True)

    action = actions.add_parser('list', help='all models and their versions; * marks the champion')
    action.set_defaults(run=_list)
    action = actions.add_parser('show', help='the manifest of a model, as JSON')
    _add_reference(action)
    action.set_defaults(run=_show)
    action = actions.add_parser('verify', help='check every file against its checksum')
    _add_reference(action, nargs='?')
    action.set_defaults(run=_verify)
    action = actions.add_parser('promote', help='make a version the one that nodes run')
    _add_reference(action)
    action.set_defaults(run=_promote)
    import_model.add_action(actions)
    action = actions.add_parser('rollback', help='go back to the champion before')
    action.add_argument('name')
    action.set_defaults(run=_rollback)
    for action in actions.choices.values():
        _add_store(action, argparse.SUPPRESS)  # behind the action too, as elsewhere


def _add_store(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        '--store',
        action='append',
        default=default,
        metavar='DIR',
        help='model folder to use instead of the default ones; may be repeated, '
        'the first one is written to',
    )


def _add_reference(action: argparse.ArgumentParser, nargs: str | None = None) -> None:
    action.add_argument('model', nargs=nargs, help='name, name@version or the path of a folder')


def _list(options: argparse.Namespace) -> int:
    store = default_store(options.store)
    names = store.names()
    if not names:
        print('no models in ' + ', '.join(map(str, store.roots)))
    rows = [
        (_mark(store, name, version), _summary(store, name, version), str(path))
        for name in names
        for version, path in store.versions(name).items()
    ]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    for row in rows:
        print('  '.join(map(str.ljust, row, widths)).rstrip())
    return 0


def _mark(store: ModelStore, name: str, version: int) -> str:
    return f'{"*" if store.champion(name) == version else " "} {name}@{version}'


def _summary(store: ModelStore, name: str, version: int) -> str:
    try:
        manifest = store.find(f'{name}@{version}').manifest
    except ModelError as error:
        return f'unusable: {error}'
    return f'{manifest.task}, {"/".join(manifest.precisions)}, {_headline(manifest.metrics)}'


def _headline(metrics: object) -> str:
    figures = metrics.get('fp32', {}) if isinstance(metrics, dict) else {}
    keys = ('map50', 'macro_f1', 'event_recall', 'skill_over_best', 'miou', 'accuracy')
    for key in keys:
        if figures.get(key) is not None:
            return f'{key} {figures[key]:.3f}'
    return 'no figures'


def _show(options: argparse.Namespace) -> int:
    folder = default_store(options.store).find(options.model)
    print(json.dumps(json.loads((folder.path / 'manifest.json').read_bytes()), indent=2))
    return 0


def _verify(options: argparse.Namespace) -> int:
    store = default_store(options.store)
    references = (
        [options.model]
        if options.model
        else [f'{name}@{version}' for name in store.names() for version in store.versions(name)]
    )
    broken = 0
    for reference in references:
        try:
            folder = store.find(reference)
            folder.verify()
        except ModelError as error:
            broken += 1
            print(f'BROKEN {reference}: {error}')
        else:
            print(f'ok     {_label(folder)}: {len(folder.manifest.files)} files')
    if broken:
        raise CommandError(f'{broken} of {len(references)} models are broken')
    return 0


def _label(folder: ModelFolder) -> str:
    return f'{folder.label} ({folder.path})'


def _promote(options: argparse.Namespace) -> int:
    store = default_store(options.store)
    folder = store.find(options.model)
    store.promote(folder.manifest.name, folder.manifest.version)
    print(f'{folder.label} is the champion: nodes run it from their next configure on')
    return 0


def _rollback(options: argparse.Namespace) -> int:
    version = default_store(options.store).rollback(options.name)
    print(f'{options.name}@{version} is the champion again')
    return 0
