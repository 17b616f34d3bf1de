"""What the cell costs here: ``python -m factory_perception.cell.costs``, in processor time."""

from __future__ import annotations

from collections.abc import Callable
import time

import cv2
import numpy as np

from factory_perception.cell.config import CellConfig, load_config
from factory_perception.cell.dataset import PictureSource
from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.cell.joint_data import joint_runs
from factory_perception.cell.joint_stream import JointStream
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.simulation import Cell
from factory_perception.cell.tasks import RandomTasks


def timed(work: Callable[[], object]) -> float:
    """Give the seconds of processor time that this thread spends on something."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def frame_costs(seconds: int = 60) -> str:
    """Run a cell with its camera and say what frames and joints cost."""
    cell = Cell(seed=3)
    cell.frame()
    rate = cell.config.camera.rate_hz
    arm, camera, parts = [], [], []
    for index in range(1, round(seconds * rate)):
        arm.append(timed(lambda index=index: cell.advance_to(index / rate)))  # type: ignore[misc]
        camera.append(timed(cell.frame))
        parts.append(int(np.count_nonzero(cell.frame().truth.class_ids < 3)))
    ms = np.array(camera) * 1000
    late = np.percentile(ms, 95)
    return (
        f'frame: mean {ms.mean():.1f} ms, median {np.median(ms):.1f} ms, 95 % {late:.1f} ms '
        f'with {np.mean(parts):.1f} parts in view; arm and belt: {np.mean(arm) * 1000:.1f} ms '
        'between two frames'
    )


def sample_costs(count: int = 40) -> str:
    """Say what training pictures cost, once the belts are drawn."""
    source = PictureSource()
    for seed in range(60):
        source.sample(seed)
    spent = timed(lambda: [source.sample(seed) for seed in range(1000, 1000 + count)])
    return f'training picture: {spent / count * 1000:.0f} ms'


def joint_costs(config: CellConfig, seconds: float = 60.0, arms: int = 32) -> str:
    """Say how much faster than real time joint states are made, for one arm and for many."""
    planner = CyclePlanner(config)
    tasks = RandomTasks(config, planner, stream(1, 'tasks'))
    arm = JointStream(config, tasks, planner.home, 1)
    steps = round(seconds * config.arm.rate_hz / 16)
    one = timed(lambda: [arm.advance(16) for _ in range(steps)])
    many = timed(lambda: list(joint_runs(config, range(arms), seconds, FaultHabits())))
    return (
        f'joint states: one arm {seconds / one:.0f} times real time, {arms} arms '
        f'{arms * seconds / many:.0f} times'
    )


def main() -> None:
    """Print all costs, on one thread."""
    cv2.setNumThreads(1)
    for text in (frame_costs(), sample_costs(), joint_costs(load_config())):
        print(text, flush=True)


if __name__ == '__main__':
    main()
