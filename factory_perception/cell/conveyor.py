"""The conveyor: parts arrive at random distances, ride along, are picked or run off the end.

Everything is a function of time, so it does not matter in which steps time is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from factory_perception.cell.config import CellConfig
from factory_perception.cell.parts import make_part, Part
from factory_perception.cell.renderer import Placed
from factory_perception.cell.seeds import stream

#: Parts that have left are remembered so long, for pictures of the moment before.
_REMEMBER_S = 30.0
#: So many changes of speed are remembered, for the same reason.
_SPEEDS = 16
#: Room between the rims of two parts.
_ROOM_M = 0.004
#: The first part of a new cell lies here, so that the camera has something to see at once.
_FIRST_X_M = 0.28


@dataclass(frozen=True)
class BeltWay:
    """A belt that moves at a constant speed since a moment."""

    since_s: float
    way_m: float
    speed_m_s: float

    def at(self, time_s: float) -> float:
        """Give the way that the belt has gone at a time."""
        return self.way_m + self.speed_m_s * (time_s - self.since_s)


@dataclass
class Rider:
    """A part on the belt: it lies at ``offset_m`` plus the belt's way; ``gone_s`` when it left."""

    part: Part
    offset_m: float
    y_m: float
    gone_s: float = np.inf


@dataclass
class Counts:
    """What has happened to the parts.

    Of those that ``arrived``, ``defective`` have a defect. ``lost`` parts fell out of the gripper
    after they were picked; ``missed_grips`` closed on nothing.
    """

    arrived: int = 0
    defective: int = 0
    picked_good: int = 0
    picked_defective: int = 0
    missed_grips: int = 0
    lost: int = 0
    passed_good: int = 0
    passed_defective: int = 0


@dataclass
class Conveyor:
    """The belt and the parts on it; ``least_defect_mm`` is the smallest extent of a defect."""

    config: CellConfig
    seed: int
    least_defect_mm: float
    counts: Counts = field(default_factory=Counts)
    riders: list[Rider] = field(default_factory=list)
    _ways: list[BeltWay] = field(init=False)
    _coming: Rider = field(init=False)

    def __post_init__(self) -> None:
        self._ways = [BeltWay(0.0, 0.0, self.config.belt.speed_m_s)]
        self._coming = self._draw_next(None)

    @property
    def speed_m_s(self) -> float:
        """Give the speed of the belt, now."""
        return self._ways[-1].speed_m_s

    def way_m(self, time_s: float) -> float:
        """Give the way that the belt has gone, now or a little ago."""
        for way in reversed(self._ways):
            if way.since_s <= time_s:
                return way.at(time_s)
        return self._ways[0].at(time_s)

    def set_speed(self, speed_m_s: float, time_s: float) -> None:
        """Run the belt at another speed from a time on.

        Raises:
            ValueError: the speed is beyond what the belt can do.
        """
        most = self.config.belt.max_speed_m_s
        if not abs(speed_m_s) <= most:
            raise ValueError(
                f'belt speed {speed_m_s:g} m/s: use a value from {-most:g} to {most:g}'
            )
        way = BeltWay(time_s, self.way_m(time_s), speed_m_s)
        self._ways = [*self._ways[-_SPEEDS:], way]

    def place(self, rider: Rider, time_s: float) -> float:
        """Give a part's x in the world."""
        return rider.offset_m + self.way_m(time_s)

    def advance_to(self, time_s: float) -> None:
        """Let parts arrive and leave up to a time."""
        half = self.config.belt.length_m / 2
        way = self.way_m(time_s)
        while self._coming.offset_m + way >= -half:
            self._arrive()
        for rider in self.riders:
            if rider.gone_s == np.inf and rider.offset_m + way > half:
                rider.gone_s = time_s
                if rider.part.defective:
                    self.counts.passed_defective += 1
                else:
                    self.counts.passed_good += 1
        self.riders = [rider for rider in self.riders if rider.gone_s > time_s - _REMEMBER_S]

    def pick(self, rider: Rider, time_s: float) -> None:
        """Take a part off the belt."""
        rider.gone_s = time_s
        if rider.part.defective:
            self.counts.picked_defective += 1
        else:
            self.counts.picked_good += 1

    def placed(self, time_s: float) -> tuple[Placed, ...]:
        """List the parts on the belt at a time: now, or up to half a minute ago."""
        way = self.way_m(time_s)
        return tuple(
            Placed(rider.part, rider.offset_m + way, rider.y_m)
            for rider in self.riders
            if rider.gone_s > time_s
        )

    def _arrive(self) -> None:
        rider = self._coming
        self.riders.append(rider)
        self.counts.arrived += 1
        self.counts.defective += rider.part.defective
        self._coming = self._draw_next(rider)

    def _draw_next(self, last: Rider | None) -> Rider:
        """Draw the part that will arrive behind ``last``."""
        number = self.counts.arrived + 1
        parts = self.config.parts
        part = make_part(parts, self.seed, number, self.least_defect_mm)
        rng = stream(self.seed, 'arrival', number)
        y = float(rng.uniform(-parts.lane_m, parts.lane_m))
        if last is None:
            return Rider(part, _FIRST_X_M, y)
        # Poisson arrivals with a least distance, cut where the belt would look empty.
        low, high = parts.gap_m
        gap = low + min(float(rng.exponential((high - low) / 2)), 2 * (high - low))
        reach = (part.shape.radius_mm + last.part.shape.radius_mm) / 1000 + _ROOM_M
        clear = float(np.sqrt(max(reach**2 - (y - last.y_m) ** 2, 0.0)))
        return Rider(part, last.offset_m - max(gap, clear), y)
