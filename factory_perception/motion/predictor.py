"""From samples of some robots to forecasts and to what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.forecast import Forecast
from factory_perception.motion.held_samples import HeldSamples
from factory_perception.motion.history import HistorySettings, JointHistory
from factory_perception.motion.joint_reader import POSITION
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.past_forecasts import PastForecasts
from factory_perception.motion.planned import PlanReader
from factory_perception.motion.stillness import Stillness

#: Rows beyond those that a forecaster needs; a burst of more than so many is a new beginning.
_SPARE_ROWS = 200


class MotionForecaster(Protocol):
    """Whoever forecasts: a model, or what stands in for it."""

    joints: tuple[str, ...]
    step_ns: int
    steps: tuple[int, ...]
    horizons_s: NDArray[np.float64]
    methods: tuple[str, ...]
    rows_needed: int
    wants_plan: bool

    def reset(self, robot: int) -> None:
        """Forget what a robot did."""

    def step(
        self,
        robots: Sequence[int],
        windows: NDArray[np.float64],
        plan: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Take the next row of some robots and forecast: quantiles ``(B, H, 3, J)``."""


@dataclass(frozen=True)
class Outcome:
    """The newest forecast of one robot.

    Attributes:
        robot: its number.
        forecast: from its newest row on.
        position: float64 ``(J,)``, measured, of that row.
        residual: float64 ``(J,)``, measured less what was forecast for that row; ``None`` while
            nothing was.
    """

    robot: int
    forecast: Forecast
    position: NDArray[np.float64]
    residual: NDArray[np.float64] | None


class Predictor:
    """Keeps the histories of some robots with the same joints; used by one thread."""

    def __init__(
        self,
        forecaster: MotionForecaster,
        robots: int,
        residual_s: float,
        max_gap_ns: int,
        max_speed: float,
    ) -> None:
        """Allocate everything.

        Args:
            forecaster: for these robots.
            robots: how many.
            residual_s: what was forecast so long ago is compared; the nearest horizon is taken.
            max_gap_ns: a longer time without a sample begins anew.
            max_speed: no joint moves faster (rad/s or m/s).
        """
        self.forecaster = forecaster
        rows = forecaster.rows_needed + _SPARE_ROWS
        settings = HistorySettings(forecaster.step_ns, rows, max_gap_ns, max_speed)
        self.histories = [JointHistory(forecaster.joints, settings) for _ in range(robots)]
        self.plans = [PlanReader(forecaster.joints, max_gap_ns) for _ in range(robots)]
        self._place = int(np.argmin(np.abs(forecaster.horizons_s - residual_s)))
        steps, joints = forecaster.steps[self._place], len(forecaster.joints)
        self._past = [PastForecasts(steps, joints) for _ in range(robots)]
        self.still = [Stillness() for _ in range(robots)]
        self._held = [HeldSamples() for _ in range(robots)]
        self._waiting = [0] * robots
        self._resets = [0] * robots

    @property
    def residual_s(self) -> float:
        """Give the horizon of the residuals."""
        return float(self.forecaster.horizons_s[self._place])

    def add(self, robot: int, sample: JointSample) -> bool:
        """Take a sample of a robot; give whether rows wait for a step.

        The history may take it over only with the sample that completes a row.
        """
        history, made = self.histories[robot], 0
        for held in self._held[robot].add(sample, history.due_ns):
            made += history.add(held)
        waiting = self._waiting[robot] + made
        if history.resets != self._resets[robot] or waiting > _SPARE_ROWS:
            self._resets[robot] = history.resets
            self._begin_anew(robot)
            waiting = made
        self._waiting[robot] = waiting
        return waiting > 0

    def _begin_anew(self, robot: int) -> None:
        self.forecaster.reset(robot)
        self._past[robot].reset()
        self.still[robot].reset()

    def advance(self) -> list[Outcome]:
        """Step through all rows that wait, all robots together; give the newest of each robot.

        Raises:
            EngineError: the runtime failed.
        """
        found: dict[int, Outcome] = {}
        while robots := [robot for robot, rows in enumerate(self._waiting) if rows]:
            ready = [robot for robot in robots if self._ready(robot)]
            if ready:
                found |= {outcome.robot: outcome for outcome in self._step(ready)}
            for robot in robots:
                self._waiting[robot] -= 1
        return list(found.values())

    def _ready(self, robot: int) -> bool:
        """Say whether the row whose turn it is can be forecast."""
        need = self.forecaster.rows_needed + self._waiting[robot] - 1
        if len(self.histories[robot]) < need:
            return False
        planned = not self.forecaster.wants_plan or self.plans[robot].known(self._row_ns(robot))
        if planned and not np.isnan(self._window(robot)[:, POSITION]).any():
            return True
        self._begin_anew(robot)
        return False

    def _row_ns(self, robot: int) -> int:
        history = self.histories[robot]
        return history.stamp_ns - (self._waiting[robot] - 1) * history.settings.step_ns

    def _window(self, robot: int) -> NDArray[np.float64]:
        need = self.forecaster.rows_needed
        return self.histories[robot].window(need + self._waiting[robot] - 1)[:need]

    def _step(self, robots: list[int]) -> list[Outcome]:
        forecaster = self.forecaster
        windows = np.stack([self._window(robot) for robot in robots])
        plan = None
        if forecaster.wants_plan:
            ahead_s = forecaster.horizons_s
            plan = np.stack([self.plans[robot].plan(ahead_s) for robot in robots])
        quantiles = forecaster.step(robots, windows, plan)
        found = []
        for place, robot in enumerate(robots):
            position, row_ns = windows[place, -1, POSITION], self._row_ns(robot)
            methods = forecaster.methods
            if self.still[robot].update(row_ns, position):
                _hold(quantiles[place], position)
                methods = ('hold',) * len(methods)
            residual = self._past[robot].compare(position, quantiles[place, self._place, 1])
            forecast = Forecast(row_ns, forecaster.horizons_s, quantiles[place], methods)
            found.append(Outcome(robot, forecast, position, residual))
        return found


def _hold(quantiles: NDArray[np.float64], position: NDArray[np.float64]) -> None:
    """Make the position the forecast ``(H, 3, J)``, in place; the band is widened to hold it."""
    np.minimum(quantiles[:, 0], position, out=quantiles[:, 0])
    quantiles[:, 1] = position
    np.maximum(quantiles[:, 2], position, out=quantiles[:, 2])
