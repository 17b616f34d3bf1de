"""How to make the same model again: command, seed, versions, every setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory_perception.training.report.parts import Code, Facts, Part, Words
from factory_perception.training.report.report import Section

TITLE = 'To make it again'


def run_section(
    provenance: Mapping[str, Any], versions: Mapping[str, str], settings: Mapping[str, Any]
) -> Section:
    """List everything that decides what a training gives."""
    parts: list[Part] = [Words('Command:'), Code(str(provenance['command']))]
    parts.append(
        Facts(
            'run', 'Run',
            {'seed': provenance['seed'], 'made': provenance['created'],
             'parameters': provenance['parameters'], **versions},
        )
    )  # fmt: skip
    for group, values in settings.items():
        plain = {name: _said(value) for name, value in values.items()}
        parts.append(Facts(f'settings_{group}', f'Settings: {group}', plain))
    lead = 'The same command, data, seed and versions give the same weights on a CPU.'
    return Section(TITLE, tuple(parts), lead)


def _said(value: object) -> str:
    """Write a setting as a person would type it."""
    if isinstance(value, (list, tuple)):
        return (' x ' if len(value) == 2 else ', ').join(map(str, value))
    return '–' if value == '' else str(value)
