"""The checks of the selftest, each of which ends in one line for the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import contextlib
from dataclasses import dataclass
import functools
from pathlib import Path
import time

from factory_perception.engines import openvino_engine
from factory_perception.engines.engine import Engine, EngineError
from factory_perception.engines.parity import check_parity
from factory_perception.engines.selection import open_engine
from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.selftest.recurrent import make_recurrent
from factory_perception.engines.tensorrt.engine import TensorRtEngine
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.plan_cache import PlanCache
from factory_perception.engines.tensorrt.provision import Provision
from factory_perception.engines.tensorrt.session import Session
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.store import ModelStore

#: Fewer than the probe vectors, so that a plan is run in more than one batch.
_MAX_BATCH = 2


@dataclass(frozen=True)
class Check:
    """One thing that was proved, or was not."""

    subject: str
    passed: bool
    detail: str


Report = Callable[[Check], None]


class _Failed(Exception):  # noqa: N818
    """A check that ran to its end and did not hold."""


def run_selftest(backends: Sequence[str], scratch: Path, report: Report) -> None:
    """Check usable backends on two networks: one shaped like a detector, one recurrent step.

    Args:
        backends: their names.
        scratch: an empty folder for models and plans; the user's own are left alone.
        report: told of every check, one after another.
    """
    store = ModelStore((scratch / 'models',))
    for network in (make_detector(), make_recurrent()):
        folder = publish_network(store, network)
        for backend in backends:
            if backend == 'tensorrt':
                check_tensorrt(folder, scratch / 'plans', report)
            else:
                check_cpu_backend(backend, folder, report)


def check_cpu_backend(backend: str, folder: ModelFolder, report: Report) -> None:
    """Check a model on a backend that runs on the processor."""
    precisions = ['fp32']
    if backend == 'openvino' and not openvino_engine.bf16_unavailable_reason():
        precisions.append('bf16')
    for precision in precisions:
        subject = f'{backend} {folder.manifest.name} {precision}'
        _reported(report, subject, functools.partial(_run_on_cpu, backend, folder, precision))


def check_tensorrt(folder: ModelFolder, plans: Path, report: Report) -> None:
    """Check a model on TensorRT in every precision that it holds."""
    for precision in folder.manifest.precisions:
        provision = Provision(folder, precision, BuildOptions(_MAX_BATCH), PlanCache(plans))
        _check_plan(provision, report)


def _check_plan(provision: Provision, report: Report) -> None:
    subject = f'tensorrt {provision.folder.manifest.name} {provision.precision}'
    if not _reported(report, f'{subject}: build', lambda: _build(provision)):
        return
    opened: list[TensorRtEngine] = []
    if not _reported(report, f'{subject}: plan cache', lambda: _load(provision, opened)):
        return
    checks: dict[str, Callable[[TensorRtEngine, ModelFolder, str], str]] = {
        'precision': _computes_in_its_precision,
        'values': _computes_right,
        'CUDA graph': _runs_as_graph,
    }
    with contextlib.closing(opened[0]) as engine:
        for name, check in checks.items():
            run = functools.partial(check, engine, provision.folder, provision.precision)
            _reported(report, f'{subject}: {name}', run)


def _reported(report: Report, subject: str, run: Callable[[], str]) -> bool:
    try:
        check = Check(subject, True, run())
    except (EngineError, ModelError, _Failed) as error:
        check = Check(subject, False, str(error))
    report(check)
    return check.passed


def _run_on_cpu(backend: str, folder: ModelFolder, precision: str) -> str:
    with open_engine(folder, backend, precision) as engine:
        return _computes_right(engine, folder, precision)


def _build(provision: Provision) -> str:
    start = time.perf_counter()
    provision.load_or_build().close()
    size = provision.cache.plan_path(provision.key).stat().st_size
    return f'{time.perf_counter() - start:.1f} s, {size / 1024:.0f} KiB'


def _load(provision: Provision, opened: list[TensorRtEngine]) -> str:
    engine = provision.load()
    if engine is None:
        raise _Failed('the plan just built is not found again')
    opened.append(engine)
    return f'loaded again in {engine.info.load_seconds:.2f} s'


def _computes_in_its_precision(engine: TensorRtEngine, folder: ModelFolder, precision: str) -> str:
    if engine.proof.headline != precision:
        raise _Failed(engine.info.note)
    return str(engine.proof)


def _computes_right(engine: Engine, folder: ModelFolder, precision: str) -> str:
    probe = folder.read_probe()
    reports = [check_parity(engine, probe, precision, batch) for batch in (None, 1)]
    for report in reports:
        if not report.passed:
            raise _Failed(str(report))
    return f'off by {max(report.max_rel for report in reports):.1e} of the range at most'


def _runs_as_graph(engine: TensorRtEngine, folder: ModelFolder, precision: str) -> str:
    session = engine.buffers(1).binding
    if not isinstance(session, Session) or session.note:
        raise _Failed(session.note if isinstance(session, Session) else 'no session')
    return 'recorded, and replayed with the values above'
