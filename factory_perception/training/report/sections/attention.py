"""Where the network looked."""

from __future__ import annotations

from collections.abc import Sequence

from factory_perception.training.report.parts import Gallery
from factory_perception.training.report.picture import Picture
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out

TITLE = 'Where the network looked'


def attention_section(pictures: Sequence[Picture]) -> Section:
    """Show pictures with warm colours where the answer came from."""
    if not pictures:
        return left_out(TITLE, 'no validation picture has a class to look for')
    note = (
        'Warm colours: features there raised the score of the named class most (activation times '
        'gradient, arXiv:2011.08891). Warmth on the background means that the network learnt '
        'something that only goes along with the class.'
    )
    return Section(TITLE, (Gallery('attention', '', tuple(pictures), note),))
