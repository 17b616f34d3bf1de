"""Limits of the embedded cell's arm: what healthy arms of its kind do, whatever their friction.

    python -m factory_perception.training.cell_limits config/cell_limits.npz

A diagnoser that is given the file watches from the first second on, without any training.
"""

from __future__ import annotations

from pathlib import Path
import sys

from factory_perception.cell.config import load_config
from factory_perception.faults.calibration import calibrate, Calibration
from factory_perception.files import write_atomic
from factory_perception.training.cell_frames import cell_frames, FrameRuns

#: Arms that limits are learned from, and for how long.
SEEDS, RUN_S = range(2000, 2032), 60.0
MARGIN = 1.5


def limits_of(runs: FrameRuns) -> Calibration:
    """Learn limits from healthy runs."""
    return calibrate(runs.joints, runs.step_s, runs.frame_s, runs.frames, MARGIN)


def main(arguments: list[str] | None = None) -> int:
    """Simulate the arms, learn, write the file."""
    path = Path((arguments or sys.argv[1:])[0])
    learned = limits_of(cell_frames(load_config(), SEEDS, RUN_S, None))
    write_atomic(path, learned.pack())
    print(f'{path}: {learned.frames} blocks of {len(SEEDS)} healthy arms')
    return 0


if __name__ == '__main__':
    sys.exit(main())
