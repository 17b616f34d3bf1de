"""How the training went: losses and validation figures, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factory_perception.training.report.chart import array, Axis, Chart, Line, Mark
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.text import counted

TITLE = 'How the training went'
#: A line with fewer points shows where they are.
MOST_DOTS = 15


def course_section(
    rows: Sequence[Mapping[str, Any]], metric: str, min_delta: float = 0.0
) -> Section:
    """Draw what a run logged.

    Args:
        rows: lines of the metrics file: ``epoch``, ``seconds``, ``losses``, ``validation``.
        metric: the figure that decides.
        min_delta: what the loop counted as better.
    """
    if not rows:
        return left_out(TITLE, 'the run folder holds no metrics')
    best = best_epoch(rows, min_delta)
    charts = [_losses(rows)]
    validated = [row for row in rows if row['validation']]
    if validated:
        charts.append(_figures(validated, best))
    minutes = rows[-1]['seconds'] / 60
    lead = f'{counted(len(rows), "epoch")} in {minutes:.1f} minutes.'
    if best is not None:
        value = next(row['validation']['score'] for row in validated if row['epoch'] + 1 == best)
        lead += f' The weights of epoch {best} were kept: {metric} {value:.3f} on validation data.'
    return Section(TITLE, tuple(charts), lead)


def best_epoch(rows: Sequence[Mapping[str, Any]], min_delta: float = 0.0) -> int | None:
    """Give the epoch whose weights were kept, counted from 1; nothing before any validation."""
    best, epoch = float('-inf'), None
    for row in rows:
        score = row['validation'].get('score', float('-inf'))
        if score > best + min_delta:
            best, epoch = score, int(row['epoch']) + 1
    return epoch


def _losses(rows: Sequence[Mapping[str, Any]]) -> Chart:
    names = list(rows[0]['losses'])
    epochs = array([row['epoch'] + 1 for row in rows])
    lines = tuple(
        Line(
            name,
            epochs,
            array([row['losses'].get(name, float('nan')) for row in rows]),
            dots=len(rows) < MOST_DOTS,
        )
        for name in names
    )
    return Chart(
        'losses', 'Loss on training pictures', f'{", ".join(names)} by epoch',
        Axis('epoch'), Axis('mean over the epoch', low=0.0), lines,
        'Of augmented pictures, while the weights still change.',
    )  # fmt: skip


def _figures(rows: Sequence[Mapping[str, Any]], best: int | None) -> Chart:
    names = [name for name in rows[0]['validation'] if name != 'score']
    epochs = array([row['epoch'] + 1 for row in rows])
    lines = tuple(
        Line(
            name,
            epochs,
            array([row['validation'][name] for row in rows]),
            dots=len(rows) < MOST_DOTS,
        )
        for name in names
    )
    mark = () if best is None else (Mark('kept', x=float(best)),)
    return Chart(
        'validation', 'Figures on validation pictures', f'{", ".join(names)} by epoch',
        Axis('epoch'), Axis('figure', low=0.0, high=1.0), (*lines, *mark),
        'Of the averaged weights, before export.',
    )  # fmt: skip
