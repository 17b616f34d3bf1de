"""What ``--skip-bad`` left out, in words."""

from __future__ import annotations

from typing import Any

#: So many entries are named; the check names all.
_SHOWN = 10


def left_out(*sets: Any) -> list[str]:
    """Say what was left out of some data sets; nothing where nothing was.

    Args:
        sets: data sets; those of the cell have no problems.
    """
    found = [problem for data in sets for problem in getattr(data, 'problems', ())]
    bad = dict.fromkeys(
        problem.describe() for problem in found if problem.severity == 'error' and problem.record
    )
    lines = [f'left out: {text}' for text in list(bad)[:_SHOWN]]
    if len(bad) > _SHOWN:
        lines.append(f'left out: {len(bad) - _SHOWN} more; dataset check --skip-bad lists all')
    return lines
