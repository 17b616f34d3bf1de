"""The layer that was trained: boosted trees on trends and a recurrent network, stacked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import io

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.arrays import read_arrays
from factory_perception.faults.calibration import Calibration, unpack_calibration
from factory_perception.faults.conformal import Strangeness
from factory_perception.faults.features import (
    recurrent_rows,
    row_widths,
    strangeness_rows,
    tree_rows,
)
from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.trees import softmax, Trees, unpack_trees
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError

CALIBRATION_FILE, TREES_FILE, STACK_FILE = 'calibration.npz', 'trees.npz', 'stack.npz'
INPUT, STATE, OUTPUT, NEXT_STATE = 'rows', 'state', 'scores', 'next_state'
_TINY = 1e-9


@dataclass(frozen=True)
class Stack:
    """How the answers of trees and network become one: a logistic regression on their logarithms.

    ``weights`` ``(2,)`` of trees and network, ``bias`` ``(K + 1,)``; fitted on recordings that
    neither had seen, which makes the result a calibrated probability.
    """

    weights: Array
    bias: Array

    def probabilities(self, trees: Array, network: Array) -> Array:
        """Stack probabilities ``(..., K + 1)``."""
        scores = self.weights[0] * np.log(trees + _TINY) + self.weights[1] * np.log(network + _TINY)
        return softmax(scores + self.bias)


@dataclass(frozen=True)
class FaultModel:
    """Everything of a published fault model but its network."""

    label: str
    kinds: tuple[str, ...]
    #: Kinds that belong to no joint.
    whole: tuple[str, ...]
    calibration: Calibration
    trees: Trees
    stack: Stack
    strangeness: Strangeness
    thresholds: Mapping[str, float]


def pack_stack(stack: Stack, strangeness: Strangeness) -> bytes:
    """Give both as the content of an ``.npz`` file."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=stack.weights,
        bias=stack.bias,
        middles=strangeness.middles.astype(np.float32),
        whiten=strangeness.whiten.astype(np.float32),
        known=strangeness.known.astype(np.float32),
    )
    return buffer.getvalue()


def read_fault_model(folder: ModelFolder) -> FaultModel:
    """Read a fault model; every file is checked against the manifest first.

    Raises:
        ModelError: the model is for another task, or a file is missing or broken.
    """
    manifest = folder.manifest
    if manifest.task != 'fault' or STACK_FILE not in manifest.files:
        raise ModelError(f'{folder.label} is a model for {manifest.task}, not for joint faults')
    try:
        calibration = unpack_calibration(folder.read(CALIBRATION_FILE), CALIBRATION_FILE)
        width = row_widths(len(calibration.joints))[0]
        trees = unpack_trees(folder.read(TREES_FILE), TREES_FILE, width)
        arrays = read_arrays(folder.read(STACK_FILE), STACK_FILE)
        stack = Stack(arrays['weights'], arrays['bias'])
        parts = (arrays[name].astype(np.float64) for name in ('middles', 'whiten', 'known'))
        strangeness = Strangeness(*parts)
    except (KeyError, ValueError) as error:
        raise ModelError(f'{folder.label}: {error}') from error
    kinds = tuple(manifest.settings['kinds'])
    if not len(stack.bias) == len(trees.base) == len(kinds) + 1:
        raise ModelError(f'{folder.label}: its files know different numbers of faults')
    whole = tuple(manifest.settings['whole'])
    return FaultModel(
        folder.label, kinds, whole, calibration, trees, stack, strangeness, manifest.thresholds
    )


class FaultClassifier:
    """Runs a fault model on one robot, frame by frame; used by one thread."""

    def __init__(self, model: FaultModel, engine: Engine) -> None:
        """Take a model and the engine of its network.

        Raises:
            ModelError: the network has other inputs or outputs.
        """
        names = [spec.name for spec in (*engine.inputs, *engine.outputs)]
        if names != [INPUT, STATE, OUTPUT, NEXT_STATE]:
            raise ModelError(f'{model.label} holds no network for faults: {", ".join(names)}')
        self.model = model
        self._engine = engine
        self._buffers = engine.buffers(len(model.calibration.joints))
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._buffers.inputs[STATE][:] = 0.0

    def update(self, frame: Frame, marks: Array, trends: Array) -> tuple[Array, Array]:
        """Give probabilities ``(J, K + 1)``, the first is normal, and p-values ``(J,)``.

        A p-value says how many known faults of the likeliest kind look stranger.

        Raises:
            EngineError: the runtime failed.
        """
        model = self.model
        trees = softmax(model.trees.scores(tree_rows(frame, marks, trends)))
        self._buffers.inputs[INPUT][:] = recurrent_rows(frame, marks)
        self._engine.infer(self._buffers)
        network = softmax(self._buffers.outputs[OUTPUT].astype(np.float64))
        self._buffers.inputs[STATE][:] = self._buffers.outputs[NEXT_STATE]
        found = model.stack.probabilities(trees, network)
        likeliest: NDArray[np.int64] = 1 + found[:, 1:].argmax(axis=1)
        return found, model.strangeness.p_values(strangeness_rows(trends), likeliest)
