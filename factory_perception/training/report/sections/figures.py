"""The figures of the whole set and of every class, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from factory_perception.training.report.parts import Cell, Intervals, Row
from factory_perception.training.report.report import Section
from factory_perception.training.statistics import Interval

TITLE = 'How good, one by one'


def figures_section(
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
    beside: tuple[str, Mapping[str, Cell]] | None,
    unit: str,
) -> Section:
    """Give the figures, and what stands behind each class.

    Args:
        figures: of the whole set, the one that decides first.
        per_class: the one that decides, by class.
        beside: a header and values by class, such as the number of training examples; ``None``
            leaves the classes out, an empty header only what stands beside them.
        unit: what was resampled: ``pictures``.
    """
    if beside is None:
        per_class = {}
    header, values = beside or ('', {})
    metric = next(iter(figures))
    rows = [
        Row(name, value, (values.get(name),) if header else ())
        for name, value in (*figures.items(), *per_class.items())
    ]
    table = Intervals(
        'figures', '', ('', 'figure', header) if header else ('', 'figure'), tuple(rows),
        low=min(0.0, *(row.value.low for row in rows if row.value.low == row.value.low)),
        mark=figures[metric].value,
        note=f'The dotted line is the {metric} of the whole set. Intervals from resampled {unit}.',
    )  # fmt: skip
    known = {name: value.value for name, value in per_class.items() if value.value == value.value}
    return Section(TITLE, (table,), _lead(known))


def _lead(known: Mapping[str, float]) -> str:
    if len(known) < 2:
        return ''
    order: Sequence[str] = sorted(known, key=lambda name: known[name])
    low, high = order[0], order[-1]
    return f'Best: {high} ({known[high]:.3f}). Weakest: {low} ({known[low]:.3f}).'
