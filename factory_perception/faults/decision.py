"""From probabilities of every joint and frame to verdicts that stand still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.classifier import FaultModel, Opinion
from factory_perception.faults.frame import Array
from factory_perception.faults.latch import Latch
from factory_perception.faults.names import kind_of, UNKNOWN
from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.faults.verdict import ARM, Verdict
from factory_perception.faults.watches import WATCHES

#: Evidence (sum of log odds) that raises an alarm where the model asks for no more; one frame gives
#: at most ``MOST``, and the sum never grows further beyond the threshold than ``BEYOND``.
EVIDENCE, MOST, BEYOND = 4.5, 4.0, 4.0
#: Begin the names of a model's thresholds, the kind of fault follows: evidence that raises an
#: alarm, log odds from which a frame speaks for a fault, how sure the model gets of such a fault
#: (one that it never gets so sure of is another), and the p-value below which it looks like none.
EVIDENCE_OF, ODDS_OF, CERTAIN_OF, STRANGE_OF = 'evidence_', 'odds_', 'certain_', 'strange_'
#: How sure a model is goes by the mean of this time.
CERTAIN_S = 0.12
#: An alarm ends after so long without evidence.
QUIET_S = 1.5
#: Names go by the mean of this time: before an alarm, and at most while it is up.
NAME_S, _NAME_MOST_S = 0.3, 3.0
#: Below this p-value a fault is unlike all that were learned: stranger than each that was kept.
STRANGE_P = 0.006
#: What residuals show gets the model's name from this probability on. Without one, or with one
#: that the model is not sure of, it is unknown after this time: a push is over in twice as long.
_NAMED_P, _UNNAMED_S = 0.2, 0.15
#: A sudden fault of a joint has its likeliest name for so long, one of the arm for longer: it shows
#: when most joints show it. A name that goes and comes back helps nobody. One that grows has none
#: for so long: what is over before that was a push.
_DOUBTED_S, _DOUBTED_ARM_S, _GROWING_S = 0.4, 1.6, 1.0
#: Trends remember some seconds. For so long after a start or an alarm of the model, what is left in
#: residuals is no fault without a name.
_SETTLED_S = 12.0
#: What began in residuals during that alarm, or before all had settled, is told only so much later:
#: brakes leave more in them than fades in that time. A little before it is during it.
_REMEMBERED_S, _BEFORE_S = 30.0, 1.0
#: A joint below this share of the surest one only feels another joint's fault.
_ECHO = 0.6
_TINY = 1e-9


def evidence_steps(probability: Array, odds: Array | float = 0.0) -> Array:
    """Give what a frame says for each kind of fault ``(..., K)``: log odds above ``odds``."""
    sure = np.clip(probability, _TINY, 1.0 - _TINY)
    return np.asarray(np.clip(np.log(sure / (1.0 - sure)) - odds, -MOST, MOST))


def mean_share(frame_s: float, span_s: Array | float) -> Array:
    """Give how much a frame counts in a running mean; one longer than the span is all of it."""
    return np.minimum(frame_s / np.asarray(span_s), 1.0)


def joint_and_arm(probabilities: Array, whole: NDArray[np.bool_]) -> Array:
    """Give the probabilities ``(..., J + 1, K)`` of faults of each joint, and of the whole arm.

    A fault of the arm shows on most joints, not on all.
    """
    own = probabilities[..., 1:] * ~whole
    arm = np.median(probabilities[..., 1:], axis=-2, keepdims=True) * whole
    return np.concatenate([own, arm], axis=-2)


class Decision:
    """Decides for one robot, or for many beside each other; one call a frame."""

    def __init__(
        self,
        model: FaultModel,
        residual: ResidualLayer,
        frame_s: float,
        robots: tuple[int, ...] = (),
    ) -> None:
        self._model, self._residual, self._frame_s = model, residual, frame_s
        self._joints = model.calibration.joints
        given, kinds = model.thresholds, model.kinds
        self._threshold = np.array([given.get(EVIDENCE_OF + kind, EVIDENCE) for kind in kinds])
        certain = [given.get(CERTAIN_OF + kind) for kind in kinds]
        self._certain = None if None in certain else np.array(certain, np.float64)
        self._odds = np.array([given.get(ODDS_OF + kind, 0.0) for kind in kinds])
        self._strange = np.array([given.get(STRANGE_OF + kind, 0.0) for kind in kinds])
        self._whole = np.array([kind in model.whole for kind in model.kinds])
        self._latch = Latch(1, 1, max(1, round(QUIET_S / frame_s)))
        self._shape = (*robots, len(self._joints) + 1)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._latch.reset()
        self._sum: Array = np.zeros((*self._shape, len(self._model.kinds)))
        self._mean: Array = np.zeros_like(self._sum)
        self._age: Array = np.zeros(self._shape)
        #: How long alarms have stood since all had settled, in seconds.
        self._stood: Array = np.zeros(self._shape)
        self._any: Array = np.zeros(self._shape)
        self._surest: Array = np.zeros(self._shape)
        #: ``(..., J)``, how strange the faults of the joints look.
        self.p_values: Array = np.ones((*self._shape[:-1], len(self._joints)))
        self._weight: Array = np.zeros_like(self.p_values)
        self._since: NDArray[np.int64] = np.zeros(self._shape, np.int64)
        self._settled_ns: NDArray[np.int64] | None = None
        #: When the last start was, or the first of the last alarms with no settling between them.
        self._stirred_ns: NDArray[np.int64] | None = None
        #: bool ``(..., J + 1)``, which alarms are up; the last is the whole arm's.
        self.up: NDArray[np.bool_] = np.zeros(self._shape, bool)

    def update(self, opinion: Opinion, stamp_ns: int) -> None:
        """Take the opinion on a frame."""
        now = joint_and_arm(opinion.probabilities, self._whole)
        step = evidence_steps(now, self._odds)
        self._sum = np.clip(self._sum + step, 0.0, self._threshold + BEYOND)
        up = self._latch.update(np.any(self._sum >= self._threshold, axis=-1))
        self._since = np.where(up & ~self.up, stamp_ns, self._since)
        later = np.full(self._shape[:-1], stamp_ns + round(_SETTLED_S * 1e9))
        before = later if self._settled_ns is None else self._settled_ns
        self._settled_ns = np.where(up.any(axis=-1), later, before)
        begun = np.full(self._shape[:-1], stamp_ns)
        stirred = begun if self._stirred_ns is None else self._stirred_ns
        self._stirred_ns = np.where(up.any(axis=-1) & (stamp_ns >= before), begun, stirred)
        self._age = np.where(up, self._age + self._frame_s, 0.0)
        span = np.clip(self._age, NAME_S, _NAME_MOST_S)[..., None]
        self._mean = self._mean + mean_share(self._frame_s, span) * (now - self._mean)
        share = mean_share(self._frame_s, CERTAIN_S)
        self._any = self._any + share * (now.sum(axis=-1) - self._any)
        # What comes back before all has settled is the same fault, as sure as it was.
        settled = stamp_ns >= before[..., None]
        now_surest = np.maximum(self._surest, self._any)
        self._surest = np.where(up, now_surest, np.where(settled, self._any, self._surest))
        stood = self._stood + self._frame_s * up
        self._stood = np.where(up | ~settled, stood, 0.0)
        hinted = up | np.any(self._sum > 0.0, axis=-1)
        share = self._p_share(hinted[..., :-1], opinion)
        self.p_values = self.p_values + share * (opinion.p_values - self.p_values)
        self.up = up

    def _p_share(self, hinted: NDArray[np.bool_], opinion: Opinion) -> Array:
        """Give how much the p-values of a frame count ``(..., J)``.

        From the first hint at a fault to the end of its alarm frames count by the square of how
        likely they hold one (a push is over when its alarm begins), and none before them does.
        """
        usual = mean_share(self._frame_s, NAME_S)
        if self._certain is None:
            return np.broadcast_to(usual, hinted.shape)
        counts = self._frame_s * (1.0 - opinion.probabilities[..., 0]) ** 2
        self._weight = np.where(hinted, np.minimum(self._weight + counts, _NAME_MOST_S), 0.0)
        return np.where(hinted, counts / np.maximum(self._weight, _TINY), usual)

    @property
    def doubted(self) -> NDArray[np.int64]:
        """Give the likeliest kinds ``(..., J + 1)`` of alarms that may be called unknown, else -1.

        The last is the whole arm's.
        """
        kinds = self._mean.argmax(axis=-1)
        given_s = np.where(self._whole[kinds], _DOUBTED_ARM_S, _DOUBTED_S)
        return np.where(self.up & (self._age >= given_s), kinds, -1)

    def verdicts(
        self, residual: list[Verdict], stamp_ns: int, robot: tuple[int, ...] = ()
    ) -> list[Verdict]:
        """Say what is wrong with one robot; ``residual`` is what the residuals say."""
        up = self.up[robot]
        if not up.any():
            return self._unraised(residual, stamp_ns, robot)
        sure = np.where(up, self._mean[robot].max(axis=1), 0.0)
        rows = np.flatnonzero(up & (sure >= _ECHO * sure.max()))
        return [self._verdict(robot, int(row)) for row in rows[np.argsort(-sure[rows])]]

    def _verdict(self, robot: tuple[int, ...], row: int) -> Verdict:
        ratios = self._residual.ratio[robot]
        mean = self._mean[robot][row]
        kind = int(mean.argmax())
        joint = row if row < len(self._joints) else int(ratios.max(axis=1).argmax())
        p_value = float(self.p_values[robot][joint])
        known = self._is_known(robot, row, kind, p_value, float(self._age[robot][row]))
        fault = self._name(robot, row, kind, float(self._stood[robot][row])) if known else UNKNOWN
        watch = int(ratios[joint].argmax())
        return Verdict(
            self._joints[row] if row < len(self._joints) else ARM,
            fault,
            float(mean[kind]),
            p_value,
            WATCHES[watch].channel,
            float(ratios[joint, watch]),
            1.0,
            WATCHES[watch].compared,
            int(self._since[robot][row]),
            'model',
        )

    def _is_known(
        self, robot: tuple[int, ...], row: int, kind: int, p_value: float, age_s: float
    ) -> bool:
        """Say whether the model is sure enough to know the fault, or had no time to be.

        A model that does not say how sure it gets, and how strange faults look to it, is judged by
        whether the fault is stranger than all.
        """
        if self._certain is None:
            return p_value > STRANGE_P
        if age_s < (_DOUBTED_ARM_S if self._whole[kind] else _DOUBTED_S):
            return True
        return self._is_certain(robot, row, kind) and bool(p_value >= self._strange[kind])

    def _is_certain(self, robot: tuple[int, ...], row: int, kind: int) -> bool:
        return self._certain is None or bool(self._surest[robot][row] >= self._certain[kind])

    def _name(self, robot: tuple[int, ...], row: int, kind: int, age_s: float) -> str:
        """Give the name of a kind of fault; one that grows has time to wait for certainty."""
        name = self._model.kinds[kind]
        if self._certain is None or not kind_of(name).grows:
            return name
        waits = age_s < _GROWING_S or not self._is_certain(robot, row, kind)
        return UNKNOWN if waits else name

    def _unraised(
        self, residual: list[Verdict], stamp_ns: int, robot: tuple[int, ...]
    ) -> list[Verdict]:
        """Name what only residuals show: as the model thinks likely, or else unknown."""
        found = []
        for one in residual:
            row = self._joints.index(one.part) if one.part in self._joints else -1
            mean = self._mean[robot][row]
            kind, age_s = int(mean.argmax()), (stamp_ns - one.onset_ns) * 1e-9
            if mean[kind] >= _NAMED_P and self._is_known(robot, row, kind, 1.0, age_s):
                name, sure = self._name(robot, row, kind, age_s), float(mean[kind])
                found.append(replace(one, fault=name, probability=sure, source='model'))
            elif age_s >= _UNNAMED_S and self._is_news(one.onset_ns, stamp_ns, robot):
                found.append(replace(one, fault=UNKNOWN, source='model'))
        return found

    def _is_news(self, onset_ns: int, stamp_ns: int, robot: tuple[int, ...]) -> bool:
        """Say whether residuals show something that is not left from a start or another fault."""
        assert self._settled_ns is not None and self._stirred_ns is not None, 'a frame comes first'
        settled_ns = int(self._settled_ns[robot])
        stirred_ns = int(self._stirred_ns[robot]) - round(_BEFORE_S * 1e9)
        remembered = stirred_ns <= onset_ns < settled_ns
        return stamp_ns >= settled_ns + remembered * round(_REMEMBERED_S * 1e9)
