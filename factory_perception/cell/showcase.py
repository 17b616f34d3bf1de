"""Pictures of the cell: ``python -m factory_perception.cell.showcase FOLDER``.

Draws what the camera sees, the same with the truth over it, pictures of the data set, and the mark
that faults leave on joint states. Everything is seeded: the same code draws the same pictures.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from factory_perception.cell.arrays import Matrix, Picture
from factory_perception.cell.config import CellConfig, load_config
from factory_perception.cell.dataset import PictureSource
from factory_perception.cell.faults import Fault, make_fault
from factory_perception.cell.joint_stream import JointSamples, JointStream
from factory_perception.cell.parts import CLASSES, PARTS
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.simulation import Cell
from factory_perception.cell.tasks import RandomTasks
from factory_perception.cell.truth import Truth
from factory_perception.files import write_atomic

SEED, MOMENT_S = 26, 9.0
_INK, _PALE, _HOT, _BAND = (60, 60, 60), (190, 175, 160), (20, 110, 230), (214, 232, 250)


@dataclass(frozen=True)
class _Mark:
    """One panel: a fault and the channel in which it shows, beside the healthy arm."""

    kind: str
    joint: str
    channel: str
    label: str
    scale: float = 1.0
    ramp_s: float = 0.0
    onset_s: float = 6.0
    end_s: float = 10.0
    span_s: float = 9.0


_PANELS = (
    _Mark('friction_rise', 'joint_2', 'effort', 'effort / Nm', ramp_s=2.0),
    _Mark('collision', 'joint_1', 'effort', 'effort / Nm', end_s=6.3),
    _Mark('payload_change', 'joint_2', 'effort', 'effort / Nm'),
    _Mark('grip_loss', 'joint_2', 'error', 'q - reference / mrad', 1000.0, onset_s=9.0, end_s=10.5),
    _Mark('torque_loss', 'joint_3', 'effort', 'effort / Nm', ramp_s=1.0),
    _Mark('backlash', 'joint_1', 'swing', 'dq - reference / rad/s', ramp_s=0.5),
    _Mark('overheating', 'joint_3', 'temperature_c', 'temperature / deg C', ramp_s=2.0),
    _Mark('overheating', 'joint_6', 'effort', 'effort / Nm', ramp_s=8.0, end_s=36.0, span_s=36.0),
    _Mark('protective_stop', 'joint_1', 'velocity', 'velocity / rad/s'),
    _Mark('encoder_bias', 'joint_2', 'error', 'q - reference / mrad', 1000.0, ramp_s=0.5),
    _Mark('sensor_stuck', 'joint_1', 'position', 'position / rad'),
    _Mark('sensor_dropout', 'joint_5', 'effort', 'effort / Nm'),
)
_BEGIN_S = 3.0


def with_truth(image: Picture, truth: Truth, scale: int = 2) -> Picture:
    """Draw boxes and class names over an enlarged picture."""
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    for box, number in zip(truth.boxes_xyxy * scale, truth.class_ids):
        left, top, right, bottom = (int(value) for value in box)
        colour = (90, 220, 90) if number < len(PARTS) else (60, 60, 255)
        cv2.rectangle(large, (left, top), (right - 1, bottom - 1), colour, 2, cv2.LINE_AA)
        place = (left, top - 6 if top > 20 else bottom + 18)
        cv2.putText(large, CLASSES[number], place, 0, 0.55, (0, 0, 0), 4, cv2.LINE_AA)
        cv2.putText(large, CLASSES[number], place, 0, 0.55, colour, 1, cv2.LINE_AA)
    return large


def dataset_sheet(seeds: tuple[int, ...], columns: int = 3) -> Picture:
    """Put training pictures side by side, at half size."""
    source = PictureSource()
    pictures = [
        cv2.resize(source.sample(seed)[0], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        for seed in seeds
    ]
    rows = [np.hstack(pictures[at : at + columns]) for at in range(0, len(pictures), columns)]
    return np.vstack(rows)


def fault_sheet(config: CellConfig) -> Picture:
    """Plot each fault over the same seconds of the same arm without it."""
    panels = []
    for mark in _PANELS:
        names = config.arm.joint_names
        fault = make_fault(
            mark.kind, mark.joint, 0.8, mark.onset_s, mark.ramp_s, mark.end_s - mark.onset_s, names
        )
        column = names.index(mark.joint)
        lines = [
            _channel(samples, mark.channel)[:, column] * mark.scale
            for samples in (_joints(config, mark.span_s), _joints(config, mark.span_s, fault))
        ]
        panels.append(_panel(mark, lines))
    half = len(panels) // 2
    return np.hstack([np.vstack(panels[:half]), np.vstack(panels[half:])])


def _joints(config: CellConfig, span_s: float, *faults: Fault) -> JointSamples:
    planner = CyclePlanner(config)
    tasks = RandomTasks(config, planner, stream(SEED, 'tasks'))
    arm = JointStream(config, tasks, planner.home, SEED)
    count = round((_BEGIN_S + span_s) * config.arm.rate_hz)
    return arm.advance(count, faults)


def _channel(samples: JointSamples, name: str) -> Matrix:
    if name == 'error':
        whole = samples.position - samples.reference_position
    elif name == 'swing':
        whole = samples.velocity - samples.reference_velocity
    else:
        whole = getattr(samples, name)
    return whole[samples.stamp_ns >= _BEGIN_S * 1e9]


def _panel(mark: _Mark, lines: list[Matrix]) -> Picture:
    """Plot two lines over time: the first pale, the second over it; the fault's time shaded."""
    title, label = f'{mark.kind}, {mark.joint}', mark.label
    fine, width, height, left, top, bottom = 2, 470, 118, 52, 22, 14
    canvas = np.full((height * fine, width * fine, 3), 255, np.uint8)
    low, high = np.nanmin(lines), np.nanmax(lines)
    margin = 0.06 * max(high - low, 1e-6)
    low, high = low - margin, high + margin

    def across(time_s: Matrix | float) -> Matrix:
        return (left + (np.asarray(time_s) - _BEGIN_S) / mark.span_s * (width - left - 8)) * fine

    def up(value: Matrix | float) -> Matrix:
        span = height - top - bottom
        return (height - bottom - (np.asarray(value) - low) / (high - low) * span) * fine

    begin, end = (int(across(value)) for value in (mark.onset_s, mark.end_s))
    cv2.rectangle(canvas, (begin, top * fine), (end, (height - bottom) * fine), _BAND, -1)
    time_s = _BEGIN_S + np.arange(len(lines[0])) / len(lines[0]) * mark.span_s
    for values, colour in zip(lines, (_PALE, _HOT)):
        points = np.stack([across(time_s), up(values)], 1)
        for piece in _unbroken(points):
            cv2.polylines(canvas, [piece], False, colour, 2, cv2.LINE_AA, 4)
    frame = (left * fine, top * fine), ((width - 8) * fine, (height - bottom) * fine)
    cv2.rectangle(canvas, *frame, (200, 200, 200), 1)
    for text, place, size in (
        (title, (left, 15), 0.46),
        (label, (width - 8 - 7 * len(label), 15), 0.38),
        (f'{high:.3g}', (6, top + 9), 0.36),
        (f'{low:.3g}', (6, height - bottom), 0.36),
    ):
        at = (place[0] * fine, place[1] * fine)
        cv2.putText(canvas, text, at, 0, size * fine, _INK, fine, cv2.LINE_AA)
    return cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)


def _unbroken(points: Matrix) -> list[Matrix]:
    """Cut a line where values are missing; give whole-number points with 4 bits of fraction."""
    there = np.isfinite(points).all(1)
    edges = np.flatnonzero(np.diff(there.astype(int))) + 1
    pieces = np.split(points, edges)
    return [np.round(piece * 16).astype(np.int32) for piece in pieces if np.isfinite(piece).all()]


def main() -> None:
    """Write the pictures to a folder."""
    parser = argparse.ArgumentParser(description='Draw the pictures of docs/cell.md.')
    parser.add_argument('folder', type=Path, help='where to, such as docs/images')
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    cell = Cell(seed=SEED, habits=())
    cell.advance_to(MOMENT_S)
    frame = cell.frame()
    pictures = {
        'cell_camera.jpg': (frame.image_bgr, 93),
        'cell_truth.jpg': (with_truth(frame.image_bgr, frame.truth), 80),
        'cell_dataset.jpg': (dataset_sheet((24, 26, 27, 23, 28, 30)), 88),
        'cell_faults.png': (fault_sheet(load_config()), 0),
    }
    for name, (picture, quality) in pictures.items():
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        if quality == 0:
            picture, options = picture & 0xF0, [cv2.IMWRITE_PNG_COMPRESSION, 9]
        _, data = cv2.imencode(Path(name).suffix, picture, options)
        write_atomic(folder / name, data.tobytes())
        print(f'{folder / name}: {len(data) / 1000:.0f} kB')


if __name__ == '__main__':
    main()
