"""What each task brings to the sections that all tasks share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.parts import Grid
from factory_perception.training.report.picture import Picture
from factory_perception.training.report.report import Headline


@dataclass(frozen=True)
class Ranked:
    """Answers by how sure they are, for curves of precision over recall.

    Attributes:
        scores: ``(N,)``.
        right: ``(N,)``.
        class_ids: ``(N,)``.
        totals: ``(C,)`` how many of each class there were to find.
        what: what is found: ``boxes``.
    """

    scores: NDArray[np.floating]
    right: NDArray[np.bool_]
    class_ids: NDArray[np.integer]
    totals: NDArray[np.integer]
    what: str


@dataclass(frozen=True)
class Presence:
    """How sure it is that each class is there, for curves of hits over false alarms.

    Attributes:
        scores: ``(N, C)``.
        present: ``(N, C)`` whether it is.
        what: where: ``pictures`` or ``pixels``.
    """

    scores: NDArray[np.floating]
    present: NDArray[np.bool_]
    what: str


@dataclass(frozen=True)
class Sureness:
    """How sure answers were, and whether they were right.

    Attributes:
        scores: ``(N,)`` in 0..1.
        right: ``(N,)``.
        what: what was answered: ``reported boxes``.
        threshold: from which the nodes report an answer; ``None`` where they report all.
    """

    scores: NDArray[np.floating]
    right: NDArray[np.bool_]
    what: str
    threshold: float | None = None


@dataclass(frozen=True)
class View:
    """A task's answers in the forms that the sections want."""

    headlines: tuple[Headline, ...]
    ranked: Ranked | None
    presence: Presence | None
    sureness: Sureness | None
    confusion: Grid | None
    worst: tuple[Picture, ...]
    worst_note: str
