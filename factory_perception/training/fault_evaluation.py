"""Measure a fault model on whole runs, the way a node runs it: by events."""

from __future__ import annotations

from typing import Any

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.scoring import Outcome, summarise
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_events import RunEvents, set_events, Trained

#: Faults of the cell that are there at once.
STEP_KINDS = ('collision', 'payload_change', 'grip_loss', 'protective_stop', 'sensor_stuck',
              'sensor_dropout')  # fmt: skip


def event_figures(
    faulty: FrameRuns,
    healthy: FrameRuns,
    calibration: Calibration,
    trained: Trained | None = None,
) -> dict[str, Any]:
    """Give the figures of runs with faults and of healthy runs.

    False alarms are counted on both: on healthy runs, and between the faults of the others.
    """
    return figures_of(
        set_events(faulty, calibration, trained), set_events(healthy, calibration, trained)
    )


def figures_of(faulty: tuple[RunEvents, ...], healthy: tuple[RunEvents, ...]) -> dict[str, Any]:
    """Give the figures of what was said about runs."""
    outcomes: list[Outcome] = [one for run in faulty for one in run.outcomes]
    false, quiet = (sum(len(run.false) for run in runs) for runs in (faulty, healthy))
    hours = [sum(run.seconds for run in runs) / 3600.0 for runs in (faulty, healthy)]
    return {
        **summarise(outcomes, false + quiet, sum(hours), STEP_KINDS),
        'healthy': {'false_alarms': quiet, 'hours': hours[1]},
    }
