"""A trained model of slow joint data: a random forest and a GRU on a row a second, mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import io

import numpy as np

from factory_perception.engines.engine import Engine
from factory_perception.faults.arrays import read_arrays
from factory_perception.faults.classifier import (
    INPUT,
    NEXT_STATE,
    OUTPUT,
    STATE,
)
from factory_perception.faults.forest import Forest, unpack_forest
from factory_perception.faults.telemetry import Array, row_width, Rows, VIEWS
from factory_perception.faults.trees import softmax
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError

TASK = 'telemetry'
TELEMETRY_FILE, FOREST_FILE = 'telemetry.npz', 'forest.npz'
#: Scaled features beyond this say no more.
_CLIP = 8.0


@dataclass(frozen=True)
class Scaling:
    """``mean`` and ``spread`` ``(F,)`` of the features on training data, for the network."""

    mean: Array
    spread: Array

    def apply(self, rows: Rows) -> Rows:
        """Scale rows ``(..., F)``."""
        scaled = np.clip((rows - self.mean) / self.spread, -_CLIP, _CLIP)
        return scaled.astype(np.float32)


@dataclass(frozen=True)
class TelemetryModel:
    """Everything of a published telemetry model but its network.

    ``thresholds`` are the scores from which on each kind of fault counts; ``view`` is ``arm`` or
    ``joint``; ``share`` ``(K,)`` is the network's part in the score of each kind, the rest is the
    forest's.
    """

    label: str
    kinds: tuple[str, ...]
    joints: tuple[str, ...]
    view: str
    thresholds: Mapping[str, float]
    forest: Forest
    share: Array
    scaling: Scaling

    @property
    def limits(self) -> Array:
        """Give the thresholds in the order of the kinds, ``(K,)``."""
        return np.array([self.thresholds[kind] for kind in self.kinds])


def mixed(trees: Array, network: Array, share: Array) -> Array:
    """Mix probabilities ``(..., K + 1)`` of forest and network to those of the kinds ``(..., K)``.

    A mean, not a product: where one of them knows nothing of a kind, it cannot veto the other.
    """
    found: Array = (1.0 - share) * trees[..., 1:] + share * network[..., 1:]
    return found


def pack_telemetry(share: Array, scaling: Scaling) -> bytes:
    """Give both as the content of an ``.npz`` file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, share=share, mean=scaling.mean, spread=scaling.spread)
    return buffer.getvalue()


def read_telemetry_model(folder: ModelFolder) -> TelemetryModel:
    """Read a telemetry model; every file is checked against the manifest first.

    Raises:
        ModelError: the model is for another task, or a file is missing or broken.
    """
    manifest, label = folder.manifest, folder.label
    if manifest.task != TASK:
        raise ModelError(f'{label} is a model for {manifest.task}, not for slow joint data')
    try:
        settings = manifest.settings
        kinds, joints, view = (settings[name] for name in ('kinds', 'joints', 'view'))
        if view not in VIEWS:
            raise ValueError(f'its view is {view!r}, it can be {" or ".join(VIEWS)}')
        width = row_width(view, len(joints))
        forest = unpack_forest(folder.read(FOREST_FILE), FOREST_FILE, width)
        arrays = read_arrays(folder.read(TELEMETRY_FILE), TELEMETRY_FILE)
        share = arrays['share']
        scaling = Scaling(arrays['mean'], arrays['spread'])
    except (KeyError, ValueError) as error:
        raise ModelError(f'{label}: {error}') from error
    counts = {len(share) + 1, forest.share.shape[1], len(kinds) + 1}
    if len(counts) > 1 or len(scaling.mean) != width:
        raise ModelError(f'{label}: its files do not belong together: publish the model again')
    if not set(kinds) <= set(manifest.thresholds):
        raise ModelError(f'{label}: a threshold is missing: publish the model again')
    return TelemetryModel(
        label, tuple(kinds), tuple(joints), view, manifest.thresholds, forest, share, scaling
    )


class TelemetryClassifier:
    """Runs a telemetry model on one robot, row by row; used by one thread."""

    def __init__(self, model: TelemetryModel, engine: Engine) -> None:
        """Take a model and the engine of its network.

        Raises:
            ModelError: the network has other inputs or outputs.
        """
        names = [spec.name for spec in (*engine.inputs, *engine.outputs)]
        if names != [INPUT, STATE, OUTPUT, NEXT_STATE]:
            raise ModelError(f'{model.label} holds no network for faults: {", ".join(names)}')
        self.model = model
        self._engine = engine
        self._buffers = engine.buffers(1 if model.view == 'arm' else len(model.joints))
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._buffers.inputs[STATE][:] = 0.0

    def update(self, rows: Rows) -> Array:
        """Give the probabilities of the kinds ``(P, K)`` for the newest rows ``(P, F)``.

        Raises:
            EngineError: the runtime failed.
        """
        model = self.model
        trees = model.forest.probabilities(rows)
        self._buffers.inputs[INPUT][:] = model.scaling.apply(rows)
        self._engine.infer(self._buffers)
        network = softmax(self._buffers.outputs[OUTPUT].astype(np.float64))
        self._buffers.inputs[STATE][:] = self._buffers.outputs[NEXT_STATE]
        return mixed(trees, network, model.share)
