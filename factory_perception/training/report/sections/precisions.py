"""Which precisions were tried, and what the gate said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factory_perception.training.gate import Verdict
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.text import listed, number

TITLE = 'Precisions'


def precisions_section(
    metrics: Mapping[str, Mapping[str, Any]],
    verdicts: Sequence[Verdict],
    metric: str,
    sizes: Mapping[str, int],
) -> Section:
    """Give a row for each precision: what it costs, whether it was kept, and why.

    Args:
        metrics: figures of all precisions that could be measured, kept or not.
        verdicts: of the gate.
        metric: the figure that decides.
        sizes: of the ONNX files in bytes, by precision.
    """
    if 'fp32' not in metrics:
        return left_out(TITLE, 'no precision was measured')
    rows = [('fp32', 'kept', number(metrics['fp32'][metric], 4), _size(sizes, 'fp32'), 'reference')]
    for verdict in verdicts:
        figures = metrics.get(verdict.precision, {})
        rows.append(
            (
                verdict.precision,
                'kept' if verdict.kept else 'left out',
                number(figures.get(metric), 4),
                _size(sizes, verdict.precision),
                verdict.reason,
            )
        )
    kept = [row[0] for row in rows if row[1] == 'kept']
    header = ('precision', 'verdict', metric, 'file', 'reason')
    parts = [Table('precisions', '', header, tuple(rows), digits=4)]
    by_class = _by_class(metrics)
    if by_class is not None:
        parts.append(by_class)
    lead = f'Published in {listed(kept)}. Every precision was measured through its own engine.'
    return Section(TITLE, tuple(parts), lead)


def _size(sizes: Mapping[str, int], precision: str) -> str:
    return f'{sizes[precision] / 1e6:.2f} MB' if precision in sizes else '–'


def _by_class(metrics: Mapping[str, Mapping[str, Any]]) -> Table | None:
    """Give the figure of every class in every precision."""
    if len(metrics) < 2:
        return None
    names = list(metrics['fp32']['per_class'])
    rows = tuple(
        (name, *(figures['per_class'].get(name) for figures in metrics.values())) for name in names
    )
    return Table('precisions_by_class', 'By class', ('class', *metrics), rows, digits=4)
