"""From which evidence on there is a fault of each kind: set by hours without any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.classifier import Stack
from factory_perception.faults.decision import EVIDENCE, EVIDENCE_OF, evidence_steps, joint_and_arm
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
    """Give the most evidence ``(R, K)`` of each run for a fault of each kind.

    Args:
        runs: without faults.
        calibration: as the diagnosis has it.
        network: probabilities ``(N, R, J, K + 1)`` of the network.
        trees: as the diagnosis asks them.
        stack: puts both together.
        whole: which kinds belong to the whole arm.
    """
    observer, arm = Observer(calibration, runs.frame_s), np.array(whole)
    total: Array = np.zeros((len(runs), len(runs.joints) + 1, len(whole)))
    most: Array = np.zeros((len(runs), len(whole)))
    for index, frame in enumerate(runs.each()):
        seen, found = observer.update(frame), np.array(network[index])
        asked = 1.0 - found[..., 0] >= DOUBT
        if asked.any():
            answers = softmax(trees.scores(tree_rows(seen)[asked]))
            found[asked] = stack.probabilities(answers, found[asked])
        total = np.maximum(total + evidence_steps(joint_and_arm(found, arm)), 0.0)
        most = np.asarray(np.maximum(most, total.max(axis=1)))
    return most


def thresholds_of(
    most: NDArray[np.float64], kinds: Sequence[str], hours: float
) -> dict[str, float]:
    """Give thresholds of all kinds that leave ``FALSE_PER_HOUR`` on healthy runs, with a margin.

    Each alarm that is allowed goes to the kind whose threshold it lowers most.

    Args:
        most: most evidence ``(R, K)`` of each healthy run.
        kinds: of faults, ``K``.
        hours: how long all of the runs are.
    """
    falling = MARGIN * np.sort(most, axis=0)[::-1]
    levels = np.maximum(np.vstack([falling, np.zeros(len(kinds))]), EVIDENCE)
    spent, column = np.zeros(len(kinds), np.int64), np.arange(len(kinds))
    for _ in range(int(FALSE_PER_HOUR * hours)):
        after = np.minimum(spent + 1, len(levels) - 1)
        gain = levels[spent, column] - levels[after, column]
        if not gain.any():
            break
        spent[gain.argmax()] += 1
    found = levels[spent, column]
    return {EVIDENCE_OF + kind: round(float(level), 2) for kind, level in zip(kinds, found)}
