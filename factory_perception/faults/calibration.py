"""What a healthy robot looks like, learned from some of its cycles; no fault is needed for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
import io
from itertools import pairwise
from typing import Any

import numpy as np

from factory_perception.faults.arrays import read_arrays
from factory_perception.faults.effort_model import EffortModel, fit_effort_model, RIDGE, terms
from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.load_model import LoadModel
from factory_perception.faults.marks import fit_scales, MarkModel, Scales
from factory_perception.faults.trends import Trends
from factory_perception.faults.watches import LEAST, LOG, WATCH_SPANS_S, watched, WATCHES

#: Fewer frames say too little about effort to go by.
LEAST_FRAMES = 400
#: One robot shows few motions in a few minutes: a stronger penalty, and so many parts of the time
#: of which each is judged by what the others taught.
RIDGE_ALONE, PARTS = 1e-2, 6
#: Scatter and mass are found in turn, so often.
_LOAD_ROUNDS = 3
#: So many values of a channel are worked out together.
_TOGETHER = 1500
#: Trends settle for this long before limits are taken.
_SETTLE_S = 4.0
#: Limits are for a watch of ten hours, however short the lesson was; and so much above the most
#: that such a watch would show. One robot alone, whose next motions are new, needs more.
_WATCH_S, MARGIN, MARGIN_ALONE = 36_000.0, 1.25, 1.5


class CalibrationError(ValueError):
    """A calibration that cannot be made or used; the text says why."""


class OutdatedCalibrationError(CalibrationError):
    """A sound calibration of another version of this package."""


@dataclass(frozen=True)
class Calibration:
    """The healthy state of one robot.

    ``limits`` ``(J, W)`` are what the watches may reach; ``step_s`` is the time between samples;
    ``frames`` so many it was learned from; ``reference`` whether there was a reference.
    """

    joints: tuple[str, ...]
    step_s: float
    frames: int
    reference: bool
    model: MarkModel
    limits: Array

    def pack(self) -> bytes:
        """Give it as the content of an ``.npz`` file."""
        more: dict[str, Any] = {
            f'scale_{name}': value for name, value in asdict(self.model.scales).items()
        }
        more.update(_pack_load(self.model.load))
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            joints=np.array(self.joints),
            watches=np.array([watch.name for watch in WATCHES]),
            step_s=np.array(self.step_s),
            frames=np.array(self.frames),
            reference=np.array(self.reference),
            effort=self.model.effort.weights,
            tracking=self.model.tracking.weights,
            limits=self.limits,
            **more,
        )  # fmt: skip
        return buffer.getvalue()


def unpack_calibration(data: bytes, origin: str) -> Calibration:
    """Read a calibration that was packed.

    Raises:
        CalibrationError: it is none.
        OutdatedCalibrationError: it is of another version of this package.
    """
    try:
        arrays = read_arrays(data, origin)
        if arrays['watches'].tolist() != [watch.name for watch in WATCHES]:
            raise OutdatedCalibrationError(f'{origin} is of another version: calibrate again')
        scales = Scales(**{item.name: arrays[f'scale_{item.name}'] for item in fields(Scales)})
        return Calibration(
            tuple(arrays['joints'].tolist()),
            float(arrays['step_s']),
            int(arrays['frames']),
            bool(arrays['reference']),
            MarkModel(
                EffortModel(arrays['effort']),
                EffortModel(arrays['tracking']),
                scales,
                _unpack_load(arrays),
            ),
            arrays['limits'],
        )
    except (KeyError, ValueError) as error:
        if isinstance(error, CalibrationError):
            raise
        raise CalibrationError(f'{origin} is no calibration ({error}): calibrate again') from error


def _pack_load(load: LoadModel | None) -> dict[str, Array]:
    if load is None:
        return {}
    return {
        'load_effort': load.effort.weights,
        'load_tracking': load.tracking.weights,
        'load_effort_noise': load.effort_noise,
        'load_tracking_noise': load.tracking_noise,
    }


def _unpack_load(arrays: dict[str, Array]) -> LoadModel | None:
    if 'load_effort' not in arrays:
        return None
    return LoadModel(
        EffortModel(arrays['load_effort']),
        EffortModel(arrays['load_tracking']),
        arrays['load_effort_noise'],
        arrays['load_tracking_noise'],
    )


def stack_frames(frames: Sequence[Frame]) -> Frame:
    """Put N frames ``(..., J)`` beside each other: ``(N, ..., J)``."""
    names = [item.name for item in fields(Frame)]
    return Frame(*(np.stack([getattr(frame, name) for frame in frames]) for name in names))


def calibrate(
    joints: Sequence[str],
    step_s: float,
    frame_s: float,
    frames: Frame,
    margin: float = MARGIN,
    kilogram: tuple[EffortModel, EffortModel] | None = None,
    alone: bool = False,
) -> Calibration:
    """Learn from N frames ``(N, J)``, or of R healthy robots ``(N, R, J)``, in order of time.

    Args:
        joints: names of the joints.
        step_s: time between samples.
        frame_s: time between frames.
        frames: of healthy motion.
        margin: limits are this much above the most that ten hours like these would show.
        kilogram: what a kilogram at the tool asks of effort and tracking, where that is known.
        alone: the frames ``(N, J)`` are a few minutes of one robot. Motions that the regressions
            have learned from fit them far better than those to come, so limits are then set by
            motions that they have not.

    Raises:
        CalibrationError: too few frames, or too little motion among them.
    """
    flat = Frame(*(getattr(frames, item.name).reshape(-1, len(joints)) for item in fields(Frame)))
    moving = np.abs(flat.velocity).max(axis=1) > 0.05
    if len(flat.position) < LEAST_FRAMES or moving.sum() < LEAST_FRAMES / 4:
        raise CalibrationError(
            f'{len(flat.position) * frame_s:.0f} s with {moving.sum() * frame_s:.0f} s of motion '
            f'are too little: {LEAST_FRAMES * frame_s:.0f} s with a quarter in motion are needed'
        )
    effort, tracking = _fit_both(flat, alone)
    load = None if kilogram is None else _fit_load(flat, (effort, tracking), kilogram)
    model = MarkModel(effort, tracking, fit_scales(flat, effort, tracking), load)
    judges = _held_out(flat, model) if alone else [(slice(0, len(frames.position)), model)]
    trends, most = Trends(frame_s), np.zeros((len(joints), len(WATCHES)))
    for index, marks in enumerate(_marks(frames, judges)):
        values = watched(trends.update(marks))
        if index * frame_s >= _SETTLE_S:
            most = np.maximum(most, values.reshape(-1, *most.shape).max(axis=0))
    reference = bool(np.isfinite(flat.tracking).any())
    robots = frames.position[0].size // len(joints)
    margins = margin * growth(len(frames.position) * robots * frame_s)
    limits = np.maximum(np.where(LOG, most + np.log(margins), most * margins), LEAST)
    return Calibration(tuple(joints), step_s, len(flat.position), reference, model, limits)


def growth(seconds: float) -> Array:
    """Give how much more than in some ``seconds`` each watch reaches in ten hours, ``(W,)``.

    The most of n normal values grows with the root of the logarithm of n (Fisher and Tippett,
    Limiting forms of the frequency distribution of the largest or smallest member of a sample,
    1928), and a mean over a span has a new value once a span: twenty in two minutes, where that is
    six seconds.
    """
    seen = np.maximum(seconds / WATCH_SPANS_S, 2.0)
    return np.sqrt(np.maximum(np.log(_WATCH_S / WATCH_SPANS_S) / np.log(seen), 1.0))


def _fit_load(
    flat: Frame,
    usual: tuple[EffortModel, EffortModel],
    kilogram: tuple[EffortModel, EffortModel],
) -> LoadModel:
    """Measure by how much effort and tracking scatter when the mass is taken out of them."""
    table = terms(flat.position, flat.velocity, flat.acceleration)
    off = np.nan_to_num(flat.effort - usual[0].of(table))
    astray = np.nan_to_num(flat.tracking - usual[1].of(table))
    noise, lag = off.std(axis=0) + 1e-9, astray.std(axis=0) + 1e-9
    for _ in range(_LOAD_ROUNDS):
        _, _, rest, left = LoadModel(*kilogram, noise, lag).split(table, off, astray)
        noise, lag = noise * rest.std(axis=0) + 1e-9, lag * left.std(axis=0) + 1e-9
    return LoadModel(*kilogram, noise, lag)


def _held_out(flat: Frame, model: MarkModel) -> list[tuple[slice, MarkModel]]:
    """Give for each part of the time a model whose regressions have not seen it."""
    bounds = np.linspace(0, len(flat.position), PARTS + 1).astype(int).tolist()
    judges = []
    for first, last in pairwise(bounds):
        others = Frame(
            *(np.delete(getattr(flat, item.name), np.s_[first:last], 0) for item in fields(Frame))
        )
        effort, tracking = _fit_both(others, alone=True)
        judges.append((slice(first, last), replace(model, effort=effort, tracking=tracking)))
    return judges


def _marks(frames: Frame, judges: Sequence[tuple[slice, MarkModel]]) -> Iterator[Array]:
    """Give the marks of frame after frame; some are worked out together, which is far faster."""
    together = max(_TOGETHER // frames.position[0].size, 1)
    for part, judge in judges:
        for first in range(part.start, part.stop, together):
            some = slice(first, min(first + together, part.stop))
            yield from judge.marks(
                Frame(*(getattr(frames, item.name)[some] for item in fields(Frame)))
            )


def _fit_both(flat: Frame, alone: bool) -> tuple[EffortModel, EffortModel]:
    ridge = RIDGE_ALONE if alone else RIDGE
    return _fit(flat, flat.effort, ridge), _fit(flat, flat.tracking, ridge)


def _fit(flat: Frame, wanted: Array, ridge: float) -> EffortModel:
    """Fit a model of a channel; one that expects nothing where the channel is absent."""
    motion = (flat.position, flat.velocity, flat.acceleration)
    if np.isfinite(wanted).all(axis=1).sum() < LEAST_FRAMES / 2:
        columns = terms(*(part[:1] for part in motion)).shape[1]
        return EffortModel(np.zeros((columns, wanted.shape[1])))
    return fit_effort_model(*motion, wanted, ridge)
