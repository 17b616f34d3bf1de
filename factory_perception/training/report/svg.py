"""A chart as SVG; its legend stands beside it as text, so that it can wrap on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.chart import (
    Band,
    Bars,
    Chart,
    Layer,
    Line,
    Mark,
    Points,
)
from factory_perception.training.report.scale import Scale
from factory_perception.training.report.text import escaped

#: Small enough for a phone; wider pages show charts side by side.
WIDTH, HEIGHT = 440, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 10, 40
#: Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008).
PALETTE = (
    '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#6a3d9a', '#7f7f7f',
)  # fmt: skip
FAINT = '#9aa1a9'
_DASHES = ('', '6 3', '2 3', '8 3 2 3')


def colours(chart: Chart) -> dict[str, tuple[str, str]]:
    """Give each named layer its colour and its dashes; equal names have equal ones."""
    found: dict[str, tuple[str, str]] = {}
    for layer in chart.layers:
        if isinstance(layer, (Mark, Band)) or layer.name in found:
            continue
        if isinstance(layer, Line) and layer.faint:
            found[layer.name] = (FAINT, '4 3')
        else:
            count = sum(colour != FAINT for colour, _ in found.values())
            dashes = _DASHES[count // len(PALETTE) % len(_DASHES)]
            found[layer.name] = (PALETTE[count % len(PALETTE)], dashes)
    return found


def draw_chart(chart: Chart) -> str:
    """Give a chart as an ``svg`` element."""
    xs, ys = _values(chart.layers)
    x = Scale.fit(chart.x, xs, _LEFT, WIDTH - _RIGHT)
    y = Scale.fit(chart.y, ys, HEIGHT - _BOTTOM, _TOP)
    looks = colours(chart)
    drawn, upright = [], 0
    for index, layer in enumerate(chart.layers):
        if isinstance(layer, Mark):
            drawn.append(_mark(layer, x, y, upright))
            upright += layer.y is None
        elif isinstance(layer, Band):
            following = (one for one in chart.layers[index:] if not isinstance(one, (Band, Mark)))
            owner = next(following, None)
            drawn.append(_band(layer, x, y, looks[owner.name][0] if owner else FAINT))
        else:
            drawn.append(_DRAW[type(layer)](layer, x, y, *looks[layer.name]))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escaped(chart.alt)}">'
        f'{_frame(chart, x, y)}{"".join(drawn)}</svg>'
    )


def _values(layers: Iterable[Layer]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gather everything that has to have room."""
    xs: list[NDArray[np.float64]] = [np.zeros(0)]
    ys: list[NDArray[np.float64]] = [np.zeros(0)]
    for layer in layers:
        if isinstance(layer, Bars):
            xs.append(layer.edges)
            ys.append(np.append(layer.heights, 0.0))
        elif isinstance(layer, Band):
            xs.append(layer.x)
            ys += [layer.low, layer.high]
        elif isinstance(layer, Mark):
            xs.append(np.array([layer.x] if layer.x is not None else []))
            ys.append(np.array([layer.y] if layer.y is not None else []))
        else:
            xs.append(layer.x)
            ys.append(layer.y)
    return np.concatenate(xs), np.concatenate(ys)


def _frame(chart: Chart, x: Scale, y: Scale) -> str:
    base, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    parts = []
    for value, text in y.ticks(5):
        at = float(y(value))
        parts.append(f'<path class="grid" d="M{_LEFT} {at:.1f}H{right}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{at + 4:.1f}">{text}</text>')
    for value, text in x.ticks(6):
        at = float(x(value))
        parts.append(f'<path class="grid" d="M{at:.1f} {base}v4"/>')
        parts.append(f'<text class="tick below" x="{at:.1f}" y="{base + 17}">{text}</text>')
    middle = (_LEFT + right) / 2
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{base}H{right}"/>')
    parts.append(
        f'<text class="label" x="{middle}" y="{HEIGHT - 6}">{escaped(chart.x.label)}</text>'
    )
    height = (_TOP + base) / 2
    parts.append(
        f'<text class="label" transform="translate(12 {height}) rotate(-90)">'
        f'{escaped(chart.y.label)}</text>'
    )
    return ''.join(parts)


def _runs(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[str]:
    """Write points as paths; a point that is no number interrupts."""
    runs: list[list[str]] = [[]]
    for left, top in zip(x, y):
        if np.isfinite(left) and np.isfinite(top):
            runs[-1].append(f'{left:.1f} {top:.1f}')
        elif runs[-1]:
            runs.append([])
    return ['M' + 'L'.join(run) for run in runs if run]


def _line(layer: Line, x: Scale, y: Scale, colour: str, dashes: str) -> str:
    across, up = layer.x, layer.y
    if layer.step and len(across):
        across, up = np.repeat(across, 2)[1:], np.repeat(up, 2)[:-1]
    finite = np.where(np.isfinite(up), y(np.nan_to_num(up)), np.nan)
    path = ''.join(_runs(x(across), finite))
    width = 1.3 if layer.faint else 2
    drawn = (
        f'<path class="line" d="{path}" stroke="{colour}" stroke-width="{width}"'
        f' stroke-dasharray="{dashes}"/>'
    )
    if layer.dots:
        drawn += _points(Points(layer.name, layer.x, layer.y), x, y, colour, '')
    return drawn


def _band(layer: Band, x: Scale, y: Scale, colour: str) -> str:
    known = np.isfinite(layer.low) & np.isfinite(layer.high)
    across = x(layer.x[known])
    edge = np.concatenate([across, across[::-1]])
    up = np.concatenate([y(layer.low[known]), y(layer.high[known])[::-1]])
    return f'<path d="{"".join(_runs(edge, up))}Z" fill="{colour}" fill-opacity=".16"/>'


def _points(layer: Points, x: Scale, y: Scale, colour: str, dashes: str) -> str:
    known = np.isfinite(layer.x) & np.isfinite(layer.y)
    radius, opacity = (2.2, 0.28) if layer.faint else (3, 0.85)
    dots = ''.join(
        f'<circle cx="{left:.1f}" cy="{top:.1f}" r="{radius}"/>'
        for left, top in zip(x(layer.x[known]), y(layer.y[known]))
    )
    return f'<g fill="{colour}" fill-opacity="{opacity}">{dots}</g>'


def _bars(layer: Bars, x: Scale, y: Scale, colour: str, dashes: str) -> str:
    edges, base = x(layer.edges), float(y(max(y.low, 0.0) if not y.log else y.low))
    drawn = []
    for left, right, top in zip(edges[:-1], edges[1:], y(layer.heights)):
        width = max(right - left - 1, 0.5)
        drawn.append(
            f'<rect x="{left + 0.5:.1f}" y="{top:.1f}" width="{width:.1f}" '
            f'height="{max(base - top, 0):.1f}"/>'
        )
    return f'<g fill="{colour}" fill-opacity=".55">{"".join(drawn)}</g>'


def _mark(layer: Mark, x: Scale, y: Scale, row: int) -> str:
    """Draw a mark; the words of upright ones stand in rows, so that near ones can be read."""
    name = escaped(layer.name)
    if layer.x is not None and layer.y is not None:
        left, top = float(x(layer.x)), float(y(layer.y))
        side = -8 if left > WIDTH * 0.6 else 8
        anchor = 'end' if side < 0 else 'start'
        return (
            f'<circle class="spot" cx="{left:.1f}" cy="{top:.1f}" r="4.5"/>'
            f'<text class="note" x="{left + side:.1f}" y="{top + 14:.1f}" '
            f'text-anchor="{anchor}">{name}</text>'
        )
    if layer.x is not None:
        left = float(x(layer.x))
        flip = left > WIDTH * 0.6
        return (
            f'<path class="mark" d="M{left:.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>'
            f'<text class="note" x="{left + (-5 if flip else 5):.1f}" y="{_TOP + 11 + 14 * row}" '
            f'text-anchor="{"end" if flip else "start"}">{name}</text>'
        )
    top = float(y(layer.y if layer.y is not None else 0.0))
    return (
        f'<path class="mark" d="M{_LEFT} {top:.1f}H{WIDTH - _RIGHT}"/>'
        f'<text class="note" x="{WIDTH - _RIGHT - 2}" y="{top - 4:.1f}" '
        f'text-anchor="end">{name}</text>'
    )


_DRAW: dict[type, Callable[..., str]] = {Line: _line, Points: _points, Bars: _bars}
