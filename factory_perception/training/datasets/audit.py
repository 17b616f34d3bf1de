"""Look over a whole data set before time is spent on it: counts, problems and their mends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from factory_perception.training.datasets.audit_pictures import audit_pictures
from factory_perception.training.datasets.audit_series import audit_series
from factory_perception.training.datasets.opened import open_whole, Opened
from factory_perception.training.datasets.picture_set import PictureIndex
from factory_perception.training.datasets.problems import Problem, SEVERITIES
from factory_perception.training.datasets.recognise import part_places


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes:
        opened: the data set.
        counts: how many examples of each class there are in each part:
            ``counts[class][part]``.
        facts: other figures, for people: size, hours, rate.
        problems: the worst first.
    """

    opened: Opened
    counts: Mapping[str, Mapping[str, float]]
    facts: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def skippable(self) -> tuple[str, ...]:
        """Name the pictures or recordings that ``--skip-bad`` leaves out."""
        names = (problem.record for problem in self.problems if problem.severity == 'error')
        return tuple(dict.fromkeys(filter(None, names)))

    def errors(self, skip_bad: bool = False) -> list[Problem]:
        """Give the errors that remain."""
        return [
            problem
            for problem in self.problems
            if problem.severity == 'error' and not (skip_bad and problem.record)
        ]

    def as_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        opened = self.opened
        return {
            'origin': opened.origin,
            'format': opened.format_name,
            'task': opened.task,
            'why': opened.why,
            'parts': {part: len(places) for part, places in opened.splits.members.items()},
            'parts_from': opened.splits.how,
            'counts': {name: dict(row) for name, row in self.counts.items()},
            'facts': dict(self.facts),
            'problems': [problem.as_json() for problem in self.problems],
            'skipped_by_skip_bad': list(self.skippable),
        }


def audit(
    folder: Path | str,
    task: str | None = None,
    format_name: str | None = None,
    split: Path | str | None = None,
) -> Audit:
    """Check a data set: every label, picture and recording is read once.

    Args:
        folder: of the data set.
        task: see ``open_dataset``.
        format_name: see ``open_dataset``.
        split: a list of names to check as well.

    Raises:
        DatasetError: it cannot be recognised or not be read at all.
    """
    opened = open_whole(folder, task, format_name)
    if split is not None:
        places, _ = part_places(opened, split)
        members = {**opened.splits.members, Path(split).stem: places}
        opened = replace(opened, splits=replace(opened.splits, members=members))
    look = audit_pictures if isinstance(opened.index, PictureIndex) else audit_series
    counts, facts, found = look(opened)
    problems = [*opened.problems.found, *found]
    if opened.splits.automatic and 'blocks' in opened.splits.how:
        text = f'val is made by rule: {opened.splits.how.split("by rule: ")[-1]}'
        mend = 'lists of names (train.txt, val.txt) by board, part or day would be safer'
        problems.append(Problem('parts', text, mend, severity='note'))
    problems.sort(key=lambda problem: (SEVERITIES.index(problem.severity), problem.kind))
    return Audit(opened, counts, facts, tuple(problems))
