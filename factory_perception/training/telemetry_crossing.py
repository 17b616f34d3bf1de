"""Opinions on the training recordings by judges that did not learn from them.

How much the network may say, and from which score on a fault counts, is chosen by rare events. The
validation recordings alone hold too few: the training recordings take part crosswise.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import tempfile

import torch
from torch import nn

from factory_perception.training.distributed import Team
from factory_perception.training.fault_lesson import FaultLesson
from factory_perception.training.fit import fit
from factory_perception.training.networks.faults import FaultNetwork
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.settings import FitSettings
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_learned import learn, Learned, Opinions, opinions
from factory_perception.training.telemetry_task import Task

HIDDEN = 24
#: Rows of a window that it learns from.
WINDOW = 100
#: The training recordings are judged in so many parts, whole groups in each.
PARTS = 3


def make_network(learned: Learned) -> FaultNetwork:
    """Make a network for what is left to learn."""
    return FaultNetwork(len(learned.scaling.mean), HIDDEN, len(learned.task.kinds) + 1)


def make_lesson(
    network: nn.Module,
    learned: Learned,
    runs: Sequence[TelemetryRun],
    validation: Sequence[TelemetryRun],
    how: FitSettings,
    team: Team,
) -> FaultLesson:
    """Bring network and recordings together."""
    classes = len(learned.task.kinds) + 1
    known, other = learned.series(runs), learned.series(validation)
    return FaultLesson(network, *known, other, classes, how, team, WINDOW)


def crossed(
    runs: Sequence[TelemetryRun],
    validation: Sequence[TelemetryRun],
    task: Task,
    how: FitSettings,
) -> list[Opinions]:
    """Judge each part of ``runs`` by what is learned from the others and from ``validation``.

    Where all are of one group nothing is judged: there would be too little to learn from.
    """
    groups, found = sorted({run.group for run in runs}), []
    parts = [set(groups[place::PARTS]) for place in range(min(PARTS, len(groups)))]
    for part in parts if len(parts) > 1 else ():
        others = [run for run in runs if run.group not in part]
        judged = [run for run in runs if run.group in part]
        found.append(strangers(others + list(validation), judged, task, how))
    return found


def strangers(
    others: Sequence[TelemetryRun],
    judged: Sequence[TelemetryRun],
    task: Task,
    how: FitSettings,
) -> Opinions:
    """Let forest and network judge recordings after they have learned from others.

    Of the network the epoch is taken that was best on what it learned from, so that nothing is
    chosen on what is judged. This process works alone, whoever else trains.
    """
    learned = learn(others, task, how.seed)
    torch.manual_seed(how.seed)
    alone = Team(0, 1, torch.device('cpu'))
    lesson = make_lesson(make_network(learned), learned, others, others, how, alone)
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        network = fit(lesson, how, RunFolder(Path(scratch)), lambda step: None, team=alone)
    return opinions(learned, network, judged)
