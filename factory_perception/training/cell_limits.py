"""Limits of the embedded cell's arm: what healthy arms of its kind do, whatever their friction.

    python -m factory_perception.training.cell_limits config/cell_limits.npz
    python -m factory_perception.training.cell_limits config/cell_limits.npz --measure limits.json

A diagnoser that is given the file watches from the first second on, without any training. The
second command measures it on other arms, with faults and without.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import sys
from typing import Any

from factory_perception.cell.config import load_config
from factory_perception.faults.calibration import calibrate, Calibration, unpack_calibration
from factory_perception.files import write_atomic
from factory_perception.training.cell_faults import HABITS
from factory_perception.training.cell_frames import cell_frames, FrameRuns
from factory_perception.training.fault_evaluation import event_figures

#: Arms that limits are learned from, and for how long.
SEEDS, RUN_S = range(2000, 2256), 60.0
#: Arms to measure on: with faults, and without.
TEST_SEEDS, HEALTHY_SEEDS = range(3000, 3032), range(4000, 4256)


def limits_of(runs: FrameRuns) -> Calibration:
    """Learn limits from healthy runs."""
    return calibrate(runs.joints, runs.step_s, runs.frame_s, runs.frames)


def measure(learned: Calibration) -> dict[str, Any]:
    """Measure limits on arms that they were not learned from."""
    config = load_config()
    faulty = cell_frames(config, TEST_SEEDS, RUN_S, HABITS)
    healthy = cell_frames(config, HEALTHY_SEEDS, RUN_S, None)
    return event_figures(faulty, healthy, learned)


def main(arguments: list[str] | None = None) -> int:
    """Simulate arms; learn and write the file, or read and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', type=Path)
    parser.add_argument('--measure', type=Path, metavar='JSON')
    options = parser.parse_args(arguments)
    if options.measure is not None:
        learned = unpack_calibration(options.file.read_bytes(), str(options.file))
        write_atomic(options.measure, json.dumps(measure(learned), indent=2).encode() + b'\n')
        return 0
    learned = limits_of(cell_frames(load_config(), SEEDS, RUN_S, None))
    write_atomic(options.file, learned.pack())
    print(f'{options.file}: {learned.frames} blocks of {len(SEEDS)} healthy arms')
    return 0


if __name__ == '__main__':
    sys.exit(main())
