"""Parts of a section as HTML."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from factory_perception.training.report.chart import Bars, Chart, Line, Mark, Points
from factory_perception.training.report.parts import (
    Cell,
    Code,
    Facts,
    Gallery,
    Grid,
    Intervals,
    Notice,
    Part,
    Row,
    Table,
    Words,
)
from factory_perception.training.report.svg import colours, draw_chart
from factory_perception.training.report.text import escaped, number, shortened


def part_html(part: Part) -> str:
    """Give any part as HTML."""
    return _WRITERS[type(part)](part)


def _words(part: Words) -> str:
    return f'<p class="wide">{escaped(part.text)}</p>'


def _notice(part: Notice) -> str:
    return f'<p class="wide notice {escaped(part.level)}">{escaped(part.text)}</p>'


def _code(part: Code) -> str:
    return f'<pre class="wide">{escaped(part.text)}</pre>'


def _facts(part: Facts) -> str:
    rows = ''.join(
        f'<tr><th scope="row">{escaped(name)}</th><td>{escaped(number(value))}</td></tr>'
        for name, value in part.rows.items()
    )
    return f'<div>{_title(part)}<table class="facts">{rows}</table></div>'


def _table(part: Table) -> str:
    body = ''.join(
        f'<tr><th scope="row">{escaped(row[0])}</th>'
        + ''.join(_cell(value, part.digits) for value in row[1:])
        + '</tr>'
        for row in part.rows
    )
    wide = ' class="wide"' if len(part.header) > 4 or _long(part) else ''
    return (
        f'<div{wide}>{_title(part)}<div class="scroll"><table>{_header(part.header, part.rows)}'
        f'<tbody>{body}</tbody></table></div>{_note(part.note)}</div>'
    )


def _long(part: Table) -> bool:
    return any(isinstance(value, str) and len(value) > 50 for row in part.rows for value in row)


def _cell(value: Cell, digits: int) -> str:
    kind = '' if isinstance(value, str) else ' class="num"'
    return f'<td{kind}>{escaped(number(value, digits))}</td>'


def _header(names: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...] = ()) -> str:
    """Give the header; over numbers, which stand to the right, it does too."""
    numeric = [all(not isinstance(one, str) for one in column) for column in zip(*rows)]
    kinds = [' class="num"' if right else '' for right in numeric or [False] * len(names)]
    cells = ''.join(f'<th{kind}>{escaped(name)}</th>' for kind, name in zip(kinds, names))
    return f'<thead><tr>{cells}</tr></thead>'


def _grid(part: Grid) -> str:
    head = ''.join(
        f'<th title="{escaped(name)}">{escaped(shortened(name, 14))}</th>' for name in part.columns
    )
    rows = []
    for index, name in enumerate(part.rows):
        cells = ''.join(_shaded(part, index, column) for column in range(len(part.columns)))
        rows.append(f'<tr><th scope="row">{escaped(shortened(name, 22))}</th>{cells}</tr>')
    many = len(part.columns) > 7
    wide, looks = (' class="wide"', 'heat many') if many else ('', 'heat')
    return (
        f'<div{wide}>{_title(part)}<div class="scroll"><table class="{looks}">'
        f'<thead><tr><th>{escaped(part.corner)}</th>{head}</tr></thead>'
        f'<tbody>{"".join(rows)}</tbody></table></div>{_note(part.note)}</div>'
    )


def _shaded(part: Grid, row: int, column: int) -> str:
    value, shade = float(part.values[row, column]), float(part.shades[row, column])
    good = bool(part.good[row, column])
    base = (0, 114, 178) if good else (213, 94, 0)
    ink = '#fff' if shade > 0.6 else '#1c2127'
    weight = ';font-weight:600' if good else ''
    text = number(round(value) if part.digits == 0 else value, part.digits)
    red, green, blue = base
    return (
        f'<td style="background:rgba({red},{green},{blue},{0.04 + 0.9 * shade:.2f});'
        f'color:{ink}{weight}">{escaped(text)}</td>'
    )


def _intervals(part: Intervals) -> str:
    rows = ''.join(_interval_row(part, row) for row in part.rows)
    names = (part.header[0], part.header[1], '95 %', '', *part.header[2:])
    cells = tuple((row.name, row.value.value, row.value.low, '', *row.beside) for row in part.rows)
    return (
        f'<div class="wide">{_title(part)}<div class="scroll"><table>{_header(names, cells)}'
        f'<tbody>{rows}</tbody></table></div>{_note(part.note)}</div>'
    )


def _interval_row(part: Intervals, row: Row) -> str:
    value = row.value

    def at(figure: float) -> float:
        return 100 * min(max((figure - part.low) / (part.high - part.low), 0.0), 1.0)

    drawn = ''
    if value.low == value.low and value.high == value.high:  # NaN is not equal to itself
        width = max(at(value.high) - at(value.low), 0.5)
        drawn += f'<i class="range" style="left:{at(value.low):.1f}%;width:{width:.1f}%"></i>'
    if value.value == value.value:
        drawn += f'<i class="at" style="left:{at(value.value):.1f}%"></i>'
    if part.mark is not None:
        drawn += f'<i class="other" style="left:{at(part.mark):.1f}%"></i>'
    known = f'{number(value.low)} – {number(value.high)}' if value.low == value.low else '–'
    beside = ''.join(_cell(cell, 3) for cell in row.beside)
    return (
        f'<tr><th scope="row">{escaped(row.name)}</th>{_cell(value.value, 3)}'
        f'<td class="num">{known}</td>'
        f'<td><span class="span"><i class="rail"></i>{drawn}</span></td>{beside}</tr>'
    )


def _gallery(part: Gallery) -> str:
    figures = []
    for one in part.pictures:
        data = base64.b64encode(one.jpeg).decode('ascii')
        width, height = one.size_wh
        figures.append(
            f'<figure><img src="data:image/jpeg;base64,{data}" width="{width}" height="{height}" '
            f'alt="{escaped(one.alt)}"><figcaption>{escaped(one.caption)}</figcaption></figure>'
        )
    return (
        f'<div class="wide">{_title(part)}<div class="gallery">{"".join(figures)}</div>'
        f'{_note(part.note)}</div>'
    )


def _chart(part: Chart) -> str:
    return f'<div>{_title(part)}{_legend(part)}{draw_chart(part)}{_note(part.note)}</div>'


def _legend(part: Chart) -> str:
    looks = colours(part)
    shapes = {layer.name: layer for layer in part.layers if not isinstance(layer, Mark)}
    if len(looks) < 2:
        return ''
    items = []
    for name, (colour, dashes) in looks.items():
        if isinstance(shapes[name], Line):
            drawn = (
                f'<path d="M1 5H21" stroke="{colour}" stroke-width="2.5" '
                f'stroke-dasharray="{dashes}"/>'
            )
        elif isinstance(shapes[name], Points):
            drawn = f'<circle cx="11" cy="5" r="4" fill="{colour}"/>'
        else:
            opacity = '.55' if isinstance(shapes[name], Bars) else '.2'
            drawn = f'<rect x="3" width="16" height="10" fill="{colour}" fill-opacity="{opacity}"/>'
        items.append(
            f'<li><svg viewBox="0 0 22 10" aria-hidden="true">{drawn}</svg>{escaped(name)}</li>'
        )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _title(part: Any) -> str:
    return f'<h3>{escaped(part.title)}</h3>' if part.title else ''


def _note(text: str) -> str:
    return f'<p class="note-below">{escaped(text)}</p>' if text else ''


_WRITERS: dict[type, Callable[[Any], str]] = {
    Words: _words,
    Notice: _notice,
    Code: _code,
    Facts: _facts,
    Table: _table,
    Grid: _grid,
    Intervals: _intervals,
    Gallery: _gallery,
    Chart: _chart,
}
