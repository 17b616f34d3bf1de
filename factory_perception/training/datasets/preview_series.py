"""A sheet of recordings as lines over time, with their labels as coloured stretches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.balanced import balanced
from factory_perception.training.datasets.canvas import (
    grid,
    GROUND,
    headed,
    INK,
    palette,
    shortened,
    tag,
    write,
)
from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.series import Recording
from factory_perception.training.datasets.series_set import read_source, SeriesIndex, Source
from factory_perception.vision.colours import Colour

TILES, COLUMNS, WIDTH, HEIGHT = 18, 3, 600, 230
#: So many recordings are read to find some with every label.
_LOOKED_AT = 200
_MOST_JOINTS, _MOST_LINES = 8, 12
#: More samples than this for each column are a vibration where there are no joints.
_FAST = 10


def series_sheet(
    title: str, index: SeriesIndex, sources: Sequence[Source]
) -> NDArray[np.uint8] | None:
    """Draw up to 18 recordings, every line in a lane of its own.

    Recordings that cannot be read are left out; ``None`` when none can.
    """
    recordings = []
    for source in sources[:: max(1, len(sources) // _LOOKED_AT)]:
        try:
            recordings.append(read_source(source))
        except DatasetError:
            continue
    if not recordings:
        return None
    labels = palette(index.labels, alarm=True)
    kinds = [sorted({(one.label, one.joint) for one in recording.intervals or ()})
             for recording in recordings]  # fmt: skip
    chosen = balanced([recording.name for recording in recordings], kinds, TILES)
    names = list(dict.fromkeys(name for at in chosen for name in lines_of(recordings[at])))
    colours = palette(names)
    tiles = [_tile(recordings[place], colours, labels) for place in sorted(chosen)]
    sheet = grid(tiles, min(COLUMNS, len(tiles)))
    return headed(sheet, title, {**colours, **{f'[{name}]': c for name, c in labels.items()}})


def lines_of(recording: Recording) -> dict[str, NDArray[np.float64]]:
    """Choose what to draw of a recording: one quantity of the joints, then other sensors."""
    joints, found = recording.joints, {}
    for kind in ('position', 'velocity', 'effort'):
        table: NDArray[np.float64] = getattr(joints, kind)
        if table.size and not np.isnan(table).all():
            found = {name: table[:, place] for place, name in enumerate(joints.names)}
            break
    found = dict(list(found.items())[:_MOST_JOINTS])
    return dict([*found.items(), *recording.channels.items()][:_MOST_LINES])


def excerpt(recording: Recording) -> slice:
    """Choose which samples to draw: of a vibration a short piece from the middle, else all."""
    count = len(recording.joints.time_s)
    if recording.joints.names or count <= _FAST * WIDTH:
        return slice(0, count)
    return slice(count // 2, count // 2 + 2 * WIDTH)


def _tile(
    recording: Recording, colours: Mapping[str, Colour], labels: Mapping[str, Colour]
) -> NDArray[np.uint8]:
    tile = np.full((HEIGHT, WIDTH, 3), 24, np.uint8)
    part_of = excerpt(recording)
    time_s = recording.joints.time_s[part_of]
    start, span = float(time_s[0]), max(float(time_s[-1] - time_s[0]), 1e-9)
    x = (time_s - start) / span * (WIDTH - 1)

    def column(moment: float) -> int:
        return round((moment - start) / span * (WIDTH - 1))

    for interval in recording.intervals or ():
        left, right = column(interval.start_s), column(interval.end_s)
        part = tile[:, max(left, 0) : max(right, left + 1, 0)]
        part[:] = (0.7 * part + 0.3 * np.array(labels[interval.label])).astype(np.uint8)
    lines = {name: values[part_of] for name, values in lines_of(recording).items()}
    room = HEIGHT / max(len(lines), 1)
    for lane, (name, values) in enumerate(lines.items()):
        y = (lane + 0.9) * room - 0.8 * room * _scaled(values, name, lines)
        for stretch in _stretches(x, y):
            cv2.polylines(tile, [stretch], False, colours[name], 1, cv2.LINE_AA)
    texts: dict[str, tuple[int, Colour]] = {}
    for interval in recording.intervals or ():
        text = f'{interval.label} {interval.joint}'.strip()
        texts.setdefault(text, (column(interval.start_s), labels[interval.label]))
    for row, (text, (left, colour)) in enumerate(list(texts.items())[:4], start=1):
        tag(tile, text, (left, 16 * row), colour)
    caption = np.full((18, WIDTH, 3), GROUND, np.uint8)
    state = ', not labelled' if recording.intervals is None else ''
    shown = '' if len(time_s) == len(recording.joints.time_s) else f'{span:.3g} s of '
    about = f'{shortened(recording.name, 40)}: {shown}{recording.duration_s:.4g} s, '
    about += f'{len(recording.joints.time_s)} samples{state}'
    write(caption, about, (2, 13), INK)
    return np.vstack([tile, caption])


def _scaled(
    values: NDArray[np.float64], name: str, lines: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Scale a line to 0..1 by its range, or by a tenth of its widest fellow's: rest looks flat."""
    fellows = [one for other, one in lines.items() if other.split('.')[1:] == name.split('.')[1:]]
    widest = max(_range(one)[1] - _range(one)[0] for one in fellows)
    low, high = _range(values)
    room = max(high - low, widest / 10, 1e-9)
    return np.clip((values - (low + high) / 2) / room + 0.5, -0.1, 1.1)


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0, 0.0
    low, high = np.percentile(known, [0.5, 99.5])
    return float(low), float(high)


def _stretches(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[NDArray[np.int32]]:
    """Give the unbroken stretches of a line as pixels; NaN breaks it."""
    if len(x) > 4 * WIDTH and not np.isnan(y).all():  # the lowest and the highest of each column
        starts = np.linspace(0, len(x), 2 * WIDTH + 1).astype(int)[:-1]
        filled = np.where(np.isnan(y), np.nanmean(y), y)
        y = np.stack([f.reduceat(filled, starts) for f in (np.minimum, np.maximum)], 1).ravel()
        x = np.repeat(x[starts], 2)
    known = ~np.isnan(y)
    points = np.round(np.stack([x[known], y[known]], axis=1)).astype(np.int32)
    breaks = np.flatnonzero(np.diff(np.flatnonzero(known)) > 1) + 1
    return [part for part in np.split(points, breaks) if len(part) > 1]
