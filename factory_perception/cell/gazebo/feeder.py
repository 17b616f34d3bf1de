"""Which part lies where on Gazebo's belt, and which one has to be moved now."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from factory_perception.cell.config import CellConfig
from factory_perception.cell.gazebo.parts_table import KnownPart
from factory_perception.cell.seeds import stream

#: Parts are set down so far from the ends of the belt, and let fall from so high.
_END_M, _DROP_M = 0.12, 0.003


@dataclass(frozen=True)
class Move:
    """Put a part at a place in the world."""

    name: str
    xyz_m: tuple[float, float, float]


class Feeder:
    """Sets parts down at the inlet and takes them away at the outlet.

    It goes by the way of the belt: parts lie still on it.
    """

    def __init__(self, config: CellConfig, parts: Sequence[KnownPart], seed: int) -> None:
        self._config, self._rng = config, stream(seed, 'gazebo feeder')
        self._waiting = deque(parts)
        self._riding: deque[tuple[KnownPart, float]] = deque()
        self._due_m = 0.0

    @property
    def riding(self) -> int:
        """Give how many parts are on the belt."""
        return len(self._riding)

    def moves(self, way_m: float) -> list[Move]:
        """Give the moves that are due when the belt has gone so far since the start."""
        due: list[Move] = []
        length = self._config.belt.length_m - 2 * _END_M
        while self._riding and way_m - self._riding[0][1] >= length:
            part, _ = self._riding.popleft()
            self._waiting.append(part)
            due.append(Move(part.name, part.waiting_xyz_m))
        if way_m >= self._due_m and self._waiting:
            due.append(self._set_down(way_m))
        return due

    def _set_down(self, way_m: float) -> Move:
        part = self._waiting.popleft()
        self._riding.append((part, way_m))
        self._due_m = way_m + float(self._rng.uniform(*self._config.parts.gap_m))
        lane = self._config.parts.lane_m
        belt = self._config.belt
        x = -belt.length_m / 2 + _END_M
        return Move(part.name, (x, float(self._rng.uniform(-lane, lane)), belt.top_z_m + _DROP_M))
