"""``factory_perception dataset``: look over a data set before time is spent on it."""

from __future__ import annotations

import argparse
from collections import Counter
import json
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from factory_perception.cli.errors import CommandError
from factory_perception.files import write_atomic

if TYPE_CHECKING:
    from factory_perception.training.datasets.audit import Audit

#: So many findings of one kind are printed; the JSON file has all of them.
SHOWN = 5


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``dataset`` and its actions."""
    parser = subparsers.add_parser('dataset', help='check a data set', description=__doc__)
    actions = parser.add_subparsers(title='actions', metavar='ACTION', required=True)
    action = actions.add_parser(
        'check', help='say what a folder is taken for, what is in it and what is wrong with it'
    )
    action.add_argument('folder', type=Path, metavar='DIR')
    action.add_argument('--task', help='what to learn from it; chosen by its format when absent')
    action.add_argument('--format', help='for a folder that looks like several formats')
    action.add_argument('--split', metavar='LISTFILE', help='a list of names to check as well')
    action.add_argument('--json', type=Path, metavar='FILE', help='write everything as JSON')
    action.add_argument('--preview', type=Path, metavar='FILE', help='draw a sheet of samples')
    action.add_argument(
        '--skip-bad',
        action='store_true',
        help='list what training with --skip-bad leaves out, and do not count it as errors',
    )
    action.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from factory_perception.training.datasets.audit import audit
    from factory_perception.training.datasets.preview import preview, require_kind
    from factory_perception.training.datasets.problems import DatasetError

    try:
        if options.preview:
            require_kind(options.preview.suffix)
        found = audit(options.folder, options.task, options.format, options.split)
        if options.json:
            write_atomic(options.json, json.dumps(found.as_json(), indent=1).encode())
        _print(found, options.skip_bad)
        if options.preview:
            write_atomic(
                options.preview, preview(found.opened, found.skippable, options.preview.suffix)
            )
    except DatasetError as error:
        raise CommandError(str(error)) from error
    return 1 if found.errors(options.skip_bad) else 0


def _print(found: Audit, skip_bad: bool) -> None:
    opened = found.opened
    print(f'{opened.origin}\n  taken for {opened.why}')
    parts = ', '.join(f'{part} {len(rows)}' for part, rows in opened.splits.members.items())
    print(f'  parts: {parts}' + (f' ({opened.splits.how})' if opened.splits.how else ''))
    for name, text in found.facts.items():
        print(f'  {name}: {text}')
    _print_counts(found)
    _print_problems(found)
    if skip_bad and found.skippable:
        print(f'\n--skip-bad leaves out {len(found.skippable)} of {len(opened.names)} entries:')
        for name in found.skippable:
            print(f'  {name}')
    numbers = Counter(problem.severity for problem in found.problems)
    remaining = len(found.errors(skip_bad))
    print(f'\n{numbers["error"]} errors, {numbers["warning"]} warnings, {numbers["note"]} notes'
          + (f'; {remaining} errors remain' if skip_bad else ''))  # fmt: skip


def _print_counts(found: Audit) -> None:
    if not found.counts:
        return
    parts = list(dict.fromkeys(part for row in found.counts.values() for part in row))
    width = max(len(name) for name in found.counts)
    print('\n  ' + ' ' * width + ''.join(f'{part[:18]:>19}' for part in parts))
    for name, row in found.counts.items():
        print(f'  {name:{width}}' + ''.join(f'{row.get(part, 0):>19g}' for part in parts))


def _print_problems(found: Audit) -> None:
    shown: Counter[tuple[str, str]] = Counter()
    print()
    for problem in found.problems:
        key = problem.severity, problem.kind
        shown[key] += 1
        if shown[key] <= SHOWN:
            print(f'{problem.severity:8}{problem.describe()}')
    for (severity, kind), count in shown.items():
        if count > SHOWN:
            print(f'{severity:8}... and {count - SHOWN} more of the kind "{kind}": --json has all')
    sys.stdout.flush()
