"""From which evidence on there is a fault: set by hours without any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.classifier import Stack
from factory_perception.faults.decision import EVIDENCE, evidence_step, joint_and_arm
from factory_perception.faults.features import tree_rows
from factory_perception.faults.frame import Array
from factory_perception.faults.observer import Observer
from factory_perception.faults.trees import softmax, Trees
from factory_perception.training.cell_frames import FrameRuns

#: False alarms an hour that healthy runs may show at the threshold; its margin above that.
FALSE_PER_HOUR, MARGIN = 0.4, 1.1
#: The trees are asked from this probability of a fault on.
DOUBT = 0.05


def most_evidence(
    runs: FrameRuns,
    calibration: Calibration,
    network: Array,
    trees: Trees,
    stack: Stack,
    whole: Sequence[bool],
) -> NDArray[np.float64]:
    """Give the most evidence ``(R,)`` for a fault of each run.

    Args:
        runs: without faults.
        calibration: as the diagnosis has it.
        network: probabilities ``(N, R, J, K + 1)`` of the network.
        trees: as the diagnosis asks them.
        stack: puts both together.
        whole: which kinds belong to the whole arm.
    """
    observer, arm = Observer(calibration, runs.frame_s), np.array(whole)
    total: Array = np.zeros((len(runs), len(runs.joints) + 1))
    most: Array = np.zeros(len(runs))
    for index, frame in enumerate(runs.each()):
        seen, found = observer.update(frame), np.array(network[index])
        asked = 1.0 - found[..., 0] >= DOUBT
        if asked.any():
            answers = softmax(trees.scores(tree_rows(seen)[asked]))
            found[asked] = stack.probabilities(answers, found[asked])
        step = evidence_step(joint_and_arm(found, arm).sum(axis=-1))
        total = np.maximum(total + step, 0.0)
        most = np.asarray(np.maximum(most, total.max(axis=1)))
    return most


def threshold_of(most: NDArray[np.float64], hours: float) -> float:
    """Give the threshold that leaves ``FALSE_PER_HOUR`` on healthy runs, with its margin."""
    allowed = int(FALSE_PER_HOUR * hours)
    highest = np.sort(most)[::-1]
    return max(EVIDENCE, MARGIN * float(highest[min(allowed, len(highest) - 1)]))
