"""Whether the new version takes the place of the one that runs."""

from __future__ import annotations

from factory_perception.training.comparison import Comparison
from factory_perception.training.promotion import Decision
from factory_perception.training.report.parts import Intervals, Notice, Part, Row
from factory_perception.training.report.report import Section

TITLE = 'Against the model that runs'
#: The title where no model runs yet.
FIRST = 'Good enough to run?'


def promotion_section(decision: Decision) -> Section:
    """Say what was decided and show the figures behind it."""
    verdict = 'Promoted' if decision.promoted else 'Not promoted'
    level = 'good' if decision.promoted else 'stop'
    parts: list[Part] = [Notice(f'{verdict}: {decision.reason}.', level)]
    if decision.comparison is not None:
        rival = 'without training' if decision.first else decision.comparison.first
        parts.append(_differences(decision.comparison, rival))
    lead = f'Decided on {decision.golden}.'
    return Section(FIRST if decision.first else TITLE, tuple(parts), lead)


def _differences(found: Comparison, rival: str) -> Intervals:
    rows = []
    for name, pair in (*found.figures.items(), *found.per_class.items()):
        if pair.difference.value != pair.difference.value:  # NaN: one of them has no such figure
            continue
        rows.append(Row(name, pair.difference, (pair.first.value, pair.second.value)))
    ends = (abs(end) for row in rows for end in (row.value.low, row.value.high) if end == end)
    # Shares set the scale; a count that changes by more is cut off, its numbers stand beside.
    reach = max((end for end in ends if end <= 1), default=0.1)
    reach = max(reach, 0.01)
    return Intervals(
        'promotion', f'Difference, candidate minus {found.first}',
        ('figure', 'difference', rival, found.second), tuple(rows), -reach, reach, 0.0,
        'The dotted line is no difference. Both answered the same questions; intervals are '
        f'paired. One in twenty differs by chance ({found.units} {found.unit}).',
    )  # fmt: skip
