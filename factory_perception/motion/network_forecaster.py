"""Run the forecasting network step by step, many robots at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine, TensorBuffers
from factory_perception.model_store.manifest import ModelError

INPUT, STATE, OUTPUT, NEXT_STATE = 'rows', 'state', 'quantiles', 'next_state'


class NetworkForecaster:
    """Holds the recurrent state of every robot; used by one thread.

    Memory is allocated once a batch size; there are at most as many sizes as robots.
    """

    def __init__(self, engine: Engine, robots: int) -> None:
        """Take the engine of a forecasting model.

        Raises:
            ModelError: the model has other inputs or outputs.
        """
        names = [spec.name for spec in (*engine.inputs, *engine.outputs)]
        if names != [INPUT, STATE, OUTPUT, NEXT_STATE]:
            raise ModelError(f'{engine.info.model} is no forecasting network: {", ".join(names)}')
        self._engine = engine
        state = engine.inputs[1].sized(robots)
        self._state = np.zeros(state, np.float32)
        self._buffers: dict[int, TensorBuffers] = {}

    def use(self, engine: Engine) -> None:
        """Go on with another engine of the same model; the states stay."""
        self._engine = engine
        self._buffers = {}

    def reset(self, robot: int) -> None:
        """Forget what a robot did."""
        self._state[robot] = 0.0

    def step(self, robots: Sequence[int], rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take one row of some robots; give quantiles ``(B, H, 3, J)``, good until the next step.

        Args:
            robots: B numbers of robots, none twice.
            rows: ``(B, C, J)``, see ``network_rows``.

        Raises:
            EngineError: the runtime failed.
        """
        batch = len(robots)
        buffers = self._buffers.get(batch)
        if buffers is None:
            buffers = self._buffers[batch] = self._engine.buffers(batch)
        chosen = list(robots)
        buffers.inputs[INPUT][:] = rows
        buffers.inputs[STATE][:] = self._state[chosen]
        self._engine.infer(buffers)
        self._state[chosen] = buffers.outputs[NEXT_STATE]
        return buffers.outputs[OUTPUT]
