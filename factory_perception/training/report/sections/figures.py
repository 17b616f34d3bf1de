"""The figures of the whole set and of every class, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from factory_perception.training.report.parts import Intervals, Row
from factory_perception.training.report.report import Section
from factory_perception.training.statistics import Interval

TITLE = 'How good, by class'


def figures_section(
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
    trained_on: Mapping[str, int],
    unit: str,
) -> Section:
    """Give the figures and how many training examples stand behind each class.

    Args:
        figures: of the whole set, the one that decides first.
        per_class: the one that decides, by class.
        trained_on: training examples of each class.
        unit: what an example is: ``boxes``.
    """
    metric = next(iter(figures))
    rows = [Row(name, value, (None,)) for name, value in figures.items()]
    rows += [Row(name, value, (trained_on.get(name),)) for name, value in per_class.items()]
    table = Intervals(
        'figures', '', ('', 'figure', f'training {unit}'), tuple(rows),
        mark=figures[metric].value,
        note=f'Classes by {metric}; the dotted line is the {metric} of the whole set. Intervals '
             'from resampled pictures.',
    )  # fmt: skip
    known = {name: value.value for name, value in per_class.items() if value.value == value.value}
    return Section(TITLE, (table,), _lead(known, metric))


def _lead(known: Mapping[str, float], metric: str) -> str:
    if len(known) < 2:
        return ''
    order: Sequence[str] = sorted(known, key=lambda name: known[name])
    low, high = order[0], order[-1]
    return f'Best: {high} ({metric} {known[high]:.3f}). Weakest: {low} ({known[low]:.3f}).'
