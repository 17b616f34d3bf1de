"""From data to a published model: fit, export, measure every precision, judge, publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn

from factory_perception import __version__
from factory_perception.engines.onnx_engine import OnnxEngine
from factory_perception.engines.parity import require_parity
from factory_perception.model_store.folder import ModelFolder, PROBE_FILE
from factory_perception.model_store.publish import publish
from factory_perception.model_store.store import ModelStore
from factory_perception.training.data import PictureData
from factory_perception.training.distributed import join_team
from factory_perception.training.exporting import OPSET
from factory_perception.training.fit import fit, Step
from factory_perception.training.gate import judge, Verdict
from factory_perception.training.quantise import quantise, QuantiseError
from factory_perception.training.recipe import Recipe
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.settings import TrainingSettings
from factory_perception.training.speed import int8_speed
from factory_perception.training.weights import (
    freeze,
    pack_weights,
    start_from_model,
    start_trunk_from_file,
    WEIGHTS_FILE,
)


@dataclass(frozen=True)
class Order:
    """What is to be made, from what, and where it goes."""

    name: str
    recipe: Recipe
    data: PictureData
    validation: PictureData
    settings: TrainingSettings
    store: ModelStore
    run: RunFolder
    #: Command line, for the provenance.
    command: str
    licence: dict[str, str]
    extra: dict[str, Any] = field(default_factory=dict)
    resume: bool = False


@dataclass(frozen=True)
class Candidate:
    """A trained network in every precision that was tried, with figures and verdicts."""

    network: nn.Module
    manifest: dict[str, Any]
    files: dict[str, bytes]
    verdicts: list[Verdict]


def produce(
    order: Order, watch: Callable[[Step], None], say: Callable[[str], None]
) -> ModelFolder | None:
    """Train and publish the next version of a model; nothing where this process does not lead.

    Args:
        order: what to make.
        watch: called after every training step.
        say: called with one line about each stage after training.

    Raises:
        SettingsError, FitError, EngineError, OSError: the text says what to change.
    """
    team = join_team()
    network = _start(order, say)
    order.run.write_settings(order.settings)
    lesson = order.recipe.lesson(network, order.data, order.validation, order.settings, team)
    trained = fit(lesson, order.settings.fit, order.run, watch, order.resume)
    if not team.leads:
        return None
    candidate = build_candidate(order, trained, say)
    folder = publish(order.store, candidate.manifest, candidate.files, _facts(candidate.files))
    return folder


def _start(order: Order, say: Callable[[str], None]) -> nn.Module:
    recipe, model = order.recipe, order.settings.model
    torch.manual_seed(order.settings.fit.seed)
    network = recipe.network(order.settings, order.data)
    missing: list[str] = []
    if model.pretrained:
        missing = start_trunk_from_file(recipe.trunk(network), Path(model.pretrained))
    if model.start_from:
        missing = start_from_model(network, order.store.find(model.start_from))
    if missing:
        say(f'{len(missing)} tensors begin afresh, among them {", ".join(missing[:3])}')
    trunk = recipe.trunk(network)
    if model.freeze == 'trunk':
        freeze(network, [trunk])
    elif model.freeze == 'stem':
        freeze(network, [trunk.stem])  # type: ignore[list-item]
    return network


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
    manifest = _manifest(order, network)
    reference = _measure(order, manifest, files, 'fp32')
    say(f'fp32: {recipe.metric} {reference[recipe.metric]:.4f} on {order.validation.origin}')
    metrics, verdicts = {'fp32': reference}, []
    for precision in ('fp16', 'int8'):
        if not getattr(settings.export, precision):
            continue
        verdict, data, figures = _try_precision(order, network, manifest, files, precision)
        if figures:
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
    manifest['metrics'] = metrics
    manifest['provenance']['precisions'] = [asdict(verdict) for verdict in verdicts]
    return Candidate(network, manifest, files, verdicts)


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
    with _trial(order, manifest, files) as folder:
        faster, sentence = int8_speed(folder)
    return Verdict('int8', faster, f'{verdict.reason}; {sentence}')


def _measure(
    order: Order, manifest: dict[str, Any], files: dict[str, bytes], precision: str
) -> dict[str, Any]:
    """Measure a precision on the CPU, on a store that nobody else sees."""
    with _trial(order, manifest, files) as folder:
        if precision == 'fp32':
            with OnnxEngine(folder) as engine:
                require_parity(engine, folder, 'fp32')
        return order.recipe.evaluate(folder, order.validation, 'onnxruntime', precision)


class _trial:  # noqa: N801 - used like a function
    """A model folder for as long as it is measured."""

    def __init__(self, order: Order, manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix='factory_perception_')
        store = ModelStore((Path(self._scratch.name),))
        self._folder = publish(store, manifest, files, _facts(files))

    def __enter__(self) -> ModelFolder:
        return self._folder

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()


def _facts(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return {
        name: {'precision': name.removesuffix('.onnx'), 'opset': OPSET}
        for name in files
        if name.endswith('.onnx')
    }


def _manifest(order: Order, network: nn.Module) -> dict[str, Any]:
    return {
        'name': order.name,
        'task': order.recipe.task,
        **order.recipe.manifest(network, order.settings, order.data),
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
        },
        'metrics': {},
        'licence': order.licence,
        'settings': order.extra,
    }
