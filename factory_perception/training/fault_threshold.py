"""From which evidence on there is a fault of each kind: set by hours without any.

Some faults look like nothing else, and a frame that only hints at them may count; others look like
what healthy robots do at times. So each kind has its own odds from which a frame speaks for it, and
its own evidence that raises an alarm: what healthy runs reach no more often than they may. Of
several odds those are taken that find most faults of the kind, and find them soonest.

The most evidence of a run is a maximum of sums of log odds, the tail of which falls exponentially
(Cramer's bound of ruin). So the highest of many runs say how far the next ones go (peaks over a
threshold: Pickands, *Statistical inference using extreme order statistics*, 1975); the highest one
alone would leave that to chance.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.classifier import FaultModel
from factory_perception.faults.decision import (
    BEYOND,
    CERTAIN_OF,
    CERTAIN_S,
    EVIDENCE_OF,
    evidence_steps,
    joint_and_arm,
    mean_share,
    ODDS_OF,
)
from factory_perception.faults.frame import Array
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_evaluation import WOLF
from factory_perception.training.fault_opinions import opinions
from factory_perception.training.statistics import poisson

#: So many alarms an hour all kinds of faults together are meant to raise on healthy robots.
ALARMS_AN_HOUR = 0.25
#: The tail is measured on so many runs with the most evidence.
TAIL_RUNS = 12
#: It is not followed further than into so many times the runs that were watched.
FURTHEST = 10.0
#: An alarm needs this evidence (20 to 1), however seldom healthy runs reach it.
LEAST_EVIDENCE = 3.0
#: A fault is not called unknown for lack of certainty where its odds are as good as those of the
#: least sure fault of its kind that was found, divided by this.
UNSURE = 4.0
#: What is surer than this counts as no surer: no fault has to reach what one hardly can.
SURE = 0.999
#: The trees are asked from this probability of a fault on.
DOUBT = 0.05
#: Log odds from which a frame may speak for a fault, to choose from: 1 to 1 down to 1 to 20.
ODDS = (0.0, -0.5, -1.0, -1.5, -3.0)


def thresholds_of(
    model: FaultModel, healthy: tuple[FrameRuns, Array], faulty: tuple[FrameRuns, Array]
) -> dict[str, float]:
    """Choose odds and evidence of every kind, and how sure the model gets of it.

    Args:
        model: of ``K`` kinds, all but its network.
        healthy: runs without faults, and the probabilities ``(N, R, J, K + 1)`` of the network.
        faulty: the same of runs with faults; neither was learned from.
    """
    most, hours = _most_evidence(_answers(model, *healthy)), healthy[0].seconds / 3600.0
    levels = rarely_reached(most, ALARMS_AN_HOUR / len(model.kinds) * hours)
    raised, certain = _watched(_answers(model, *faulty), levels, faulty[0].frame_s)
    runs, found = faulty[0], {}
    for place, kind in enumerate(model.kinds):
        scores = [_found(runs, kind, raised[..., place, odds]) for odds in range(len(ODDS))]
        best = max(range(len(ODDS)), key=scores.__getitem__)
        found[ODDS_OF + kind] = ODDS[best]
        found[EVIDENCE_OF + kind] = round(float(levels[place, best]), 2)
        surest = _surest(runs, kind, raised[..., place, best], certain)
        found[CERTAIN_OF + kind] = round(_lower(min([*surest, SURE])) if surest else 0.0, 4)
    return found


def _lower(probability: float) -> float:
    """Give the probability whose odds are ``UNSURE`` times worse."""
    return probability / (probability + UNSURE * (1.0 - probability))


def few_hours(healthy: FrameRuns) -> tuple[str, ...]:
    """Warn where thresholds were set on fewer healthy hours than keep a diagnosis from crying wolf.

    Nothing rarer than what those hours can show was kept from being an alarm.
    """
    hours = healthy.seconds / 3600.0
    promised = poisson(0, hours).high
    if promised <= WOLF:
        return ()
    return (
        f'The alarm thresholds were set on {hours:.2f} healthy hours, which cannot promise fewer '
        f'than {promised:.1f} false alarms an hour: take more healthy runs (of the cell: more '
        '--pictures).',
    )


def _answers(model: FaultModel, runs: FrameRuns, network: Array) -> Iterator[Array]:
    """Give the probabilities ``(R, J + 1, K)`` of faults, frame after frame."""
    whole = np.array([kind in model.whole for kind in model.kinds])
    return (joint_and_arm(one.probabilities, whole) for one in opinions(model, runs, network))


def _steps(answers: Array) -> Array:
    """Give what frames say for each kind at all odds ``(..., K, len(ODDS))``."""
    return np.stack([evidence_steps(answers, odds) for odds in ODDS], axis=-1)


def _most_evidence(answers: Iterator[Array]) -> Array:
    """Give the most evidence ``(R, K, len(ODDS))`` that each run reaches."""
    total: Array = np.zeros(1)
    most: Array = np.zeros(1)
    for one in answers:
        total = np.asarray(np.maximum(total + _steps(one), 0.0))
        most = np.asarray(np.maximum(most, total))
    return np.asarray(most.max(axis=1))


def rarely_reached(most: Array, runs: float) -> Array:
    """Give the evidence ``(...)`` that of R runs no more than ``runs`` reach on average.

    ``most`` ``(R, ...)`` is what R runs reach. What the highest ``TAIL_RUNS`` have above the next
    one is taken to fall exponentially, so that ``runs`` may be less than 1.
    """
    high = np.sort(np.concatenate([most, np.zeros((1, *most.shape[1:]))]), axis=0)[::-1]
    high = high[: TAIL_RUNS + 1]
    above = high[:-1] - high[-1]
    count = np.maximum((above > 0).sum(axis=0), 1)
    further = np.log(count / max(runs, 1.0 / FURTHEST))
    return np.asarray(np.maximum(high[-1] + above.sum(axis=0) / count * further, LEAST_EVIDENCE))


def _watched(
    answers: Iterator[Array], levels: Array, frame_s: float
) -> tuple[NDArray[np.bool_], Array]:
    """Say where thresholds ``(K, len(ODDS))`` are passed: ``(N, R, K, len(ODDS))``.

    Beside it, how sure it is that something is wrong: ``(N, R, J + 1)``, as the diagnosis has it.
    """
    total: Array = np.zeros(1)
    sure: Array = np.zeros(1)
    passed, certain = [], []
    for one in answers:
        total = np.clip(total + _steps(one), 0.0, levels + BEYOND)
        sure = sure + mean_share(frame_s, CERTAIN_S) * (one.sum(axis=-1) - sure)
        passed.append((total >= levels).any(axis=1))
        certain.append(sure)
    return np.stack(passed), np.stack(certain)


def events_of(runs: FrameRuns, kind: str, count: int) -> Iterator[tuple[int, slice, int]]:
    """Give run, frames and row (the last is the arm's) of each fault of a kind."""
    for run, faults in enumerate(runs.faults):
        for fault in faults:
            first, last = (int(time / runs.frame_s) for time in (fault.onset_s, fault.end_s))
            if fault.kind == kind and first < count:
                row = runs.joints.index(fault.joint) if fault.joint else len(runs.joints)
                yield run, slice(first, last + 1), row


def _found(runs: FrameRuns, kind: str, raised: NDArray[np.bool_]) -> tuple[float, float]:
    """Give the share of the faults of a kind in which ``raised`` ``(N, R)``, and minus the delay.

    The delay is the median in seconds.
    """
    delays = []
    for run, frames, _ in events_of(runs, kind, len(raised)):
        there = np.flatnonzero(raised[frames, run])
        delays.append(there[0] * runs.frame_s if len(there) else np.inf)
    known = np.isfinite(delays)
    if not known.any():
        return 0.0, 0.0
    return float(known.mean()), -float(np.median(np.array(delays)[known]))


def _surest(runs: FrameRuns, kind: str, raised: NDArray[np.bool_], certain: Array) -> list[float]:
    """Give how sure the model gets of each fault of a kind that is found."""
    return [
        float(certain[frames, run, row].max())
        for run, frames, row in events_of(runs, kind, len(raised))
        if raised[frames, run].any()
    ]
