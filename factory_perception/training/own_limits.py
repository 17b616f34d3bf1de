"""Limits that each robot learned in its own first minutes: how often they cry wolf.

    python -m factory_perception.training.own_limits --json own.json

Simulated arms without a fault learn their limits as the node does and are watched afterwards; the
same arms are then watched with faults.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
import json
from pathlib import Path
import sys
from typing import Any

from factory_perception.cell.config import load_config
from factory_perception.faults.calibration import calibrate, MARGIN_ALONE
from factory_perception.faults.frame import Frame
from factory_perception.files import write_atomic
from factory_perception.training.cell_faults import HABITS
from factory_perception.training.cell_frames import cell_frames, FrameRuns
from factory_perception.training.fault_evaluation import figures_of
from factory_perception.training.fault_events import RunEvents, set_events

FAULTY_S = 240.0


def measure(seeds: Sequence[int], learn_s: float, watch_s: float) -> dict[str, Any]:
    """Give the figures of arms that each learned alone for ``learn_s`` seconds."""
    config = load_config()
    healthy = cell_frames(config, seeds, learn_s + watch_s, None)
    faulty = cell_frames(config, seeds, FAULTY_S, HABITS)
    begin = round(learn_s / healthy.frame_s)
    said: tuple[list[RunEvents], list[RunEvents]] = [], []
    for run in range(len(seeds)):
        lesson = _of(healthy, run, slice(0, begin))
        frames = Frame(*(getattr(lesson.frames, item.name)[:, 0] for item in fields(Frame)))
        learned = calibrate(
            lesson.joints, lesson.step_s, lesson.frame_s, frames, MARGIN_ALONE, alone=True
        )
        said[0].extend(set_events(_of(faulty, run, slice(None)), learned, None))
        said[1].extend(set_events(_of(healthy, run, slice(begin, None)), learned, None))
    return figures_of(tuple(said[0]), tuple(said[1]))


def _of(runs: FrameRuns, run: int, rows: slice) -> FrameRuns:
    """Give some frames of one run."""
    one = [getattr(runs.frames, item.name)[rows, run : run + 1] for item in fields(Frame)]
    return replace(runs, frames=Frame(*one), faults=runs.faults[run : run + 1], lengths=None)


def main(arguments: list[str] | None = None) -> int:
    """Measure and write or print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--arms', type=int, default=8)
    parser.add_argument('--learn', type=float, default=600.0, metavar='SECONDS')
    parser.add_argument('--watch', type=float, default=600.0, metavar='SECONDS')
    parser.add_argument('--json', type=Path, metavar='FILE')
    options = parser.parse_args(arguments)
    figures = measure(range(5000, 5000 + options.arms), options.learn, options.watch)
    text = json.dumps(figures, indent=2)
    if options.json is None:
        print(text)
    else:
        write_atomic(options.json, text.encode() + b'\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
