"""The pictures with the worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from factory_perception.training.report.parts import Gallery, Words
from factory_perception.training.report.picture import Picture
from factory_perception.training.report.report import Section

TITLE = 'Worst mistakes'


def worst_section(pictures: Sequence[Picture], note: str) -> Section:
    """Show pictures, the worst first."""
    if not pictures:
        return Section(TITLE, (Words('There is no mistake on the validation set.'),))
    lead = 'Look at these first: a wrong label, a hidden part or a new look is often the cause.'
    return Section(TITLE, (Gallery('worst', '', tuple(pictures), note),), lead)
