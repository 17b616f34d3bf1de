"""What a task adds to the report that all tasks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from factory_perception.training.report.parts import Cell
from factory_perception.training.report.report import Headline, Section

#: Below this nothing that a model says is worth anything.
HOPELESS = 0.3


@dataclass(frozen=True)
class Chapter:
    """The part of a report that only one task has.

    Attributes:
        headlines: figures of the first screen.
        trained: what the model is, in a sentence.
        versus: the question about its rival, and the answer.
        figures: names of the figures that are shares, in the order in which they are shown.
        beside: what stands beside the figure of each class: a header, and values by class;
            ``None`` where the classes have a section of their own.
        rival: the section about the rival.
        precisions: whether coarser precisions were tried.
        score: the figure that the loop measured after its epochs.
        sections: between how the training went and the data.
        advice: what to do next, as far as only this task knows.
        chosen: what else was chosen on the validation data, up to the verb.
        divisible: whether a learning curve can be made.
        hopeless: below this figure the model is worth nothing.
    """

    headlines: tuple[Headline, ...]
    trained: str
    versus: tuple[str, str]
    figures: tuple[str, ...]
    beside: tuple[str, Mapping[str, Cell]] | None
    rival: Section
    precisions: bool
    score: str
    sections: tuple[Section, ...]
    advice: tuple[str, ...]
    chosen: str = ' was'
    divisible: bool = True
    hopeless: float = HOPELESS
