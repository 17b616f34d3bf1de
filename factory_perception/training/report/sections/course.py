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
    rows: Sequence[Mapping[str, Any]], metric: str, min_delta: float = 0.0, noun: str = 'picture'
) -> Section:
    """Draw what a run logged.

    Args:
        rows: lines of the metrics file: ``epoch``, ``seconds``, ``losses``, ``validation``.
        metric: what the loop measured.
        min_delta: what the loop counted as better.
        noun: what is learnt from.
    """
    if not rows:
        return left_out(
            TITLE, 'the run folder holds no metrics: a model that is published anew learns nothing'
        )
    best = best_epoch(rows, min_delta)
    charts = [_losses(rows, noun)]
    validated = [row for row in rows if row['validation']]
    if validated:
        charts.append(_figures(validated, best, noun))
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


def _losses(rows: Sequence[Mapping[str, Any]], noun: str) -> Chart:
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
        'losses', f'Loss on training {noun}s', f'{", ".join(names)} by epoch',
        Axis('epoch', whole=True), Axis('mean over the epoch', low=0.0), lines,
        f'Of {noun}s as they are drawn and changed for training, while the weights still change.',
    )  # fmt: skip


def _figures(rows: Sequence[Mapping[str, Any]], best: int | None, noun: str) -> Chart:
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
        'validation', f'Figures on validation {noun}s', f'{", ".join(names)} by epoch',
        Axis('epoch', whole=True), Axis('figure', low=_floor(lines), high=1.0), (*lines, *mark),
        'Of the averaged weights, before export.',
    )  # fmt: skip


def _floor(lines: Sequence[Line]) -> float | None:
    """Begin at 0, unless something lies below."""
    return None if any((line.y < 0).any() for line in lines) else 0.0
