"""What hangs on the gripper, what the controller believes hangs there, and when a part was lost."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from factory_perception.cell.arrays import Matrix


@dataclass
class Loss:
    """A part fell at ``begin_s``; until ``end_s`` the controller believed that it held it."""

    begin_s: float
    end_s: float = np.inf


@dataclass
class Grip:
    """The gripper of one arm.

    It feels whether it closes on a part, so the controller carries nothing after an empty grip;
    but it does not feel a part slip out later. A part once lost stays lost.
    """

    programmed_kg: float
    losses: list[Loss] = field(default_factory=list)
    _mass_kg: float = 0.0
    _lost: bool = False

    def begin(self, mass_kg: float, time_s: float) -> None:
        """Begin a task in which a part of some mass will be held; 0 for none."""
        self._close(time_s)
        self._mass_kg, self._lost = mass_kg, False

    def drop(self) -> None:
        """There was nothing to grip."""
        self._mass_kg = 0.0

    def carry(self, held: Matrix, slip: Matrix | None, time_s: Matrix) -> tuple[Matrix, Matrix]:
        """Give the mass that is really held and the mass that the controller believes in.

        Args:
            held: bool (T,), where the gripper is closed.
            slip: bool (T,), where it lets a part slip; None for nowhere.
            time_s: (T,).

        Returns:
            Both (T, 1), in kilograms.
        """
        column = held[:, None].astype(np.float64)
        believed = column * (self.programmed_kg if self._mass_kg > 0 else 0.0)
        gone = np.full(len(held), self._lost)
        if slip is not None:
            gone |= np.logical_or.accumulate(held & slip)
        gone &= held & (self._mass_kg > 0)
        self._note(gone, held, time_s)
        return column * self._mass_kg * ~gone[:, None], believed

    def _note(self, gone: Matrix, held: Matrix, time_s: Matrix) -> None:
        if not self._lost and gone.any():
            self._lost = True
            self.losses.append(Loss(float(time_s[np.argmax(gone)])))
        if self._lost and not held[-1] and self.losses and self.losses[-1].end_s == np.inf:
            open_again = ~held & (time_s > self.losses[-1].begin_s)
            self._close(float(time_s[np.argmax(open_again)]))

    def _close(self, time_s: float) -> None:
        if self.losses and self.losses[-1].end_s == np.inf:
            self.losses[-1].end_s = time_s
