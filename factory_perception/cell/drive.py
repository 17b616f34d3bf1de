"""Drives: motor, gear and controller of every joint, a thousand steps a second.

Each joint is two masses, the rotor and the link, on the ends of an elastic gear; both are counted
on the joint's side. The link carries the load of the planned motion (gravity, coupling to other
joints), which is known beforehand because the arm stays within milliradians of its plan. A PD
controller with a feed-forward of the nominal model makes the torque.

The step is semi-implicit: the gear's spring and damper are solved for the end of the step, and
Coulomb friction is the projection that stops the rotor exactly (implicit Euler for dry friction, as
in Acary and Brogliato, Numerical Methods for Nonsmooth Dynamical Systems, 2008). Both are stable at
any stiffness. All arrays have the joints last; (T, n) for one arm, (T, B, n) for B arms at once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.drive_model import DriveModel

SUBSTEPS = 4
#: Friction falls as grease warms in use, but never below this share.
_WARM_FLOOR = 0.6
#: Heat from a failing bearing or fan presses the bearing tight and weakens the magnets, a kelvin.
TIGHTER_PER_K = 0.02
WEAKER_PER_K = 0.002


@dataclass
class DriveState:
    """Where the drives are, (n,) or (B, n) each: rotor, link, gear, heat, the last reference."""

    rotor_q: Matrix
    rotor_dq: Matrix
    link_q: Matrix
    link_dq: Matrix
    gear_nm: Matrix
    temperature_c: Matrix
    reference: tuple[Matrix, Matrix, Matrix]


def at_rest(model: DriveModel, q: Matrix, temperature_c: float | None = None) -> DriveState:
    """Give drives that stand still at a position, as warm as the hall or as given."""
    warmth = model.ambient_c if temperature_c is None else temperature_c
    zero = np.zeros_like(q)
    return DriveState(
        q.copy(),
        zero.copy(),
        q.copy(),
        zero.copy(),
        zero.copy(),
        np.full_like(q, warmth),
        (q.copy(), zero.copy(), zero.copy()),
    )


@dataclass(frozen=True)
class DriveInputs:
    """What the drives are asked and burdened with, sample by sample, (T, ..., n) each.

    ``q``, ``dq`` and ``ddq`` are the reference; ``feed_forward`` the controller's own idea of the
    torque; ``load`` what the link really needs beyond its inertia times acceleration; ``inertia``
    of the link. The rest changes the drives: factors on friction and on the torque that a current
    makes, the gear's play in rad, the warmth of a failing bearing in K, and ``brake`` (T, ...)
    where the brakes hold.
    """

    q: Matrix
    dq: Matrix
    ddq: Matrix
    feed_forward: Matrix
    load: Matrix
    inertia: Matrix
    coulomb: Matrix | None = None
    viscous: Matrix | None = None
    torque: Matrix | None = None
    play: Matrix | None = None
    excess_c: Matrix | None = None
    brake: Matrix | None = None

    def __len__(self) -> int:
        return len(self.q)


@dataclass(frozen=True)
class DriveLog:
    """What the drives did, (T, ..., n) each, without sensor noise.

    ``effort`` is the controller's torque in Nm; ``position`` and ``velocity`` are the rotor's, on
    the joint's side of the gear; ``link_position`` is behind the gear.
    """

    position: Matrix
    velocity: Matrix
    effort: Matrix
    link_position: Matrix
    temperature_c: Matrix


def joined(logs: list[DriveLog]) -> DriveLog:
    """Put logs one after the other."""
    names = [item.name for item in fields(DriveLog)]
    return DriveLog(*(np.concatenate([getattr(log, name) for log in logs]) for name in names))


def run_drives(model: DriveModel, state: DriveState, inputs: DriveInputs) -> DriveLog:
    """Run the drives over all samples of the inputs; ``state`` is left at the end of them."""
    feeds = _feeds(model, state, inputs)
    stepper = _Stepper(model, state)
    logs = [np.empty_like(inputs.q) for _ in fields(DriveLog)]
    for index in range(len(inputs)):
        effort = stepper.sample(inputs, index, feeds[index])
        values = (state.rotor_q, state.rotor_dq, effort, state.link_q, state.temperature_c)
        for log, value in zip(logs, values):
            log[index] = value
    if len(inputs):
        state.reference = (inputs.q[-1], inputs.dq[-1], inputs.ddq[-1])
    if inputs.excess_c is not None:
        logs[4] += inputs.excess_c
    np.round(logs[0] / model.resolution, out=logs[0])
    logs[0] *= model.resolution
    return DriveLog(*logs)


def _feeds(model: DriveModel, state: DriveState, inputs: DriveInputs) -> Matrix:
    """Give the part of the controller's torque that does not hang on the state, (T, S, ..., n).

    Between samples the reference goes on with its velocity and acceleration.
    """
    before = [
        np.concatenate([last[None], now[:-1]])
        for last, now in zip(state.reference, (inputs.q, inputs.dq, inputs.ddq))
    ]
    q, dq, ddq = (values[:, None] for values in before)
    offsets = np.arange(1, SUBSTEPS + 1) / (model.rate_hz * SUBSTEPS)
    offsets = offsets.reshape(-1, *([1] * (inputs.q.ndim - 1)))
    want_q = q + offsets * (dq + offsets * ddq / 2)
    want_dq = dq + offsets * ddq
    return model.kp * want_q + model.kd * want_dq + inputs.feed_forward[:, None]


class _Stepper:
    """The inner loop; its array operations write into memory that is there already."""

    def __init__(self, model: DriveModel, state: DriveState) -> None:
        self._model, self._state = model, state
        self._dt = 1.0 / (model.rate_hz * SUBSTEPS)
        self._dt_rotor = self._dt / model.rotor
        self._stick = model.stiffness * self._dt + model.damping
        shape = state.rotor_q.shape
        self._buffers = [np.zeros(shape) for _ in range(4)]

    def sample(self, inputs: DriveInputs, index: int, feeds: Matrix) -> Matrix:
        """Go one sample on; give the mean of the controller's torque."""
        state = self._state
        coulomb, viscous = self._friction(inputs, index)
        dt_link = self._dt / inputs.inertia[index]
        give = self._dt_rotor + dt_link
        gear = (give, self._stick / (1.0 + self._stick * give), dt_link)
        drop = dt_link * inputs.load[index]
        share = self._torque_share(inputs, index)
        play = None if inputs.play is None else inputs.play[index]
        before = (state.rotor_q.copy(), state.link_q.copy())
        effort = np.zeros_like(state.rotor_q)
        hold = coulomb * self._dt_rotor
        for feed in feeds:
            self._step(feed, effort, share, play, viscous, hold, drop, gear)
        effort /= len(feeds)
        if inputs.brake is not None and np.any(inputs.brake[index]):
            self._brake(inputs.brake[index], before, effort)
        self._warm(effort, coulomb)
        return effort

    def _friction(self, inputs: DriveInputs, index: int) -> tuple[Matrix, Matrix]:
        """Give Coulomb (with Stribeck's rise at standstill) and viscous friction, now."""
        model, state = self._model, self._state
        warm = 1 - model.friction_per_k * (state.temperature_c - model.ambient_c)
        warm = np.maximum(warm, _WARM_FLOOR)
        if inputs.excess_c is not None:
            warm = warm * (1 + TIGHTER_PER_K * inputs.excess_c[index])
        slow = np.exp(-((state.rotor_dq / model.stribeck_rad_s) ** 2))
        coulomb = model.coulomb * warm * (1 + model.stribeck_share * slow)
        viscous = model.viscous * warm
        if inputs.coulomb is not None:
            coulomb = coulomb * inputs.coulomb[index]
        if inputs.viscous is not None:
            viscous = viscous * inputs.viscous[index]
        return coulomb, viscous

    def _torque_share(self, inputs: DriveInputs, index: int) -> Matrix | None:
        share = None if inputs.torque is None else inputs.torque[index]
        if inputs.excess_c is not None:
            weaker = 1 - WEAKER_PER_K * inputs.excess_c[index]
            share = weaker if share is None else share * weaker
        return share

    def _step(
        self,
        feed: Matrix,
        total: Matrix,
        share: Matrix | None,
        play: Matrix | None,
        viscous: Matrix,
        hold: Matrix,
        drop: Matrix,
        gear: tuple[Matrix, Matrix, Matrix],
    ) -> None:
        """Go one step on; ``total`` gathers the controller's torque."""
        state, model = self._state, self._model
        motor, twist, slip, spare = self._buffers
        give, soft_stick, dt_link = gear
        rotor_dq, link_dq = state.rotor_dq, state.link_dq
        np.multiply(model.kp, state.rotor_q, out=spare)
        np.subtract(feed, spare, out=motor)
        np.multiply(model.kd, rotor_dq, out=spare)
        np.subtract(motor, spare, out=motor)
        np.minimum(motor, model.limit, out=motor)
        np.maximum(motor, -model.limit, out=motor)
        np.add(total, motor, out=total)
        if share is not None:
            np.multiply(motor, share, out=motor)
        np.multiply(viscous, rotor_dq, out=spare)
        np.subtract(motor, spare, out=motor)
        np.subtract(state.rotor_q, state.link_q, out=twist)
        if play is not None:
            twist -= np.clip(twist, -play, play)
            touching = (twist != 0) | (play == 0)
        np.multiply(twist, model.stiffness, out=twist)
        # The gear's damper and the spring's growth during the step, solved for its end. Dry
        # friction will take what it can of the rotor's way; how much tells the last gear torque.
        np.multiply(self._dt_rotor, motor, out=slip)
        np.add(slip, rotor_dq, out=slip)
        np.multiply(self._dt_rotor, state.gear_nm, out=spare)
        np.subtract(slip, spare, out=spare)
        np.minimum(spare, hold, out=spare)
        np.maximum(spare, -hold, out=spare)
        np.subtract(slip, spare, out=slip)
        np.subtract(slip, link_dq, out=slip)
        np.add(slip, drop, out=slip)
        np.multiply(give, twist, out=spare)
        np.subtract(slip, spare, out=slip)
        np.multiply(slip, soft_stick, out=slip)
        if play is not None:
            slip *= touching
        np.add(twist, slip, out=twist)
        state.gear_nm[:] = twist
        np.subtract(motor, twist, out=motor)
        np.multiply(motor, self._dt_rotor, out=motor)
        np.add(rotor_dq, motor, out=rotor_dq)
        np.minimum(rotor_dq, hold, out=spare)
        np.maximum(spare, -hold, out=spare)
        np.subtract(rotor_dq, spare, out=rotor_dq)
        np.multiply(twist, dt_link, out=twist)
        np.subtract(twist, drop, out=twist)
        np.add(link_dq, twist, out=link_dq)
        np.multiply(rotor_dq, self._dt, out=spare)
        np.add(state.rotor_q, spare, out=state.rotor_q)
        np.multiply(link_dq, self._dt, out=spare)
        np.add(state.link_q, spare, out=state.link_q)

    def _brake(self, brake: Matrix, before: tuple[Matrix, Matrix], effort: Matrix) -> None:
        """Hold the arm where it was: brakes need no torque from the motors."""
        state = self._state
        held = np.broadcast_to(np.asarray(brake)[..., None], effort.shape)
        for place, old in zip((state.rotor_q, state.link_q), before):
            place[held] = old[held]
        for value in (state.rotor_dq, state.link_dq, effort):
            value[held] = 0.0

    def _warm(self, effort: Matrix, coulomb: Matrix) -> None:
        """Let copper loss and friction warm the drives, and the hall cool them."""
        state, model = self._state, self._model
        amps = effort * model.amps_per_nm
        power = model.winding_ohm * amps * amps + coulomb * np.abs(state.rotor_dq)
        power -= (state.temperature_c - model.ambient_c) / model.thermal_k_w
        state.temperature_c += power / (model.thermal_j_k * model.rate_hz)
