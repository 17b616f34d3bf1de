"""A trained network becomes a candidate: exported, measured in every precision, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from factory_perception import __version__
from factory_perception.engines.onnx_engine import OnnxEngine
from factory_perception.engines.parity import require_parity
from factory_perception.model_store.folder import PROBE_FILE
from factory_perception.training.gate import judge, Verdict
from factory_perception.training.order import Order
from factory_perception.training.quantise import quantise, QuantiseError
from factory_perception.training.recipe import WithFiles, WithNotes
from factory_perception.training.report.report import plain
from factory_perception.training.speed import int8_speed
from factory_perception.training.trial import trial
from factory_perception.training.weights import pack_weights, WEIGHTS_FILE


@dataclass(frozen=True)
class Candidate:
    """A trained network in every precision that was tried, with figures and verdicts."""

    network: nn.Module
    manifest: dict[str, Any]
    files: dict[str, bytes]
    verdicts: list[Verdict]
    #: Figures of every precision that could be measured, kept or not.
    measured: dict[str, dict[str, Any]]
    #: Bytes of its ONNX file, by precision.
    sizes: dict[str, int]


def build_candidate(order: Order, network: nn.Module, say: Callable[[str], None]) -> Candidate:
    """Export a trained network, measure it in every precision and judge what may be published."""
    recipe, settings = order.recipe, order.settings
    say('exporting')
    recipe.calibrate(network, settings, order.validation)
    fp32 = recipe.export(network, settings, half=False)
    files = {
        'fp32.onnx': fp32,
        PROBE_FILE: recipe.probe(network, settings, order.validation),
        WEIGHTS_FILE: pack_weights(network),
    }
    if isinstance(recipe, WithFiles):
        files |= recipe.files()
    manifest = _manifest(order, network)
    for note in manifest['provenance']['notes']:
        say(note)
    reference = _measure(order, manifest, files, 'fp32')
    say(f'fp32: {recipe.metric} {reference[recipe.metric]:.4f} on {order.validation.origin}')
    metrics, verdicts = {'fp32': reference}, []
    measured, sizes = dict(metrics), {'fp32': len(fp32)}
    for precision in ('fp16', 'int8'):
        if not getattr(settings.export, precision):
            continue
        verdict, data, figures = _try_precision(order, network, manifest, files, precision)
        if figures:
            measured[precision], sizes[precision] = figures, len(data)
            verdict = verdict or judge(
                precision, figures, reference, recipe.metric,
                getattr(settings.export, f'{precision}_max_drop'), settings.export.class_max_drop,
            )  # fmt: skip
        assert verdict is not None
        if verdict.kept and precision == 'int8':
            verdict = _judge_speed(order, manifest, {**files, 'int8.onnx': data}, verdict)
        say(f'{precision} {"kept" if verdict.kept else "left out"}: {verdict.reason}')
        verdicts.append(verdict)
        if verdict.kept:
            files[f'{precision}.onnx'] = data
            metrics[precision] = figures
    manifest['metrics'] = plain(metrics)
    manifest['provenance']['precisions'] = [asdict(verdict) for verdict in verdicts]
    return Candidate(network, manifest, files, verdicts, measured, sizes)


def _try_precision(
    order: Order,
    network: nn.Module,
    manifest: dict[str, Any],
    files: dict[str, bytes],
    precision: str,
) -> tuple[Verdict | None, bytes, dict[str, Any]]:
    """Make a coarser network and measure it; a verdict only where there is nothing to measure."""
    if precision == 'fp16':
        data = order.recipe.export(network, order.settings, half=True)
    else:
        try:
            data = quantise(
                files['fp32.onnx'], _calibration(order), order.recipe.quantised_layers()
            )
        except QuantiseError as error:
            return Verdict(precision, False, str(error)), b'', {}
    figures = _measure(order, manifest, {**files, f'{precision}.onnx': data}, precision)
    return None, data, figures


def _calibration(order: Order) -> Iterator[dict[str, NDArray]]:
    """Give training pictures as a node would write them; never validation pictures."""
    count = min(order.settings.export.calibration_pictures, len(order.data))
    rng = np.random.default_rng(order.settings.fit.seed)
    for index in rng.permutation(len(order.data))[:count]:
        yield order.recipe.inputs(order.settings, order.data, int(index))


def _judge_speed(
    order: Order, manifest: dict[str, Any], files: dict[str, bytes], verdict: Verdict
) -> Verdict:
    with trial(manifest, files) as folder:
        faster, sentence = int8_speed(folder)
    return Verdict('int8', faster, f'{verdict.reason}; {sentence}')


def _measure(
    order: Order, manifest: dict[str, Any], files: dict[str, bytes], precision: str
) -> dict[str, Any]:
    """Measure a precision on the CPU, on a store that nobody else sees."""
    with trial(manifest, files) as folder:
        if precision == 'fp32':
            with OnnxEngine(folder) as engine:
                require_parity(engine, folder, 'fp32')
        return order.recipe.evaluate(folder, order.validation, 'onnxruntime', precision)


def _manifest(order: Order, network: nn.Module) -> dict[str, Any]:
    described = order.recipe.manifest(network, order.settings, order.data)
    return {
        'name': order.name,
        'task': order.recipe.task,
        **described,
        'provenance': {
            'command': order.command,
            'created': datetime.now(timezone.utc).isoformat(timespec='seconds'),
            'code_version': __version__,
            'data': order.data.origin,
            'data_sha256': order.data.sha256,
            'validation': order.validation.origin,
            'validation_sha256': order.validation.sha256,
            'seed': order.settings.fit.seed,
            'settings': asdict(order.settings),
            'parameters': sum(p.numel() for p in network.parameters()),
            'notes': list(order.recipe.notes()) if isinstance(order.recipe, WithNotes) else [],
        },
        'metrics': {},
        'licence': order.licence,
        'settings': {**described.get('settings', {}), **order.extra},
    }
