"""Measure a fault model on whole runs, the way a node runs it: by events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.scoring import Outcome, summarise
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_events import RunEvents, set_events, Trained
from factory_perception.training.statistics import Interval, poisson, wilson

#: More false alarms an hour than this is crying wolf.
WOLF = 1.0
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


def figures_of(faulty: Sequence[RunEvents], healthy: Sequence[RunEvents]) -> dict[str, Any]:
    """Give the figures of what was said about runs."""
    outcomes: list[Outcome] = [one for run in faulty for one in run.outcomes]
    false, quiet = (sum(len(run.false) for run in runs) for runs in (faulty, healthy))
    hours = [sum(run.seconds for run in runs) / 3600.0 for runs in (faulty, healthy)]
    return {
        **summarise(outcomes, false + quiet, sum(hours), STEP_KINDS),
        'healthy': {
            'false_alarms': quiet,
            'hours': hours[1],
            'false_alarms_per_hour': _interval(poisson(quiet, hours[1])),
        },
        'intervals': _intervals(outcomes, false + quiet, sum(hours)),
    }


def _intervals(outcomes: Sequence[Outcome], false: int, hours: float) -> dict[str, list[float]]:
    """Give the 95 % intervals ``[low, high]`` of the shares, and of the rate of false alarms."""
    found = [one for one in outcomes if one.detected]
    jointed = [one for one in found if one.truth.joint]
    named = sum(one.fault == one.truth.kind for one in found)
    placed = sum(one.part == one.truth.joint for one in jointed)
    return {
        'event_recall': _interval(wilson(len(found), len(outcomes))),
        'named_right': _interval(wilson(named, len(found))),
        'joint_right': _interval(wilson(placed, len(jointed))),
        'false_alarms_per_hour': _interval(poisson(false, hours)),
    }


def _interval(interval: Interval) -> list[float]:
    return [round(interval.low, 4), round(interval.high, 4)]
