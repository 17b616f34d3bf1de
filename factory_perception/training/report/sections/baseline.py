"""The rival that learns nothing, or next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out

TITLE = 'Against a simple rule'
#: What each rule does, in words.
RULES = {
    'template_difference': 'everything that differs from the faultless picture is a finding',
    'unusual_colour': 'everything of unusual colour is a finding',
    'majority': 'always the most frequent class',
    'colour_threshold': 'every pixel of unusual colour is of the first class',
}


def baseline_section(
    baseline: Mapping[str, Any] | None, ours: Mapping[str, Mapping[str, float]]
) -> Section:
    """Put the rival beside the model.

    Args:
        baseline: ``name``, and figures by name, perhaps in groups.
        ours: the same figures of the model, by group; ungrouped ones under an empty name.
    """
    if baseline is None:
        return left_out(TITLE, 'no rule without learning does this task')
    rows = []
    for group, figures in ours.items():
        rival = baseline.get(group, baseline) if group else baseline
        for name, value in figures.items():
            said = f'{name} at {group}' if group else name
            rows.append((said, rival.get(name), value))
    rule = RULES.get(baseline['name'], baseline['name'])
    note = ''
    if 'classes' in baseline:
        note = 'Neither side has to name the class here: only where something is.'
    table = Table('baseline', '', ('figure', 'rule', 'model'), tuple(rows), note)
    return Section(TITLE, (table,), f'The rule: {rule}. It costs nothing to train.')
