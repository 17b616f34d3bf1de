"""The layer that was trained: boosted trees on trends and a recurrent network, stacked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import io

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.arrays import read_arrays
from factory_perception.faults.calibration import (
    Calibration,
    OutdatedCalibrationError,
    unpack_calibration,
)
from factory_perception.faults.conformal import Strangeness
from factory_perception.faults.features import (
    recurrent_rows,
    row_widths,
    strangeness_rows,
    tree_rows,
)
from factory_perception.faults.frame import Array
from factory_perception.faults.observer import Observation
from factory_perception.faults.trees import softmax, Trees, unpack_trees
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError, OutdatedModelError

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
        OutdatedModelError: it looks at other figures than this version of the package.
    """
    manifest = folder.manifest
    if manifest.task != 'fault' or STACK_FILE not in manifest.files:
        raise ModelError(f'{folder.label} is a model for {manifest.task}, not for joint faults')
    try:
        calibration = _read_calibration(folder)
        width, _ = row_widths(calibration)
        trees = unpack_trees(folder.read(TREES_FILE), TREES_FILE, width)
        arrays = read_arrays(folder.read(STACK_FILE), STACK_FILE)
        stack = Stack(arrays['weights'], arrays['bias'])
        middles, whiten, known = (
            arrays[name].astype(np.float64) for name in ('middles', 'whiten', 'known')
        )
        # Models learned earlier have one spread for all kinds.
        whiten = np.broadcast_to(whiten, (len(middles), *whiten.shape[-2:]))
        strangeness = Strangeness(middles, whiten, known)
    except (KeyError, ValueError) as error:
        raise ModelError(f'{folder.label}: {error}') from error
    kinds = tuple(manifest.settings['kinds'])
    if not len(stack.bias) == len(trees.base) == len(kinds) + 1:
        raise ModelError(f'{folder.label}: its files know different numbers of faults')
    whole = tuple(manifest.settings['whole'])
    return FaultModel(
        folder.label, kinds, whole, calibration, trees, stack, strangeness, manifest.thresholds
    )


def _read_calibration(folder: ModelFolder) -> Calibration:
    """Read the calibration of a model that looks at the figures which this package makes."""
    label = folder.label
    try:
        calibration = unpack_calibration(folder.read(CALIBRATION_FILE), CALIBRATION_FILE)
    except OutdatedCalibrationError as error:
        raise OutdatedModelError(
            f'{label} is of another version of factory_perception: train it again'
        ) from error
    wide, wanted = folder.manifest.inputs[0].shape[-1], row_widths(calibration)[1]
    if wide != wanted:
        raise OutdatedModelError(
            f'{label} looks at {wide} figures of a joint, this version of factory_perception at '
            f'{wanted}: train it again'
        )
    return calibration


def ask_trees(
    trees: Trees, stack: Stack, seen: Observation, found: Array, doubt: float
) -> NDArray[np.bool_]:
    """Stack the trees on the network where it has a doubt: they cost more.

    Args:
        trees: to ask.
        stack: puts both together.
        seen: a frame of ``(..., J)``.
        found: probabilities ``(..., J, K + 1)`` of the network; replaced where trees were asked.
        doubt: probability of a fault from which on they are asked.

    Returns:
        ``(..., J)``, where they were asked.
    """
    asked = np.asarray(1.0 - found[..., 0] >= doubt)
    if asked.any():
        answers = softmax(trees.scores(tree_rows(seen)[asked]))
        found[asked] = stack.probabilities(answers, found[asked])
    return asked


@dataclass(frozen=True)
class Opinion:
    """What the model thinks of one frame.

    ``probabilities`` ``(..., J, K + 1)``, the first is normal. A p-value ``(..., J)`` says how many
    known faults of the likeliest kind look stranger; it is 1 where nothing is wrong.
    """

    probabilities: Array
    p_values: Array


def form_opinion(model: FaultModel, seen: Observation, found: Array) -> Opinion:
    """Say what a model thinks of a frame ``(..., J)``.

    Args:
        model: with trees, stack and strangeness.
        seen: the frame.
        found: probabilities ``(..., J, K + 1)`` of its network; replaced where trees are asked.
    """
    asked = ask_trees(model.trees, model.stack, seen, found, model.thresholds.get('doubt', 0.0))
    p_values = np.ones(asked.shape)
    if asked.any():
        likeliest: NDArray[np.int64] = 1 + found[asked][:, 1:].argmax(axis=1)
        strange = strangeness_rows(seen)[asked]
        p_values[asked] = model.strangeness.p_values(strange, likeliest)
    return Opinion(found, p_values)


class FaultClassifier:
    """Runs a fault model, frame by frame, on one robot or many beside each other; in one thread."""

    def __init__(self, model: FaultModel, engine: Engine, robots: tuple[int, ...] = ()) -> None:
        """Take a model and the engine of its network.

        Raises:
            ModelError: the network has other inputs or outputs.
        """
        names = [spec.name for spec in (*engine.inputs, *engine.outputs)]
        if names != [INPUT, STATE, OUTPUT, NEXT_STATE]:
            raise ModelError(f'{model.label} holds no network for faults: {", ".join(names)}')
        self.model = model
        self._engine = engine
        self._shape = (*robots, len(model.calibration.joints))
        self._buffers = engine.buffers(int(np.prod(self._shape)))
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._buffers.inputs[STATE][:] = 0.0

    def update(self, seen: Observation) -> Opinion:
        """Judge a frame.

        Raises:
            EngineError: the runtime failed.
        """
        model, rows = self.model, self._buffers.inputs[INPUT]
        rows[:] = recurrent_rows(seen).reshape(rows.shape)
        self._engine.infer(self._buffers)
        found = softmax(self._buffers.outputs[OUTPUT].astype(np.float64))
        self._buffers.inputs[STATE][:] = self._buffers.outputs[NEXT_STATE]
        return form_opinion(model, seen, found.reshape(*self._shape, -1))
