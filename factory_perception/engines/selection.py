"""Choose the engine: TensorRT where a GPU and a plan are there, else ONNX Runtime on the CPU."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.engines import onnx_engine, openvino_engine
from factory_perception.engines.background import BackgroundBuild
from factory_perception.engines.engine import Engine, EngineError
from factory_perception.engines.parity import require_parity
from factory_perception.engines.slot import EngineSlot
from factory_perception.engines.tensorrt import bindings
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.provision import Provision
from factory_perception.model_store.folder import ModelFolder

BACKENDS = ('auto', 'onnxruntime', 'openvino', 'tensorrt')
PRECISIONS = ('auto', 'fp32', 'bf16', 'fp16', 'int8')


class NoPlanError(EngineError):
    """TensorRT could run a model, but its plan was not built yet; the text says how to."""


def available() -> dict[str, str]:
    """Give, for every backend, why it cannot be used here; an empty text means that it can."""
    return {
        'onnxruntime': onnx_engine.unavailable_reason(),
        'openvino': openvino_engine.unavailable_reason(),
        'tensorrt': bindings.unavailable_reason(),
    }


def open_engine(
    folder: ModelFolder,
    backend: str = 'auto',
    precision: str = 'auto',
    threads: int = 1,
    max_batch: int = 1,
) -> Engine:
    """Open a model with what this machine has now; nothing is built.

    ``auto`` takes TensorRT where a plan of the model is cached and passes the comparison with the
    model's probe vectors, of the coarsest precision that the model holds; else ONNX Runtime in
    fp32. Why nothing better was taken is in ``info.note``.

    Args:
        folder: the model.
        backend: one of ``BACKENDS``.
        precision: one of ``PRECISIONS``; ``bf16`` is OpenVINO's alone.
        threads: how many threads an engine on the CPU uses.
        max_batch: the largest batch that will be asked for; plans are built for it.

    Raises:
        ModelError: the model has no such precision, or a file of it is missing or changed.
        EngineError: the backend was asked for by name and is not usable here, has no plan, or
            refuses the model.
    """
    _check(folder, backend, precision)
    if backend == 'onnxruntime':
        return _open_onnxruntime(folder, precision, threads)
    if backend == 'openvino' or precision == 'bf16':
        return _open_openvino(folder, precision, threads)
    found = _open_tensorrt(folder, precision, max_batch)
    if found.engine is None and backend == 'tensorrt':
        raise EngineError('; '.join(found.reasons))
    return found.engine or _open_instead(folder, precision, threads, found.reasons)


def serve(
    folder: ModelFolder,
    backend: str = 'auto',
    precision: str = 'auto',
    threads: int = 1,
    max_batch: int = 1,
) -> EngineSlot:
    """Open a model at once and, where TensorRT could run it but has no plan yet, build that.

    What a node calls: the engine in the slot serves from the first frame on, on the CPU if need be
    even where ``tensorrt`` was asked for, and gives way when the plan is built and proved.

    Args:
        folder: the model.
        backend: one of ``BACKENDS``.
        precision: one of ``PRECISIONS``.
        threads: how many threads an engine on the CPU uses.
        max_batch: the largest batch that will be asked for; plans are built for it.

    Raises:
        ModelError: the model has no such precision, or a file of it is missing or changed.
        EngineError: the backend was asked for by name and is not usable here.
    """
    _check(folder, backend, precision)
    if backend in ('onnxruntime', 'openvino') or precision == 'bf16':
        return EngineSlot(open_engine(folder, backend, precision, threads, max_batch))
    found = _open_tensorrt(folder, precision, max_batch)
    if found.engine is None and not found.missing and backend == 'tensorrt':
        raise EngineError('; '.join(found.reasons))
    engine = found.engine or _open_instead(folder, precision, threads, found.reasons)
    if not found.missing:
        return EngineSlot(engine)
    wanted = found.missing[0]
    provision = Provision(folder, wanted, BuildOptions(max_batch))
    return EngineSlot(
        engine, BackgroundBuild(f'tensorrt {wanted}', provision.load_or_build, folder, wanted)
    )


def open_unproved(
    folder: ModelFolder, backend: str, precision: str, threads: int = 1, max_batch: int = 1
) -> Engine:
    """Open a model on one backend, named, in one precision, named, without looking at its values.

    Raises:
        ModelError: the model has no such precision, or a file of it is missing or changed.
        NoPlanError: the backend is TensorRT and the plan was not built yet.
        EngineError: the backend is not usable here, or refuses the model.
    """
    _check(folder, backend, precision)
    if backend == 'tensorrt':
        return _open_plan(folder, precision, max_batch)
    opener = _open_openvino if backend == 'openvino' else _open_onnxruntime
    return opener(folder, precision, threads)


def _check(folder: ModelFolder, backend: str, precision: str) -> None:
    if backend not in BACKENDS:
        raise EngineError(f'there is no backend "{backend}", only {", ".join(BACKENDS)}')
    if precision not in PRECISIONS:
        raise EngineError(f'there is no precision "{precision}", only {", ".join(PRECISIONS)}')
    if precision == 'bf16' and backend not in ('auto', 'openvino'):
        raise EngineError(f'{backend} has no bf16: take openvino, or another precision')
    if precision not in ('auto', 'bf16'):
        folder.manifest.onnx_file(precision)


def _precisions(folder: ModelFolder, precision: str) -> tuple[str, ...]:
    """Give the precisions to try on a GPU, the best first; a model holds what passed its gate."""
    if precision != 'auto':
        return (precision,)
    return tuple(reversed(folder.manifest.precisions or ('fp32',)))


@dataclass(frozen=True)
class _Found:
    engine: Engine | None
    #: Why not a better one.
    reasons: list[str]
    #: The better precisions that could be built, the best first.
    missing: list[str]


def _open_tensorrt(folder: ModelFolder, precision: str, max_batch: int) -> _Found:
    """Open the best plan that is cached and passes its comparison."""
    unavailable = bindings.unavailable_reason()
    if unavailable:
        return _Found(None, [unavailable], [])
    reasons: list[str] = []
    missing: list[str] = []
    for candidate in _precisions(folder, precision):
        try:
            engine = _open_proved(folder, candidate, max_batch)
        except EngineError as error:
            reasons.append(str(error))
            if isinstance(error, NoPlanError):
                missing.append(candidate)
            continue
        for reason in reasons:
            engine.add_note(reason)
        return _Found(engine, reasons, missing)
    return _Found(None, reasons, missing)


def _open_proved(folder: ModelFolder, precision: str, max_batch: int) -> Engine:
    engine = _open_plan(folder, precision, max_batch)
    try:
        require_parity(engine, folder, precision)
    except BaseException:
        engine.close()
        raise
    return engine


def _open_plan(folder: ModelFolder, precision: str, max_batch: int) -> Engine:
    engine = Provision(folder, precision, BuildOptions(max_batch)).load()
    if engine is None:
        raise NoPlanError(
            f'no {precision} plan for batches up to {max_batch} is cached: factory_perception '
            f'engines build {folder.label} --precision {precision} --max-batch {max_batch}'
        )
    return engine


def _open_instead(folder: ModelFolder, precision: str, threads: int, reasons: list[str]) -> Engine:
    """Open the engine that runs everywhere, and say why."""
    engine = _open_onnxruntime(folder, 'fp32', threads)
    if precision not in ('auto', 'fp32'):
        engine.add_note(f'fp32 instead of {precision}, which is faster on a GPU only')
    engine.add_note('not TensorRT: ' + '; '.join(reasons))
    return engine


def _open_onnxruntime(folder: ModelFolder, precision: str, threads: int) -> Engine:
    if reason := onnx_engine.unavailable_reason():
        raise EngineError(reason)
    chosen = 'fp32' if precision == 'auto' else precision
    engine = onnx_engine.OnnxEngine(folder, chosen, threads)
    if chosen != 'fp32':
        engine.add_note(f'{chosen} is made for a GPU; here it is slower than fp32')
    return engine


def _open_openvino(folder: ModelFolder, precision: str, threads: int) -> Engine:
    if reason := openvino_engine.unavailable_reason():
        raise EngineError(reason)
    chosen = 'fp32' if precision == 'auto' else precision
    engine = openvino_engine.OpenVinoEngine(folder, chosen, threads)
    if chosen == 'fp16':
        engine.add_note('fp16 is made for a GPU; here it is computed in fp32')
    if chosen not in folder.manifest.metrics:
        engine.add_note(f'{folder.label} has no accuracy figures for {chosen}')
    return engine
