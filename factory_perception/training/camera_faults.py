"""How well frozen, dark and blurred pictures of the embedded cell are found, and how often wrongly.

    python -m factory_perception.training.camera_faults --seeds 3 --minutes 10 --json camera.json

The cell is played with faults of its camera, and once more without; its pictures go through what
the detector measures of them once and what the diagnoser makes of that.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import sys
from typing import Any

from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.cell.faults import CAMERA_FAULTS
from factory_perception.cell.simulation import Cell
from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.picture_layer import PictureLayer, PictureLimits
from factory_perception.faults.scoring import alarms_of, match, Outcome, summarise, TrueFault
from factory_perception.files import write_atomic
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.picture_watch import PictureWatch

#: Faults of the cell under the names of the diagnosis. It has none for a dirty lens.
NAMES = {
    'defocus': 'camera_blurred',
    'underexposed': 'camera_dark',
    'frozen_frame': 'camera_frozen',
    'dirty_lens': 'dirty_lens',
}
HABITS = FaultHabits(CAMERA_FAULTS, pause_s=(15.0, 30.0), severity=(0.35, 1.0), first_s=30.0)
_FIRST_SEED = 6000
#: Pictures a second that are drawn; reports a second are one, as the detector gives them.
_PICTURES = 4


def play(seed: int, seconds: float, habits: tuple[FaultHabits, ...]) -> list[Change]:
    """Give what the diagnosis says about the camera of one cell."""
    cell, watch, book = Cell(seed=seed, habits=habits), PictureWatch(), AlarmBook()
    layer = PictureLayer('camera', PictureLimits())
    changes: list[Change] = []
    for tick in range(round(seconds * _PICTURES)):
        cell.advance_to(tick / _PICTURES)
        now_ns = round(tick / _PICTURES * 1e9) + 1
        watch.look(ColourImage(cell.frame().image_bgr, 'bgr'), now_ns)
        report = watch.report() if tick % _PICTURES == 0 else None
        if report is not None:
            layer.add(report, now_ns)
            changes += book.update(layer.verdicts(now_ns), now_ns)
    return changes


def true_faults(seed: int, seconds: float) -> list[TrueFault]:
    """Give the faults that ``play`` puts into a cell."""
    there = Cell(seed=seed, habits=(HABITS,)).faults.during(0.0, seconds - 1.0)
    return [TrueFault(NAMES[one.kind], '', one.onset_s, one.end_s) for one in there]


def measure(seeds: Sequence[int], seconds: float) -> dict[str, Any]:
    """Play every cell with faults and without; give the figures."""
    outcomes: list[Outcome] = []
    false = 0
    for seed in seeds:
        alarms = alarms_of(play(seed, seconds, (HABITS,)), seconds)
        found, wrong = match(true_faults(seed, seconds), alarms)
        outcomes, false = outcomes + found, false + len(wrong)
        false += len(alarms_of(play(seed, seconds, ()), seconds))
    return summarise(outcomes, false, 2 * len(seeds) * seconds / 3600.0)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seeds', type=int, default=3, help='so many cells')
    parser.add_argument('--minutes', type=float, default=10.0, help='of each')
    parser.add_argument('--json', type=Path, metavar='FILE')
    options = parser.parse_args(arguments)
    seeds = range(_FIRST_SEED, _FIRST_SEED + options.seeds)
    text = json.dumps(measure(seeds, options.minutes * 60.0), indent=2)
    print(text)
    if options.json is not None:
        write_atomic(options.json.absolute(), text.encode() + b'\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
