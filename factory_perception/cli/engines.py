"""``factory_perception engines``: what this machine can run a model on, and the plans for it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
from importlib import import_module
import logging
from pathlib import Path
import tempfile

from factory_perception.cli.errors import CommandError
from factory_perception.engines.background import BackgroundBuild, BuildState
from factory_perception.engines.comparison import compare_backends, Comparison
from factory_perception.engines.engine import EngineError
from factory_perception.engines.selection import available, BACKENDS, PRECISIONS
from factory_perception.engines.selftest.checks import Check, run_selftest
from factory_perception.engines.tensorrt.cuda import open_cuda
from factory_perception.engines.tensorrt.device import read_device
from factory_perception.engines.tensorrt.options import BuildOptions, LEVELS
from factory_perception.engines.tensorrt.plan_cache import PlanCache
from factory_perception.engines.tensorrt.provision import Provision
from factory_perception.model_store.store import default_store

_POLL_SECONDS = 0.1
_DEFAULTS = BuildOptions()


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep the log out of tables that say the same."""
    log = logging.getLogger('factory_perception')
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``engines`` and its actions."""
    parser = subparsers.add_parser(
        'engines', help='list the inference backends, build and check engines', description=__doc__
    )
    actions = parser.add_subparsers(title='actions', metavar='ACTION', required=True)
    action = actions.add_parser('list', help='the backends of this machine')
    action.set_defaults(run=_list)
    _add_build(actions)
    _add_check(actions)
    _add_selftest(actions)


def _add_build(actions: argparse._SubParsersAction) -> None:
    action = actions.add_parser(
        'build', help='build the TensorRT plan of a model and keep it for the nodes of this user'
    )
    _add_model(action)
    action.add_argument(
        '--precision',
        choices=[name for name in PRECISIONS if name != 'bf16'],
        default='auto',
        help='auto is the coarsest that the model holds, which is what nodes look for',
    )
    action.add_argument(
        '--workspace-mb',
        type=int,
        default=_DEFAULTS.workspace_mb,
        metavar='MB',
        help='scratch memory on the GPU that one layer may use (default %(default)s)',
    )
    action.add_argument(
        '--level',
        type=int,
        choices=LEVELS,
        default=_DEFAULTS.level,
        help='0 builds fast, 5 searches longest (default %(default)s)',
    )
    action.add_argument('--force', action='store_true', help='build even if there is a plan')
    action.set_defaults(run=_build)


def _add_check(actions: argparse._SubParsersAction) -> None:
    action = actions.add_parser(
        'check', help='run a model on every backend: the same values? how fast?'
    )
    _add_model(action)
    action.add_argument('--threads', type=int, default=1, metavar='N', help='of the CPU backends')
    action.set_defaults(run=_check)


def _add_selftest(actions: argparse._SubParsersAction) -> None:
    action = actions.add_parser(
        'selftest', help='prove on built-in networks that engines build, run and compute right'
    )
    action.add_argument(
        '--backend',
        choices=BACKENDS,
        default='auto',
        help='auto tests what is usable; a backend given by name has to be',
    )
    action.set_defaults(run=_selftest)


def _add_model(action: argparse.ArgumentParser) -> None:
    action.add_argument('model', help='name, name@version or the path of a folder')
    action.add_argument(
        '--store', action='append', default=[], metavar='DIR', help='model folder to look in'
    )
    action.add_argument(
        '--max-batch',
        type=int,
        default=_DEFAULTS.max_batch,
        metavar='N',
        help='largest batch that the plan takes: the number of cameras (default %(default)s)',
    )


def _list(options: argparse.Namespace) -> int:
    for name, reason in available().items():
        print(f'{name:12} {"no  " if reason else "yes "} {reason or _describe(name)}')
    cache = PlanCache()
    plans = sorted(cache.folder.glob('*.plan'))
    size = sum(plan.stat().st_size for plan in plans) / 1e6
    print(f'{len(plans)} plans, {size:.1f} MB, in {cache.folder}')
    return 0


def _describe(backend: str) -> str:
    version = import_module(backend).__version__
    if backend != 'tensorrt':
        return f'{version} on the CPU'
    try:
        device = read_device(open_cuda().library)
    except EngineError as error:
        return f'{version}, but {error}'
    return (
        f'{version} on {device}, driver {device.driver_release or "unknown"}, '
        f'CUDA {device.cuda_runtime}'
    )


def _build(options: argparse.Namespace) -> int:
    folder = default_store(options.store).find(options.model)
    precision = options.precision
    if precision == 'auto':
        precision = (folder.manifest.precisions or ('fp32',))[-1]
    choices = BuildOptions(options.max_batch, options.workspace_mb, options.level)
    provision = Provision(folder, precision, choices)
    build = BackgroundBuild(
        f'{folder.label} {precision}',
        lambda progress, cancel: provision.load_or_build(progress, cancel, options.force),
        folder,
        precision,
    )
    try:
        _show_progress(build)
    finally:
        build.cancel()  # by Ctrl-C, or it has ended already
        build.wait()
    status = build.status
    engine = build.take()
    if engine is None:
        raise EngineError(status.reason or str(status))
    with engine:
        print(f'{folder.label} {precision} on {engine.info.device}: {engine.info.note}')
    print(provision.cache.plan_path(provision.key))
    return 0


def _show_progress(build: BackgroundBuild) -> None:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn('{task.description}'), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn()) as bar:
        task = bar.add_task(build.status.goal, total=1.0)
        while not build.wait(_POLL_SECONDS):
            progress = build.status.progress
            bar.update(task, completed=progress.fraction, description=progress.phase[:40])
        if build.status.state is BuildState.READY:
            bar.update(task, completed=1.0, description='proved on the probe vectors')


@_silence()
def _check(options: argparse.Namespace) -> int:
    folder = default_store(options.store).find(options.model)
    print(f'{"backend":12} {"precision":9} {"max abs":>9} {"of range":>9} {"ms":>8} {"ratio":>6}')
    reference = 0.0
    failed = 0
    for row in compare_backends(folder, options.threads, options.max_batch):
        reference = reference or row.median_ms
        failed += not row.passed
        print(_row(row, reference))
    if failed:
        raise CommandError(f'{folder.label}: {failed} engines do not compute what they should')
    return 0


def _row(row: Comparison, reference_ms: float) -> str:
    head = f'{row.backend:12} {row.precision:9}'
    if row.parity is None:
        return f'{head} {"FAILED" if row.broken else "not compared"}: {row.note}'
    figures = (
        f'{row.parity.max_abs:9.2g} {row.parity.max_rel:9.1e} {row.median_ms:8.3f} '
        f'{reference_ms / row.median_ms:5.2f}x'
    )
    verdict = 'ok' if row.passed else f'FAILED: {row.parity}'
    return f'{head} {figures} {"; ".join(filter(None, (verdict, row.note)))}'


@_silence()
def _selftest(options: argparse.Namespace) -> int:
    wanted = BACKENDS[1:] if options.backend == 'auto' else (options.backend,)
    reasons = available()
    failed: list[Check] = []

    def report(check: Check) -> None:
        print(
            f'{"ok    " if check.passed else "FAILED"} {check.subject}: {check.detail}', flush=True
        )
        if not check.passed:
            failed.append(check)

    usable = [backend for backend in wanted if not reasons[backend]]
    for backend in wanted:
        if reasons[backend]:
            print(f'       {backend} is not usable here: {reasons[backend]}')
    with tempfile.TemporaryDirectory() as scratch:
        run_selftest(usable, Path(scratch), report)
    if options.backend != 'auto' and reasons[options.backend]:
        raise CommandError(f'{options.backend} was not tested: {reasons[options.backend]}')
    if failed:
        raise CommandError(f'{len(failed)} checks failed')
    return 0
