"""How strange faults of a known kind look: whatever looks stranger is another kind.

A network is as sure of a fault that it never learned as of the one that is most like it. But seldom
does such a fault look alike in everything, and as long as the alarm is up there is time to see
that. So the same decision that names faults watches known ones that neither network nor trees
learned from, and the strangest few of them draw the line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.classifier import FaultModel
from factory_perception.faults.decision import Decision, STRANGE_OF
from factory_perception.faults.frame import Array
from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_opinions import opinions
from factory_perception.training.fault_threshold import events_of

#: Of the known faults of a joint no more than this share is to be called unknown for how they look.
STRANGE_SHARE = 0.1


def strange_thresholds(model: FaultModel, runs: FrameRuns, network: Array) -> dict[str, float]:
    """Give the p-value of every kind below which a fault that is told as it is another.

    A fault counts by what it has for half of its time. A kind of which none was found, or that
    belongs to no joint, is never strange.

    Args:
        model: with all other thresholds.
        runs: with faults that neither network nor trees learned from.
        network: probabilities ``(N, R, J, K + 1)`` of the network alone.
    """
    named, p_values = _watched(model, runs, network)
    found = {}
    for place, kind in enumerate(model.kinds):
        seen = [
            float(np.median(p_values[frames, run, row][told]))
            for run, frames, row in events_of(runs, kind, len(named))
            if row < len(runs.joints) and (told := named[frames, run, row] == place).any()
        ]
        # Nothing is stranger than 0: the fewer were seen, the nearer to it lies the line.
        found[STRANGE_OF + kind] = round(float(np.quantile([0.0, *seen], STRANGE_SHARE)), 4)
    return found


def _watched(model: FaultModel, runs: FrameRuns, network: Array) -> tuple[NDArray[np.int64], Array]:
    """Give kinds and p-values ``(N, R, J)`` of joints; the kind is -1 where nothing is doubted."""
    robots = (len(runs),)
    residual = ResidualLayer(model.calibration, runs.frame_s, robots)
    decision = Decision(model, residual, runs.frame_s, robots)
    named, p_values = [], []
    for index, opinion in enumerate(opinions(model, runs, network)):
        decision.update(opinion, round((index + 1) * runs.frame_s * 1e9))
        named.append(decision.doubted[:, :-1])
        p_values.append(decision.p_values)
    return np.stack(named), np.stack(p_values)
