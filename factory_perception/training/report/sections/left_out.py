"""A section whose input is absent says so instead of being silent."""

from __future__ import annotations

from factory_perception.training.report.parts import Words
from factory_perception.training.report.report import Section


def left_out(title: str, why: str) -> Section:
    """Give a section that says why it is empty."""
    return Section(title, (Words(f'Left out: {why}.'),))
