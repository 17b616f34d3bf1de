"""What a model thinks of whole runs that its network has already looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from factory_perception.faults.classifier import FaultModel, form_opinion, Opinion
from factory_perception.faults.frame import Array
from factory_perception.faults.observer import Observer
from factory_perception.training.cell_frames import FrameRuns


def opinions(model: FaultModel, runs: FrameRuns, network: Array) -> Iterator[Opinion]:
    """Give the opinions on runs side by side, frame after frame, as the diagnosis has them.

    Args:
        model: all but its network.
        runs: what is looked at.
        network: probabilities ``(N, R, J, K + 1)`` of the network alone.
    """
    observer = Observer(model.calibration, runs.frame_s)
    for frame, alone in zip(runs.each(), network):
        yield form_opinion(model, observer.update(frame), np.array(alone))
